/**
 * Block elements that people press, choose in or type into.
 *
 * `element(spec, blockId, scene)` draws one. The scene says what was chosen before a redraw (`remembered`, in the shape of
 * `stateValues`), whether a change is sent at once (`dispatches`) and what to do then: `act(node, spec, chosen)`, chosen
 * having the fields of Slack's action payload. `suggest(node, spec, typed)` asks the app for a menu's options.
 */

import { h, icon, newId } from "./dom.js";
import { menuButton } from "./menu.js";
import { text, words } from "./text.js";
import { typeahead } from "./typeahead.js";

// Slack's own, where `min_query_length` does not say.
const FEWEST_LETTERS = 3;

const readers = new WeakMap();

export function element(spec, blockId, scene) {
  const draw = DRAWINGS[spec.type] ?? unknownElement;
  const before = scene.remembered?.[blockId]?.[spec.action_id];
  return draw(spec, named(spec, blockId), scene, before);
}

/** What every stateful element under `root` holds: `{block_id: {action_id: state value}}`, as in Slack's payloads. */
export function stateValues(root) {
  const values = {};
  for (const node of root?.querySelectorAll("[data-stateful]") ?? []) {
    const { blockId, actionId, stateful } = node.dataset;
    (values[blockId] ??= {})[actionId] = { type: stateful, ...readers.get(node)() };
  }
  return values;
}

/** Why the answer of a field cannot be sent yet, or an empty string. */
export function complaint(node, isOptional) {
  if (node.validity && !node.validity.valid) return node.validationMessage;
  const held = Object.values(readers.get(node)?.() ?? {})[0];
  const isEmpty = held == null || held === "" || (Array.isArray(held) && !held.length);
  return isEmpty && !isOptional ? wish(node) : "";
}

/** What a person should do in an empty field. */
function wish(node) {
  const boxes = node.querySelectorAll("input[type=checkbox], input[type=radio]");
  if (boxes.length === 1) return `Please tick this box: “${node.textContent.trim()}”.`;
  return boxes.length || node.matches("select") ? "Please choose." : "Please fill this in.";
}

function named(spec, blockId) {
  return {
    id: newId(), "data-block-id": blockId, "data-action-id": spec.action_id, "data-focus-on-load": spec.focus_on_load,
  };
}

/** Give a drawn element its state: how to read it, and what happens when a person changes it. */
function holding(node, spec, scene, read, changed = "change") {
  node.dataset.stateful = spec.type;
  readers.set(node, read);
  if (scene.dispatches && changed) node.addEventListener(changed, () => scene.act(node, spec, read()));
  return node;
}

// Buttons

function button(spec, names, scene) {
  return h("button", {
    ...names, type: "button", class: `button ${spec.style ?? ""}`, "aria-label": spec.accessibility_label,
    onclick({ currentTarget }) {
      if (spec.url) window.open(spec.url, "_blank", "noopener");
      scene.act(currentTarget, spec, { value: spec.value });
    },
  }, text(spec.text));
}

function feedbackButtons(spec, names, scene) {
  const two = [spec.positive_button, spec.negative_button];
  return h("span", { class: "choices row", role: "group" }, two.map((one) => h("button", {
    ...names, id: newId(), type: "button", class: "button", "aria-label": one.accessibility_label,
    onclick: ({ currentTarget }) => scene.act(currentTarget, spec, { value: one.value }),
  }, text(one.text))));
}

function iconButton(spec, names, scene) {
  return button({ ...spec, accessibility_label: spec.accessibility_label ?? words(spec.text) }, names, scene);
}

function overflow(spec, names, scene) {
  return menuButton({ ...names, class: "button overflow", "aria-label": "More options" }, icon("dots"),
    spec.options.map((option) => ({
      label: text(option.text),
      pick(node) {
        if (option.url) window.open(option.url, "_blank", "noopener");
        scene.act(node, spec, { selected_option: bare(option) });
      },
    })));
}

// Choosing

/** An option as the app sent it, without what the playground added for drawing. */
function bare(option) {
  return option && JSON.parse(JSON.stringify(option, (key, value) => (key === "tokens" ? undefined : value)));
}

function groupsOf(spec) {
  return spec.option_groups ?? [{ options: spec.options ?? [] }];
}

/** A drawing of a select: over the spec's own options, or over what the playground `offers`, which are known by id. */
function select(field) {
  return (spec, names, scene, before) => {
    const groups = spec.offers ? [{ options: spec.offers }] : groupsOf(spec);
    const options = groups.flatMap((group) => group.options);
    const initial = before ? before[field] : spec[field.replace("selected", "initial")];
    const chosen = initial?.value ?? initial ?? "";
    const node = h("select", { ...names, class: "select", "aria-label": words(spec.placeholder) || "Choose" },
      h("option", { value: "" }, words(spec.placeholder) || "Choose…"),
      groups.map((group) => {
        const inside = group.options.map((option) => h("option", { value: option.value }, words(option.text)));
        return group.label ? h("optgroup", { label: words(group.label) }, inside) : inside;
      }));
    node.value = chosen;
    const read = () => {
      const option = options.find(({ value }) => value === node.value);
      return { [field]: (spec.offers ? option?.value : bare(option)) ?? null };
    };
    return holding(node, spec, scene, read);
  };
}

