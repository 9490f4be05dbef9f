/** Slack's time, and the panel in which a person sets it ahead. */

import { h, icon, newId } from "./dom.js";
import { place } from "./menu.js";

const LOOK_AGAIN_MS = 5000;
const STEPS = [["1 hour", 3600], ["1 day", 86400], ["1 week", 604800]];

/** The time in the playground. */
export function now({ ahead }) {
  return new Date(Date.now() + ahead * 1000);
}

/** `clock(does)` gives `{node, draw}`; `does.setClock({by})` or `({to})`, in seconds, sets it ahead. */
export function clock(does) {
  let state = { ahead: 0 };
  const ids = { panel: newId(), title: newId(), until: newId() };
  const face = h("span", {});
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const news = h("span", { class: "unseen", role: "status" });
  const until = h("input", { id: ids.until, class: "field", type: "datetime-local", required: true });
  const button = h("button", {
    type: "button", class: "clock-face", popovertarget: ids.panel, "aria-haspopup": "dialog", title: "Set the clock ahead",
  }, icon("clock"), face);
  const panel = h("div", {
    id: ids.panel, class: "menu clock-panel", popover: "auto", role: "dialog", "aria-labelledby": ids.title, ontoggle,
  },
  h("h2", { id: ids.title }, "Set the clock ahead"),
  h("p", {}, "It stops on the way wherever something is due, so a week may take some seconds."),
  h("div", { class: "clock-steps" }, STEPS.map(([words, by]) => (
    h("button", { type: "button", class: "button", onclick: () => set({ by }) }, `+${words}`)))),
  h("form", {
    onsubmit(event) {
      event.preventDefault();
      set({ to: new Date(until.value).getTime() / 1000 });
    },
  }, h("label", { for: ids.until }, "Or to"), until, h("button", { class: "button" }, "Set")),
  h("p", { class: "clock-zone" }, `Times here are those of this machine's zone, ${zone}.`));

  async function set(told) {
    news.textContent = "The clock goes on.";
    const { ok, error } = await does.setClock(told);
    tick();
    news.textContent = ok ? `It is ${face.textContent}.` : error;
    if (ok) until.value = until.min = local(now(state));
    if (ok && "to" in told) { panel.hidePopover(); button.focus(); }
  }

  function ontoggle({ newState }) {
    if (newState !== "open") return;
    until.value = local(now(state));
    until.min = until.value;
    place(panel, button.getBoundingClientRect());
    panel.querySelector("button").focus();
  }

  function tick() {
    const words = now(state).toLocaleString("en-GB", {
      weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
    }).replace(" at ", ", ");
    if (face.textContent !== words) face.textContent = words;
  }

  setInterval(tick, LOOK_AGAIN_MS);
  return {
    node: h("div", { class: "clock" }, button, panel, news),
    draw(next) { state = next; tick(); },
  };
}

/** A date as a `datetime-local` field wants it: local time, to the minute. */
function local(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}
