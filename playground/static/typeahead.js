/** A menu whose options come from the app while a person types: a box, the list below it, and what was taken. */

import { fill, h, icon, newId } from "./dom.js";
import { text, words } from "./text.js";

const ASK_AFTER_MS = 180;

/**
 * `typeahead(names, {first, placeholder, most, isOne, fewest, ask})` gives `{node, box, taken}`.
 *
 * `ask(typed)` resolves to `{ok, groups, error}`, `fewest` is how many letters it needs; `taken()` are the options taken, at
 * first `first`, `most` at the most. The box sends "taken" whenever that changes. A menu of one option (`isOne`) shows it in
 * the box, others show theirs in a row above.
 */
export function typeahead(names, { first, placeholder, most, isOne, fewest, ask }) {
  let taken = [...first];
  let asked = 0;
  let waiting = null;
  const list = h("div", { id: newId(), class: "offers", role: "listbox", "aria-label": "Choices", hidden: true });
  const news = h("span", { class: "unseen", role: "status" });
  const row = h("span", { class: "taken" });
  const box = h("input", {
    ...names, type: "text", class: "field", role: "combobox", autocomplete: "off",
    placeholder: placeholder || "Type to search", "aria-label": placeholder || "Search",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    oninput: reconsider, onfocus: reconsider, onkeydown: press,
    // Later, so that a click into the list still finds it.
    onblur: () => setTimeout(leave, 150),
  });
  const node = h("div", { class: "typeahead" }, !isOne && row, box, list, news);
  draw();

  function reconsider() {
    clearTimeout(waiting);
    const typed = box.value.trim();
    if (isOne && taken[0] && typed === words(taken[0].text)) return close();
    if (!isOne && taken.length >= most) return say(`${most} at most`);
    if (typed.length < fewest) return say(fewest - typed.length === 1 ? "One letter more" : `Type ${fewest} letters`);
    waiting = setTimeout(() => look(typed), ASK_AFTER_MS);
    return undefined;
  }

  async function look(typed) {
    asked += 1;
    const mine = asked;
    const { ok, groups, error } = await ask(typed);
    if (mine !== asked || document.activeElement !== box) return;
    if (!ok) { say(error); return; }
    const isNew = ({ value }) => isOne || !taken.some((one) => one.value === value);
    const left = groups.map(({ label, options }) => ({ label, options: options.filter(isNew) }));
    const count = left.reduce((sum, { options }) => sum + options.length, 0);
    if (!count) { say("Nothing found"); return; }
    fill(list, left.map(({ label, options }) => [
      label && h("div", { class: "offers-title", role: "presentation" }, text(label)), options.map(offer)]));
    news.textContent = count === 1 ? "1 choice" : `${count} choices`;
    open();
    choose(all()[0]);
  }

  function offer(option) {
    return h("div", {
      id: newId(), class: "offer", role: "option", "aria-selected": "false",
      onmousedown: (event) => event.preventDefault(), onclick: () => take(option),
    }, h("strong", {}, text(option.text)), option.description && h("span", {}, text(option.description)));
  }

  const all = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  function choose(one) {
    for (const other of all()) other.setAttribute("aria-selected", String(other === one));
    box.setAttribute("aria-activedescendant", one.id);
    one.scrollIntoView({ block: "nearest" });
  }

  function press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Backspace" && !box.value && taken.length && !isOne) drop(taken.at(-1));
    else if (step && list.hidden) reconsider();
    else if (list.hidden) return;
    else if (step) choose(all()[(all().indexOf(chosen()) + step + all().length) % all().length]);
    else if (event.key === "Enter" && chosen()) chosen().click();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function take(option) {
    taken = isOne ? [option] : [...taken, option];
    changed();
  }

  function drop(option) {
    taken = taken.filter((one) => one !== option);
    changed();
  }

  function changed() {
    draw();
    close();
    box.dispatchEvent(new Event("taken"));
  }

  function draw() {
    box.value = isOne && taken[0] ? words(taken[0].text) : "";
    if (isOne) return;
    fill(row, taken.map((option) => h("button", {
      type: "button", class: "chip", "aria-label": `Remove ${words(option.text)}`, onclick: () => { drop(option); box.focus(); },
    }, text(option.text), icon("close"))));
  }

  /** What was begun and not taken is forgotten; an emptied box of one takes the choice back. */
  function leave() {
    if (isOne && taken.length && !box.value.trim()) drop(taken[0]);
    else draw();
    close();
  }

  function say(note) {
    fill(list, h("div", { class: "offers-note", role: "presentation" }, note));
    news.textContent = note;
    open();
    box.removeAttribute("aria-activedescendant");
  }

  function open() {
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  }

  function close() {
    clearTimeout(waiting);
    asked += 1;
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
    news.textContent = "";
  }

  return { node, box, taken: () => taken };
}
