/** The inspector: every request to the app and every call that it made, newest at the end. */

import { fill, h, icon, patch } from "./dom.js";

const WIDTH_PX = { least: 300, most: 900, step: 40 };

export function inspector(aside, does) {
  let entries = [];
  let forgotten = 0;
  const items = h("ol", { class: "entries", role: "list", "aria-label": "Requests and calls" });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Traffic" }, items);
  const sought = h("input", {
    type: "search", class: "field", placeholder: "Filter, e.g. views.open", "aria-label": "Filter requests and calls",
    oninput: redraw,
  });
  const direction = h("select", { class: "select", "aria-label": "Direction", onchange: redraw },
    h("option", { value: "" }, "Both ways"),
    h("option", { value: "to app" }, "To the app"),
    h("option", { value: "from app" }, "From the app"));
  const count = h("span", { class: "count", role: "status" });
  fill(aside, resizer(aside),
    h("header", { class: "head" }, h("h2", {}, "Inspector"), count,
      h("button", { type: "button", class: "link-button", onclick: clear }, "Clear"),
      h("button", { type: "button", class: "tool", "aria-label": "Close inspector", onclick: does.toggleInspector }, icon("close"))),
    h("div", { class: "sieve" }, sought, direction), scroller);
  aside.addEventListener("keydown", (event) => { if (event.key === "Escape" && !sought.value) does.toggleInspector(); });

  function clear() {
    forgotten = entries.at(-1)?.n ?? 0;
    redraw();
  }

  function redraw() {
    const words = sought.value.trim().toLowerCase();
    const shown = entries.filter((entry) => entry.n > forgotten
      && (!direction.value || entry.direction === direction.value)
      && (!words || JSON.stringify(entry).toLowerCase().includes(words)));
    const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
    count.textContent = shown.length === entries.length ? `${shown.length}` : `${shown.length} of ${entries.length}`;
    patch(items, shown, ({ n }) => n, drawEntry);
    if (wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
  }

  return function draw(state, here) {
    aside.hidden = !here.inspects;
    const toggle = document.querySelector(".inspector-toggle");
    toggle.setAttribute("aria-expanded", String(here.inspects));
    if (!here.inspects) return;
    entries = state.inspector ?? [];
    redraw();
  };
}

function drawEntry(entry, old) {
  const isToApp = entry.direction === "to app";
  const json = h("div", { class: "entry-json" });
  const node = h("details", { class: entry.ok ? "entry" : "entry failed", open: Boolean(old?.firstElementChild?.open) },
    h("summary", {},
      h("span", { class: "way", role: "img", "aria-label": entry.direction, title: entry.direction }, isToApp ? "→" : "←"),
      h("span", { class: "entry-what" }, entry.what),
      h("span", { class: "entry-kind" }, entry.kind),
      h("span", { class: "entry-at" }, entry.at),
      h("span", { class: "entry-ms" }, entry.ms == null ? "" : `${entry.ms < 10 ? entry.ms.toFixed(1) : Math.round(entry.ms)} ms`),
      h("span", { class: "entry-status" }, entry.status == null ? (entry.ok ? "" : "failed") : String(entry.status))),
    json);
  const expand = () => { if (node.open) fill(json, part("Request", entry.request), part("Response", entry.response)); };
  node.addEventListener("toggle", expand);
  expand();
  return h("li", {}, node);
}

function part(title, value) {
  if (value == null || value === "") return h("p", { class: "entry-none" }, `${title}: empty`);
  const words = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return h("section", { "aria-label": title },
    h("div", { class: "entry-part" }, h("h3", {}, title),
      h("button", { type: "button", class: "link-button", onclick: ({ currentTarget }) => copy(currentTarget, words) }, icon("copy"), "Copy")),
    h("pre", { tabindex: "0" }, coloured(words)));
}

async function copy(button, words) {
  await navigator.clipboard.writeText(words);
  const was = [...button.childNodes];
  button.textContent = "Copied";
  setTimeout(() => button.replaceChildren(...was), 1200);
}

const JSON_PARTS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\b/gi;

/** Pretty JSON as nodes: keys, strings and other values each in their colour. */
function coloured(words) {
  const nodes = [];
  let at = 0;
  for (const found of words.matchAll(JSON_PARTS)) {
    const [whole, string, colon] = found;
    nodes.push(words.slice(at, found.index));
    const kind = string ? (colon ? "json-key" : "json-string") : "json-value";
    nodes.push(h("span", { class: kind }, string ?? whole), colon ?? "");
    at = found.index + whole.length;
  }
  return [...nodes, words.slice(at)];
}

/** The edge that is dragged, or moved with the arrow keys, to make the inspector wider. */
function resizer(aside) {
  const edge = h("div", {
    class: "resizer", role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": "Width of the inspector",
    "aria-valuemin": WIDTH_PX.least, "aria-valuemax": WIDTH_PX.most, "aria-valuenow": 420,
  });
  const set = (px) => {
    const width = Math.max(WIDTH_PX.least, Math.min(WIDTH_PX.most, innerWidth - 320, px));
    document.documentElement.style.setProperty("--inspector", `${width}px`);
    edge.setAttribute("aria-valuenow", Math.round(width));
  };
  edge.addEventListener("pointerdown", (event) => edge.setPointerCapture(event.pointerId));
  edge.addEventListener("pointermove", (event) => { if (edge.hasPointerCapture(event.pointerId)) set(innerWidth - event.clientX); });
  edge.addEventListener("keydown", ({ key }) => {
    const by = { ArrowLeft: WIDTH_PX.step, ArrowRight: -WIDTH_PX.step }[key];
    if (by) set(aside.offsetWidth + by);
  });
  return edge;
}