/** A drawing of several ticks or one of several rounds, over the same as a `select`. */
function choices(kind, field) {
  return (spec, names, scene, before) => {
    const options = spec.offers ?? groupsOf(spec).flatMap((group) => group.options);
    const initial = [before ? before[field] : spec[field.replace("selected", "initial")]].flat().filter(Boolean);
    const chosen = new Set(initial.map((option) => option.value ?? option));
    const isLong = spec.type.startsWith("multi_");
    const node = h("div", { ...names, class: `choices ${isLong ? "long" : ""}`, role: kind === "radio" ? "radiogroup" : "group" },
      options.map((option) => h("label", { class: "choice" },
        h("input", { type: kind, name: names.id, value: option.value, checked: chosen.has(option.value) }),
        h("span", {}, text(option.text), option.description && h("small", {}, text(option.description))))));
    const read = () => {
      const ticked = new Set([...node.querySelectorAll(":checked")].map(({ value }) => value));
      const taken = options.filter(({ value }) => ticked.has(value)).map((o) => (spec.offers ? o.value : bare(o)));
      return { [field]: kind === "radio" ? taken[0] ?? null : taken };
    };
    return holding(node, spec, scene, read);
  };
}

/** A drawing of a menu whose options the app gives while a person types. */
function external(field) {
  return (spec, names, scene, before) => {
    const isOne = field === "selected_option";
    const first = [before ? before[field] : spec[field.replace("selected", "initial")]].flat().filter(Boolean);
    const { node, box, taken } = typeahead(names, {
      first, placeholder: words(spec.placeholder), most: isOne ? 1 : spec.max_selected_items ?? Infinity, isOne,
      fewest: spec.min_query_length ?? FEWEST_LETTERS, ask: (typed) => scene.suggest(box, spec, typed),
    });
    holding(box, spec, scene, () => ({ [field]: isOne ? bare(taken()[0]) ?? null : taken().map(bare) }), "taken");
    return node;
  };
}

// Typing

function typed(attributes, field = "value") {
  return (spec, names, scene, before) => {
    const { tag = "input", ...kind } = attributes(spec);
    const node = h(tag, { ...names, class: "field", placeholder: words(spec.placeholder) || null, ...kind });
    node.value = (before ? before[field] : spec[`initial_${field.replace("selected_", "")}`]) ?? "";
    const onEnter = (spec.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"]).includes("on_enter_pressed");
    const read = () => ({ [field]: node.value || null });
    holding(node, spec, scene, read, field === "value" ? !onEnter && "input" : "change");
    if (scene.dispatches && field === "value" && onEnter) dispatchOnEnter(node, () => scene.act(node, spec, read()));
    return node;
  };
}

function dispatchOnEnter(node, act) {
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
}

const line = (spec) => ({
  ...(spec.multiline ? { tag: "textarea", rows: "4" } : { type: "text" }),
  minlength: spec.min_length, maxlength: spec.max_length,
});
const number = (spec) => ({
  type: "number", step: spec.is_decimal_allowed ? "any" : "1", min: spec.min_value, max: spec.max_value,
});

function dateTime(spec, names, scene, before) {
  const node = h("input", { ...names, class: "field", type: "datetime-local" });
  const seconds = before ? before.selected_date_time : spec.initial_date_time;
  if (seconds) node.valueAsNumber = (seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000;
  const read = () => ({ selected_date_time: node.value ? Math.round(new Date(node.value) / 1000) : null });
  return holding(node, spec, scene, read);
}

function richText(spec, names, scene, before) {
  const node = h("textarea", { ...names, class: "field", rows: "4", placeholder: words(spec.placeholder) || null });
  const first = (before?.rich_text_value ?? spec.initial_value)?.elements?.flatMap((part) => part.elements ?? []);
  node.value = (first ?? []).map((part) => part.text ?? "").join("");
  const read = () => ({
    rich_text_value: node.value
      ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: node.value }] }] }
      : null,
  });
  return holding(node, spec, scene, read, null);
}

export function unknownElement(spec) {
  return h("span", { class: "unknown" }, icon("warning"), `Unknown element: ${spec.type}`);
}

const DRAWINGS = {
  button,
  workflow_button: button,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  overflow,
  static_select: select("selected_option"),
  users_select: select("selected_user"),
  channels_select: select("selected_channel"),
  conversations_select: select("selected_conversation"),
  external_select: external("selected_option"),
  multi_static_select: choices("checkbox", "selected_options"),
  multi_users_select: choices("checkbox", "selected_users"),
  multi_channels_select: choices("checkbox", "selected_channels"),
  multi_conversations_select: choices("checkbox", "selected_conversations"),
  multi_external_select: external("selected_options"),
  checkboxes: choices("checkbox", "selected_options"),
  radio_buttons: choices("radio", "selected_option"),
  plain_text_input: typed(line),
  number_input: typed(number),
  email_text_input: typed(() => ({ type: "email" })),
  url_text_input: typed(() => ({ type: "url" })),
  datepicker: typed(() => ({ type: "date" }), "selected_date"),
  timepicker: typed(() => ({ type: "time" }), "selected_time"),
  datetimepicker: dateTime,
  rich_text_input: richText,
};
