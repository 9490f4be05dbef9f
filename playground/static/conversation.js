/** The middle of the page: the open channel or direct message, its Home tab, and the thread beside it. */

import { drawBlocks } from "./blocks.js";
import { composer } from "./composer.js";
import { fill, fillIfNew, h, icon } from "./dom.js";
import { stateValues } from "./elements.js";
import { keepingFocus } from "./focus.js";
import { atEnd, avatar, list, prompts } from "./messages.js";

/** `conversation(main, does)` gives `draw(state, here)`, `showBusy(isBusy)` and `focus()`, which goes to the message box. */
export function conversation(main, does) {
  const title = h("h1", { id: "channel-name", tabindex: "-1" });
  const topic = h("p", { class: "topic" });
  const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Views of this conversation", onkeydown: moveTab });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-labelledby": "channel-name" });
  const home = h("div", { class: "scroller home", tabindex: "0", role: "region", "aria-label": "Home" });
  const above = h("div", { class: "above" });
  const messages = list(scroller, does);
  const writer = composer(saying(does.say, messages.follow, does), { id: "message-box" });
  const archived = h("p", { class: "archived" }, "This channel is archived: nothing more can be said here.");
  const below = h("div", { class: "below" }, above, writer.node, archived);
  const busy = h("p", { class: "busy-note", role: "status" });
  const newer = h("button", { type: "button", class: "newer", hidden: true, onclick: toNewest }, icon("down"), "New messages");
  fill(main,
    h("header", { class: "head" },
      h("button", {
        type: "button", class: "tool menu-toggle", "aria-label": "Channels and people", onclick: does.toggleSidebar,
      }, icon("menu")),
      h("div", { class: "head-words" }, title, topic),
      h("button", {
        type: "button", class: "tool inspector-toggle", "aria-label": "Inspector", "aria-expanded": "false",
        "aria-controls": "inspector", onclick: does.toggleInspector,
      }, icon("code"), h("span", {}, "Inspector"))),
    tabs, scroller, home, newer, busy, below);
  scroller.addEventListener("scroll", () => { if (atEnd(scroller)) newer.hidden = true; });
  let drawn = {};

  function toNewest() { scroller.scrollTop = scroller.scrollHeight; }

  function draw(state, here) {
    const channel = state.channels.find(({ id }) => id === here.channel);
    const where = `${here.me} ${here.channel}`;
    const isElsewhere = drawn.where !== where;
    drawHead(channel, state, here);
    const all = (state.messages[here.channel] ?? []).filter(({ ts, thread_ts: thread }) => !thread || thread === ts);
    const follows = isElsewhere || messages.isFollowing();
    messages.draw(all, state, {
      channel: here.channel, label: `Messages in ${shown(channel)}`, isElsewhere, empty: () => welcome(channel, state, writer.put),
    });
    newer.hidden = follows || (newer.hidden && all.length <= drawn.count);
    writer.node.hidden = Boolean(channel.is_archived);
    archived.hidden = !channel.is_archived;
    fillIfNew(above, [state.prompts?.[here.channel], statusOf(state, here.channel)], ([offer, status]) => [
      prompts(offer, saying(does.say, messages.follow, does)), waiting(status)]);
    writer.draw(state, { key: where, label: `Message ${shown(channel)}` });
    drawHome(state, here);
    drawn = { where, count: all.length };
  }

  function drawHead(channel, state, here) {
    const other = state.people.find(({ id }) => id === channel.with);
    fillIfNew(title, [channel.id, channel.name], () => [
      channel.kind === "im" ? avatar(nameOf(channel, state), channel.with, other?.is_bot) : icon(channel.is_private ? "lock" : "hash"), nameOf(channel, state)]);
    topic.textContent = channel.topic || other?.note || "";
    document.title = `${shown(channel)} · ${state.team.name}`;
    const hasHome = channel.kind === "im" && other?.is_bot && (state.home || state.home_tab || here.tab === "home");
    tabs.hidden = !hasHome;
    fillIfNew(tabs, [hasHome, here.tab], () => (hasHome ? ["messages", "home"].map((tab) => h("button", {
      type: "button", role: "tab", class: "tab", "aria-selected": String(here.tab === tab),
      tabindex: here.tab === tab ? "0" : "-1", onclick: () => does.open(here.channel, tab),
    }, tab === "home" ? "Home" : "Messages")) : []));
  }

  function drawHome(state, here) {
    const isHome = here.tab === "home" && !tabs.hidden;
    scroller.hidden = below.hidden = isHome;
    home.hidden = !isHome;
    if (isHome) newer.hidden = true;
    if (!isHome || !state.home) return home.replaceChildren();
    const where = { type: "view", view_id: state.home.id };
    const scene = {
      remembered: stateValues(home),
      act: (node, spec, chosen) => does.click(where, node, spec, chosen),
      suggest: (node, spec, typed) => does.suggest(where, node, spec, typed),
    };
    if (!home.firstChild) home.append(h("div", { class: "home-sheet", "data-row": "home", tabindex: "-1" }));
    return keepingFocus(home, () => drawBlocks(home.firstChild, state.home.blocks, scene));
  }

  function showBusy(isBusy) {
    busy.textContent = isBusy ? "Waiting for the app…" : "";
  }

  return { draw, showBusy, focus: writer.focus };
}

