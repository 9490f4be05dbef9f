/** A list of messages: the channel's, or a thread's. */

import { drawBlocks } from "./blocks.js";
import { now } from "./clock.js";
import { h, icon, patch } from "./dom.js";
import { stateValues } from "./elements.js";
import { keepingFocus } from "./focus.js";
import { menuButton } from "./menu.js";
import { emoji, text, words } from "./text.js";

const TOGETHER_SECONDS = 300;
const NEAR_BOTTOM_PX = 90;

/**
 * `list(scroller, does)` gives `draw(messages, state, options)`, `follow()` and `isFollowing()`.
 *
 * Somebody who reads the newest stays with the newest; somebody who scrolled further up is left in peace, until they say
 * something themselves and `follow` again. `options` are `{channel, label, empty, inThread, isElsewhere}`: `empty()` gives
 * what stands in an empty list, `isElsewhere` says that this is another conversation than the one drawn before.
 */
export function list(scroller, does) {
  const items = h("ol", { class: "messages", role: "list" });
  const hint = h("div", { class: "empty" });
  scroller.append(hint, items);
  let placed = 0;
  let wasFollowing = true;

  const isFollowing = () => scroller.scrollTop === placed || atEnd(scroller);
  const follow = () => { placed = scroller.scrollTop; wasFollowing = true; };
  scroller.addEventListener("scroll", () => { wasFollowing = isFollowing(); });
  new ResizeObserver(() => {
    if (!wasFollowing) return;
    toNewest(scroller, items.lastElementChild, true);
    follow();
  }).observe(scroller);

  function draw(messages, state, { channel, label, empty, inThread, isElsewhere }) {
    const follows = isElsewhere || isFollowing();
    const lastBefore = items.lastElementChild?.dataset.row;
    items.setAttribute("aria-label", label);
    if (isElsewhere) items.replaceChildren();
    hint.hidden = messages.length > 0;
    if (!hint.hidden && (isElsewhere || !hint.firstChild)) hint.replaceChildren(...[empty?.() ?? []].flat());
    const scene = (message) => ({
      act: (node, spec, chosen) => does.click({ type: "message", channel, ts: message.ts }, node, spec, chosen),
      suggest: (node, spec, typed) => does.suggest({ type: "message", channel, ts: message.ts }, node, spec, typed),
    });
    keepingFocus(items, () => patch(items, rowsOf(messages, state, inThread), ({ message }) => keyOf(message),
      (row, old) => drawMessage(row, { ...scene(row.message), remembered: stateValues(old) }, state, does)));
    if (!follows) return;
    toNewest(scroller, items.lastElementChild, !isElsewhere && lastBefore === items.lastElementChild?.dataset.row);
    follow();
  }

  return { draw, follow, isFollowing };
}

/** A message and an ephemeral one may share a ts; nothing else does. */
const keyOf = (message) => `${message.ts}${message.ephemeral ? "-ephemeral" : ""}`;

export function atEnd({ scrollHeight, scrollTop, clientHeight }) {
  return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
}

/** Show the newest message: its end, or its beginning when it is taller than the window and was not there before. */
function toNewest(scroller, newest, isSame) {
  const isTall = newest && newest.offsetHeight > scroller.clientHeight;
  if (isTall && !isSame) newest.scrollIntoView({ block: "start" });
  else if (!isTall) scroller.scrollTop = scroller.scrollHeight;
}

function rowsOf(messages, state, inThread) {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const author = state.people.find(({ id }) => id === message.user);
    const name = author?.real_name ?? message.username ?? message.user ?? "Unknown";
    const today = now(state).toDateString();
    const isNewDay = !before || dayOf(before, today) !== dayOf(message, today);
    const isTogether = !isNewDay && !author?.is_bot && before.user === message.user && before.ephemeral === message.ephemeral
      && !before.reply_count && Number(message.ts) - Number(before.ts) < TOGETHER_SECONDS;
    const day = isNewDay ? dayOf(message, today) : null;
    return { message, name, isApp: Boolean(author?.is_bot), isTogether, day, inThread: Boolean(inThread) };
  });
}

