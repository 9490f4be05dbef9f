/** A button that opens a small menu. Arrow keys move, Escape and a click elsewhere close it. */

import { h, newId } from "./dom.js";

/** `items` are `{label, pick}`, label being nodes or text and pick a function of no arguments. */
export function menuButton(attributes, face, items) {
  const id = newId();
  const menu = h("div", { id, class: "menu", role: "menu", popover: "auto", onkeydown: move });
  const button = h("button", {
    type: "button", "aria-haspopup": "menu", "aria-expanded": "false", ...attributes, popovertarget: id,
  }, face);
  menu.append(...items.map(({ label, pick }) => h("button", {
    type: "button", role: "menuitem", tabindex: "-1",
    onclick() { menu.hidePopover(); button.focus(); pick(button); },
  }, label)));
  menu.addEventListener("toggle", ({ newState }) => {
    button.setAttribute("aria-expanded", String(newState === "open"));
    if (newState !== "open") return;
    place(menu, button.getBoundingClientRect());
    menu.firstElementChild?.focus();
  });
  return h("span", { class: "menu-seat" }, button, menu);
}

/** Put something that has popped up beside the rectangle of what opened it, within the window. */
export function place(menu, at) {
  const below = at.bottom + 4;
  const fits = below + menu.offsetHeight < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${fits ? below : Math.max(8, at.top - menu.offsetHeight - 4)}px`;
}

function move(event) {
  const items = [...event.currentTarget.children];
  const at = items.indexOf(document.activeElement);
  const goal = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") event.currentTarget.hidePopover();
  if (goal === undefined) return;
  event.preventDefault();
  items[(goal + items.length) % items.length].focus();
}