/** `thread(aside, does)` gives `draw(state, here)` for the pane beside the conversation. */
export function thread(aside, does) {
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Thread messages" });
  const above = h("div", { class: "above" });
  const messages = list(scroller, does);
  const writer = composer(saying(does.reply, messages.follow, does));
  const back = h("button", { type: "button", class: "tool", "aria-label": "Close thread", onclick: does.closeThread }, icon("close"));
  fill(aside, h("header", { class: "head" }, h("h2", {}, "Thread"), back), scroller, h("div", { class: "below" }, above, writer.node));
  aside.addEventListener("keydown", (event) => { if (event.key === "Escape") does.closeThread(); });
  let drawn = null;

  return function draw(state, here) {
    aside.hidden = !here.thread;
    if (!here.thread) { drawn = null; return; }
    const where = `${here.me} ${here.channel} ${here.thread}`;
    const said = (state.messages[here.channel] ?? []).filter(({ ts, thread_ts: of }) => ts === here.thread || of === here.thread);
    messages.draw(said, state, {
      channel: here.channel, label: "Messages in this thread", inThread: true, isElsewhere: drawn !== where,
    });
    fillIfNew(above, statusOf(state, here.channel, here.thread), waiting);
    writer.draw({ ...state, shortcuts: [] }, { key: where, label: "Reply in thread" });
    if (drawn !== where) writer.focus();
    drawn = where;
  };
}

/** What people can do, with `say` bringing them to the newest message, where their answer will be. */
function saying(say, follow, does) {
  return { ...does, say(text) { follow(); return say(text); } };
}

function statusOf({ status = {} }, channel, threadTs) {
  const key = Object.keys(status).find((one) => (threadTs ? one === `${channel}:${threadTs}` : one.split(":")[0] === channel));
  return key && status[key];
}

function waiting(status) {
  return status ? h("p", { class: "status", role: "status" }, h("span", { class: "pulse" }), status) : null;
}

export function shown({ kind, name }) {
  return kind === "channel" ? `#${name}` : `@${name}`;
}

function nameOf(channel, { people }) {
  return people.find(({ id }) => channel.kind === "im" && id === channel.with)?.real_name ?? channel.name;
}

function moveTab(event) {
  if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const other = [...event.currentTarget.children].find((tab) => tab !== document.activeElement);
  other?.click();
}

/** What a person sees where nobody has said anything yet: what they could try. */
function welcome(channel, state, put) {
  const isApp = state.people.some(({ id, is_bot: isBot }) => id === channel.with && isBot);
  const tries = channel.kind === "im" || channel.is_archived ? [] : state.commands.flatMap(examples).slice(0, 6);
  return h("div", { class: "welcome" },
    h("h2", {}, channel.kind === "im" ? `This is where you talk with ${nameOf(channel, state)}` : `Welcome to ${shown(channel)}`),
    h("p", {}, isApp
      ? "Say something, and the app answers here."
      : tries.length ? "Nothing has been said here yet. Something to start with:" : "Nothing has been said here yet."),
    tries.length > 0 && h("ul", { class: "tries", role: "list" }, tries.map((one) => h("li", {},
      h("button", { type: "button", class: "try", onclick: () => put(one.insert) }, h("code", {}, one.shown)),
      h("span", {}, one.meaning)))));
}

/** Things to type for a command: the alternatives of its usage hint, placeholders in brackets left to the person. */
function examples({ command, usage_hint: hint, description }) {
  const ways = (hint ?? "").split("|").map((way) => way.trim()).filter(Boolean);
  if (!ways.length) return [{ insert: command, shown: command, meaning: description }];
  return ways.map((way, index) => {
    const shown = `${command} ${way}`;
    return { insert: /[[\]<>]/.test(way) ? `${command} ` : shown, shown, meaning: index ? "" : description };
  });
}