function dayOf({ ts }, today) {
  const date = new Date(Number(ts) * 1000);
  return date.toDateString() === today ? "Today" : date.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" });
}

function drawMessage({ message, name, isApp, isTogether, day, inThread }, scene, state, does) {
  const body = h("div", { class: "message-body" });
  if (message.blocks?.length) drawBlocks(body, message.blocks, scene);
  else body.append(h("div", { class: "prose" }, text(message.text)));
  if (message.reactions?.length) body.append(reactions(message.reactions));
  if (message.edited) body.append(h("span", { class: "edited" }, "(edited)"));
  const kind = ["message", isTogether && "together", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  return h("li", { class: kind, "data-row": keyOf(message), "data-ts": message.ts, "data-day": day, tabindex: "-1" },
    avatar(name, message.user, isApp),
    h("article", { class: "message-main", "aria-label": `${name}, ${message.time}` },
      message.ephemeral && h("p", { class: "only-you" }, icon("eye"), "Only visible to you"),
      h("div", { class: "message-head" },
        h("span", { class: "author" }, name), isApp && h("span", { class: "badge" }, "App"),
        h("time", { class: "time", datetime: new Date(Number(message.ts) * 1000).toISOString() }, message.time)),
      body,
      !inThread && message.reply_count > 0 && h("button", {
        type: "button", class: "replies", onclick: () => does.openThread(message.ts),
      }, icon("bubble"), message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`)),
    !message.ephemeral && tools(message, name, inThread, state, does));
}

function reactions(all) {
  return h("div", { class: "reactions" }, all.map(({ name, users }) => (
    h("span", { class: "reaction" }, emoji({ name }), ` ${users.length}`))));
}

/** What can be done with a message besides its own buttons: reply to it, run the app's message shortcuts on it. */
function tools(message, name, inThread, state, does) {
  const shortcuts = (state.shortcuts ?? []).filter(({ type }) => type === "message");
  if (inThread && !shortcuts.length) return null;
  return h("div", { class: "tools", role: "group", "aria-label": `Message by ${name}, ${message.time}` },
    !inThread && h("button", {
      type: "button", class: "tool", "aria-label": "Reply in thread", title: "Reply in thread",
      onclick: () => does.openThread(message.ts),
    }, icon("bubble")),
    shortcuts.length > 0 && menuButton({ class: "tool", "aria-label": "More actions", title: "More actions" }, icon("dots"),
      shortcuts.map((shortcut) => ({ label: shortcut.name, pick: (node) => does.shortcut(shortcut, node, message) }))));
}

/** A person's or an app's mark: the first letter on a colour of their own. */
export function avatar(name, id, isApp) {
  const node = h("span", { class: isApp ? "avatar app" : "avatar", "aria-hidden": "true" }, [...name][0]?.toUpperCase());
  const sum = [...String(id)].reduce((total, letter) => (total * 31 + letter.codePointAt(0)) % 360, 7);
  node.style.setProperty("--hue", sum);
  return node;
}

/** What a screen reader hears of a message: who, and the top-level text, which stands for the blocks as in Slack. */
export function spoken(message, state) {
  const name = state.people.find(({ id }) => id === message.user)?.real_name ?? "Somebody";
  const said = words(message.text) || "sent a message";
  return `${message.ephemeral ? "Only visible to you. " : ""}${name}: ${said}`;
}

/** The suggested prompts of a conversation, as buttons that say them. */
export function prompts(offer, does) {
  if (!offer?.prompts?.length) return null;
  return h("div", { class: "prompts", role: "group", "aria-label": offer.title || "Suggested prompts" },
    h("span", { class: "prompts-title" }, offer.title || "Suggestions"),
    offer.prompts.map(({ title, message }) => h("button", {
      type: "button", class: "prompt", onclick: () => does.say(message),
    }, title)));
}
