/** The box in which a person writes: Enter sends, Shift+Enter makes a new line, every place keeps its own draft. */

import { completion } from "./completion.js";
import { fillIfNew, h, icon, newId } from "./dom.js";
import { menuButton } from "./menu.js";

const HIGHEST_PX = 220;

/**
 * `composer(does, {id})` gives `{node, draw, put, focus}`.
 *
 * `does.say(text)` sends. `draw(state, place)` tells what can be completed and where this is; `place` is `{key, label}`.
 */
export function composer(does, { id = newId() } = {}) {
  const drafts = new Map();
  let state = { commands: [], people: [], channels: [] };
  let place = null;

  const hint = h("p", { class: "usage", id: newId() });
  const box = h("textarea", {
    id, rows: "1", class: "box", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-describedby": hint.id,
    autocomplete: "off", spellcheck: "true", oninput: reconsider, onclick: reconsider, onkeydown: press,
    // Later, so that a click into the list still finds it.
    onblur: () => setTimeout(offers.dismiss, 150),
  });
  const offers = completion(box, reconsider);
  const send = h("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
  const extras = h("span", { class: "extras" });
  const node = h("form", { class: "composer", onsubmit },
    h("div", { class: "box-seat" }, offers.nodes, extras, box, send), hint);

  function onsubmit(event) {
    event.preventDefault();
    const words = box.value.trim();
    if (!words) return;
    set("");
    does.say(words).then((isSaid) => { if (!isSaid && !box.value) set(words); });
  }

  function press(event) {
    if (event.isComposing) return;
    if (!offers.press(event)) {
      if (event.key !== "Enter" || event.shiftKey) return;
      node.requestSubmit();
    }
    event.preventDefault();
    event.stopPropagation();
  }

  function reconsider() {
    drafts.set(place.key, box.value);
    send.disabled = !box.value.trim();
    hint.textContent = usage(box.value, state.commands);
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, HIGHEST_PX)}px`;
    offers.offer(state);
  }

  function set(words) {
    box.value = words;
    reconsider();
    offers.dismiss();
  }

  function put(words) {
    set(words);
    box.focus();
  }

  function draw(next, where) {
    state = next;
    const shortcuts = (state.shortcuts ?? []).filter(({ type }) => type === "global");
    fillIfNew(extras, shortcuts, () => shortcuts.length > 0 && shortcutMenu(shortcuts, does));
    box.setAttribute("aria-label", where.label);
    box.placeholder = where.label;
    if (place?.key === where.key) return;
    place = where;
    set(drafts.get(where.key) ?? "");
  }

  return { node, draw, put, focus: () => box.focus() };
}

/** How the command that is being written goes on. */
function usage(written, commands) {
  const command = commands.find((one) => written.startsWith(`${one.command} `));
  return command ? `${command.command} ${command.usage_hint ?? ""}` : "";
}

function shortcutMenu(shortcuts, does) {
  return menuButton({ class: "tool", "aria-label": "Shortcuts", title: "Shortcuts" }, icon("bolt"),
    shortcuts.map((shortcut) => ({ label: shortcut.name, pick: (node) => does.shortcut(shortcut, node) })));
}
