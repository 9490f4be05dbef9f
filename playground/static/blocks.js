/** Slack's blocks as people see them. An unknown block is drawn as a note that says so, never dropped. */

import { h, icon, newId, patch } from "./dom.js";
import { element, unknownElement } from "./elements.js";
import { inline, text } from "./text.js";

/** Draw `blocks` into `parent`, touching only the blocks that changed; the scene is that of `element`. */
export function drawBlocks(parent, blocks, scene) {
  const keyed = blocks.map((spec, index) => ({ spec, key: spec.block_id || index }));
  patch(parent, keyed, ({ key }) => key, ({ spec }) => block(spec, scene));
}

export function block(spec, scene) {
  const draw = DRAWINGS[spec.type] ?? unknownBlock;
  const node = draw(spec, { ...scene, dispatches: true });
  node.classList.add("block", `block-${spec.type}`);
  return node;
}

function section(spec, scene) {
  return h("div", {},
    h("div", { class: "section-words" },
      spec.text && h("div", { class: "prose" }, text(spec.text)),
      spec.fields && h("div", { class: "fields" }, spec.fields.map((field) => h("div", { class: "prose" }, text(field))))),
    spec.accessory && h("div", { class: "accessory" }, part(spec.accessory, spec.block_id, scene)));
}

/** An image or an interactive element, wherever a block may hold either. */
function part(spec, blockId, scene) {
  if (spec.type === "image") return thumbnail(spec);
  if (spec.type === "mrkdwn" || spec.type === "plain_text") return h("span", { class: "prose" }, text(spec));
  return element(spec, blockId, scene);
}

function thumbnail(spec) {
  return h("span", { class: "thumbnail", role: "img", "aria-label": spec.alt_text, title: spec.alt_text }, icon("image"));
}

// The page works offline and loads nothing from elsewhere, so an image is drawn as what it says it shows.
function image(spec) {
  return h("figure", {},
    spec.title && h("figcaption", {}, text(spec.title)),
    h("div", { class: "picture", role: "img", "aria-label": spec.alt_text }, icon("image"), h("span", {}, spec.alt_text)));
}

function card(spec, scene) {
  return h("div", {},
    spec.hero_image && image(spec.hero_image),
    h("div", { class: "card-head" },
      spec.icon && thumbnail(spec.icon),
      h("div", {},
        spec.title && h("div", { class: "card-title prose" }, text(spec.title)),
        spec.subtitle && h("div", { class: "card-subtitle prose" }, text(spec.subtitle)))),
    spec.body && h("div", { class: "prose" }, text(spec.body)),
    spec.actions && actions({ elements: spec.actions, block_id: spec.block_id }, scene));
}

function actions(spec, scene) {
  return h("div", { class: "actions" }, spec.elements.map((one) => part(one, spec.block_id, scene)));
}

function input(spec, scene) {
  const drawn = element(spec.element, spec.block_id, { ...scene, dispatches: Boolean(spec.dispatch_action) });
  const control = drawn.matches(".typeahead") ? drawn.querySelector("[role=combobox]") : drawn;
  const ids = { label: newId(), hint: newId(), error: newId() };
  const isGroup = control.matches("div, span");
  control.removeAttribute("aria-label");
  control.setAttribute("aria-labelledby", ids.label);
  control.setAttribute("aria-describedby", `${ids.hint} ${ids.error}`);
  if (!spec.optional && !isGroup) control.setAttribute("aria-required", "true");
  return h("div", { "data-input": spec.block_id, "data-optional": Boolean(spec.optional) },
    h("label", { id: ids.label, class: "label", for: isGroup ? null : control.id },
      text(spec.label), spec.optional && h("span", { class: "optional" }, " (optional)")),
    drawn,
    h("p", { id: ids.hint, class: "hint" }, text(spec.hint)),
    h("p", { id: ids.error, class: "error" }));
}

// Rich text

function richText(spec) {
  return h("div", {}, (spec.elements ?? []).map(richPart));
}

function richPart(spec) {
  const inside = (spec.elements ?? []).map((one) => (
    one.type?.startsWith("rich_text_") ? richPart(one) : one.tokens ? inline(one.tokens) : unknownElement(one)));
  switch (spec.type) {
    case "rich_text_section": return h("div", { class: "prose" }, inside);
    case "rich_text_preformatted": return h("pre", {}, inside);
    case "rich_text_quote": return h("blockquote", {}, inside);
    case "rich_text_list": return h(spec.style === "ordered" ? "ol" : "ul", {
      class: "prose", "data-indent": spec.indent || null, start: spec.offset ? spec.offset + 1 : null,
    }, inside.map((item) => h("li", {}, item)));
    default: return unknownElement(spec);
  }
}

function table(spec) {
  const cell = (one) => {
    if (one.type === "rich_text") return richText(one);
    return text(one.type === "raw_number" ? String(one.text ?? one.value) : one);
  };
  const [head, ...rows] = spec.rows ?? [];
  return h("div", { class: "table-seat", tabindex: "0", role: "group", "aria-label": "Table" }, h("table", {},
    head && h("thead", {}, h("tr", {}, head.map((one) => h("th", { scope: "col" }, cell(one))))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((one) => h("td", {}, cell(one))))))));
}

function unknownBlock(spec) {
  return h("details", { class: "unknown" },
    h("summary", {}, icon("warning"), `Unknown block: ${spec.type}`),
    h("pre", {}, JSON.stringify(spec, null, 2)));
}

const DRAWINGS = {
  section,
  card,
  actions,
  context_actions: actions,
  input,
  image,
  table,
  rich_text: richText,
  header: (spec) => h("h3", {}, text(spec.text)),
  divider: () => h("hr"),
  context: (spec, scene) => h("div", {}, spec.elements.map((one) => part(one, spec.block_id, scene))),
  markdown: (spec) => h("div", { class: "prose" }, spec.tokens ? inline(spec.tokens) : spec.text),
  alert: (spec) => h("div", { role: "note", "data-level": spec.level }, icon("warning"), h("div", { class: "prose" }, text(spec.text))),
  carousel: (spec, scene) => h("div", { tabindex: "0", role: "group", "aria-label": "Cards" },
    spec.elements.map((one) => block({ type: "card", ...one }, scene))),
  container: (spec, scene) => h("div", {},
    spec.title && h("div", { class: "card-title prose" }, text(spec.title)),
    spec.subtitle && h("div", { class: "card-subtitle prose" }, text(spec.subtitle)),
    spec.child_blocks.map((one) => block(one, scene))),
};
