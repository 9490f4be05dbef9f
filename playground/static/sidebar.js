/** The left of the page: the workspace, its channels and direct messages, and who you are. */

import { fill, h, icon, patch } from "./dom.js";
import { clock } from "./clock.js";
import { avatar } from "./messages.js";

export function sidebar(nav, does) {
  const team = h("p", { class: "team" });
  const channels = h("ul", { role: "list", "aria-labelledby": "channels-title" });
  const directs = h("ul", { role: "list", "aria-labelledby": "directs-title" });
  const time = clock(does);
  const mark = h("span", { class: "me-mark" });
  const people = h("select", { id: "act-as", "aria-describedby": "act-as-note", onchange: () => does.actAs(people.value) });
  fill(nav,
    h("div", { class: "side-head" }, h("img", { src: "/static/icon.svg", alt: "", width: "28", height: "28" }), team,
      h("button", {
        type: "button", class: "tool side-close", "aria-label": "Close channels and people", onclick: does.toggleSidebar,
      }, icon("close"))),
    h("div", { class: "side-lists" },
      h("h2", { id: "channels-title" }, "Channels"), channels,
      h("h2", { id: "directs-title" }, "Direct messages"), directs),
    time.node,
    h("div", { class: "me" }, mark,
      h("div", { class: "me-words" },
        h("label", { for: "act-as" }, "You are"), people, h("span", { id: "act-as-note", class: "note" }))));

  return function draw(state, here) {
    team.textContent = state.team.name;
    time.draw(state);
    const rows = state.channels.map((channel) => ({
      channel, isHere: channel.id === here.channel, other: otherOf(channel, state), unread: unread(channel, state, here),
    }));
    const key = ({ channel }) => channel.id;
    patch(channels, rows.filter(({ channel }) => channel.kind === "channel"), key, (row, old) => place(row, old, does));
    patch(directs, rows.filter(({ channel }) => channel.kind === "im"), key, (row, old) => place(row, old, does));
    const humans = state.people.filter(({ is_bot: isBot }) => !isBot);
    patch(people, humans.map(({ id, real_name: name }) => ({ id, name })), ({ id }) => id,
      ({ id, name }) => h("option", { value: id }, name));
    people.value = here.me;
    const me = humans.find(({ id }) => id === here.me);
    fill(mark, avatar(me.real_name, me.id));
    nav.querySelector("#act-as-note").textContent = me.note;
  };
}

function otherOf(channel, { people }) {
  const other = people.find(({ id }) => id === channel.with);
  return other ? { id: other.id, name: other.real_name, isApp: other.is_bot } : null;
}

/** How many messages came since this person last looked: here in this window, or else by the playground's own count. */
function unread(channel, { messages }, { me, read }) {
  const until = read[`${me} ${channel.id}`];
  return until ? messages[channel.id].filter(({ ts, user }) => ts > until && user !== me).length : channel.unread;
}

/** One row; it takes the focus over from the row that it replaces. */
function place({ channel, isHere, other, unread: count }, old, does) {
  const hadFocus = old?.contains(document.activeElement);
  const button = h("button", {
    type: "button", class: "place", "aria-current": isHere ? "page" : null, onclick: () => does.open(channel.id),
  }, channel.kind === "im" ? avatar(other?.name ?? channel.name, channel.with, other?.isApp) : icon(channel.is_private ? "lock" : "hash"),
  h("span", { class: "place-name" }, other?.name ?? channel.name),
  other?.isApp && h("span", { class: "badge" }, "App"),
  count > 0 && !isHere && h("span", { class: "unread" }, String(count), h("span", { class: "unseen" }, " unread")));
  if (hadFocus) queueMicrotask(() => button.focus());
  return h("li", {}, button);
}
