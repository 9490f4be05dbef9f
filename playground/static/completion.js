/** Completion of commands, people and channels: the list above a message box, and the keys that choose in it. */

import { fill, h, newId } from "./dom.js";

const MOST_OFFERS = 8;

/**
 * `completion(box, onTake)` gives `{nodes, offer, press, dismiss}`.
 *
 * `offer(state)` shows what may stand before the caret, `press(event)` says whether a key was meant for the list, and
 * `onTake()` is called when something was taken.
 */
export function completion(box, onTake) {
  const offers = h("ul", { id: newId(), class: "offers", role: "listbox", "aria-label": "Completions", hidden: true });
  const count = h("span", { class: "unseen", role: "status" });
  const chosen = () => offers.querySelector("[aria-selected=true]");
  box.setAttribute("aria-controls", offers.id);

  function offer(state) {
    const asked = askedFor(box);
    const found = asked ? matching(asked, state) : [];
    if (!found.length) return dismiss();
    fill(offers, found.map((one) => row(one, () => take(one.insert, asked.start))));
    offers.hidden = false;
    count.textContent = found.length === 1 ? "1 completion" : `${found.length} completions`;
    return choose(offers.firstElementChild);
  }

  function choose(row) {
    for (const one of offers.children) one.setAttribute("aria-selected", String(one === row));
    box.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  function press({ key, shiftKey }) {
    if (offers.hidden) return false;
    const all = [...offers.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    // What is typed in full already needs no taking: Enter sends it.
    const isWhole = chosen().dataset.insert === box.value.trim();
    if (step) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
    else if (!shiftKey && (key === "Tab" || (key === "Enter" && !isWhole))) chosen().click();
    else if (key === "Escape") dismiss();
    else return false;
    return true;
  }

  function take(insert, start) {
    box.setRangeText(`${insert} `, start, box.selectionStart, "end");
    onTake();
    dismiss();
    box.focus();
  }

  function dismiss() {
    offers.hidden = true;
    box.removeAttribute("aria-activedescendant");
    count.textContent = "";
  }

  return { nodes: [offers, count], offer, press, dismiss };
}

function row({ name, usage, meaning, insert }, take) {
  return h("li", {
    id: newId(), class: "offer", role: "option", "aria-selected": "false", "data-insert": insert,
    onmousedown: (event) => event.preventDefault(), onclick: take,
  }, h("strong", {}, name), usage && h("code", {}, usage), h("span", {}, meaning));
}

/** What stands before the caret and may be completed: a command at the very start, or a name after @ or #. */
function askedFor(box) {
  const before = box.value.slice(0, box.selectionStart);
  const [, sign, begun] = before.match(/^(\/)(\S*)$/) ?? before.match(/(?:^|\s)([@#])(\S*)$/) ?? [];
  return sign ? { sign, begun: begun.toLowerCase(), start: before.length - begun.length - 1 } : null;
}

const SOURCES = {
  "/": ({ commands }) => commands.map(({ command, usage_hint: usage, description: meaning }) => (
    { name: command, usage, meaning, insert: command })),
  "@": ({ people }) => people.map(({ real_name: name, name: handle, note: meaning }) => (
    { name, meaning, insert: `@${handle}` })),
  "#": ({ channels }) => channels.filter(({ kind }) => kind === "channel").map(({ name, topic: meaning }) => (
    { name: `#${name}`, meaning, insert: `#${name}` })),
};

function matching({ sign, begun }, state) {
  return SOURCES[sign](state).filter(({ insert }) => insert.slice(1).toLowerCase().startsWith(begun)).slice(0, MOST_OFFERS);
}
