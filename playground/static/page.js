/**
 * The page as a whole: who is looking at what, what they do, and how news reach every part.
 *
 * `state` is what the playground says; `here` is what only this window knows: the person acted as, the open channel,
 * thread and tab, how far each channel was read, and whether the inspector is open. Person and channel stand in the
 * address, so a reload or a link leads to the same place.
 */

import { confirmed, modals } from "./modal.js";
import { conversation, thread } from "./conversation.js";
import { follow, post } from "./connection.js";
import { h } from "./dom.js";
import { inspector } from "./inspector.js";
import { sidebar } from "./sidebar.js";
import { spoken } from "./messages.js";
import { stateValues } from "./elements.js";

const $ = (id) => document.getElementById(id);
const BUSY_AFTER_MS = 150;
const TOAST_MS = 8000;

let state = null;
let line = null;
let underWay = 0;
let heard = null;
const here = { me: null, channel: null, thread: null, tab: "messages", inspects: false, read: {} };

const does = {
  say: (text) => say(text, null),
  reply: (text) => say(text, here.thread),
  openThread(ts) { here.thread = ts; draw(); },
  closeThread() {
    const opened = document.querySelector(`#conversation [data-ts="${here.thread}"] .replies`);
    here.thread = null;
    draw();
    (opened ?? $("message-box")).focus();
  },
  open,
  actAs,
  shortcut: (shortcut, node, message) => press(node, "shortcut", {
    callback_id: shortcut.callback_id, channel: here.channel, ...(message && { ts: message.ts }),
  }),
  async click(container, node, spec, chosen) {
    if (spec.confirm && !(await confirmed($("confirm"), spec.confirm))) return;
    const root = node.closest("[data-row]");
    await press(node, "click", {
      container, block_id: node.dataset.blockId, action_id: spec.action_id, ...chosen, values: stateValues(root),
    });
  },
  suggest: (container, node, spec, typed) => post("suggest", {
    as: here.me, container, block_id: node.dataset.blockId, action_id: spec.action_id, typed,
  }),
  setClock: (told) => send("clock", told),
  submitView: (view, values) => send("view/submit", { view_id: view.id, values }),
  closeView: (view, wholeStack) => send("view/close", { view_id: view.id, whole_stack: wholeStack }).then(complain),
  toggleSidebar() { showSidebar(!document.body.classList.contains("side-open")); },
  toggleInspector() {
    here.inspects = !here.inspects;
    draw();
    (here.inspects ? $("inspector").querySelector("input") : document.querySelector(".inspector-toggle")).focus();
  },
};

const middle = conversation($("conversation"), does);
const parts = [
  sidebar($("sidebar"), does), middle.draw, thread($("thread"), does), inspector($("inspector"), does), modals($("modal"), does),
];

function draw() {
  here.read[`${here.me} ${here.channel}`] = state.messages[here.channel]?.at(-1)?.ts;
  document.body.classList.toggle("threaded", Boolean(here.thread));
  document.body.classList.toggle("inspecting", here.inspects);
  for (const part of parts) part(state, here);
}

let wanted = null;

function onState(next) {
  const isFirst = !here.me;
  state = next;
  here.me ??= state.me;
  // Kept until it is open: whom it names may see a channel that the first person does not.
  wanted ??= address();
  const asked = isFirst && state.people.find(({ name, is_bot: isBot }) => name === wanted.person && !isBot);
  if (asked && asked.id !== here.me) { actAs(asked.id); return; }
  if (!state.channels.some(({ id }) => id === here.channel)) {
    here.channel = (state.channels.find(({ name }) => name === wanted.channel) ?? state.channels[0]).id;
    announceFrom(null);
    open(here.channel, wanted.tab);
  }
  wanted = null;
  draw();
  announceFrom(heard);
}

/** Read out what is new in the open conversation since the last time, other than what this person said. */
function announceFrom(before) {
  const now = (state.messages[here.channel] ?? []).map((message) => [`${message.ts} ${JSON.stringify(message.text)}`, message]);
  heard = { channel: here.channel, me: here.me, keys: new Set(now.map(([key]) => key)) };
  if (before?.channel !== here.channel || before.me !== here.me) return;
  const fresh = now.filter(([key, message]) => !before.keys.has(key) && message.user !== here.me);
  $("announcer").append(...fresh.map(([, message]) => h("p", {}, spoken(message, state))));
  while ($("announcer").childElementCount > 5) $("announcer").firstElementChild.remove();
}

// What a person does

function open(channel, tab = "messages") {
  const isSame = here.channel === channel;
  Object.assign(here, { channel, tab }, isSame ? {} : { thread: null });
  draw();
  remember();
  showSidebar(false);
  if (matchMedia("(hover: hover)").matches && !$("modal").open && tab === "messages") middle.focus();
  return send("open", { channel, tab });
}

function actAs(me) {
  Object.assign(here, { me, thread: null });
  line?.close();
  line = follow(me, onState, onLine);
  remember();
}

/** True when the words arrived, even if the app then failed: what failed is told by a message. */
async function say(text, threadTs) {
  const answer = await send("say", { channel: here.channel, text, ...(threadTs && { thread_ts: threadTs }) });
  complain(answer);
  return answer.ok || !answer.error;
}

/** Do something with a button that shows it is at work meanwhile, and cannot be pressed twice. */
async function press(node, path, body) {
  if (node.ariaBusy === "true") return;
  node.ariaBusy = "true";
  complain(await send(path, body));
  node.ariaBusy = null;
}

async function send(path, body) {
  underWay += 1;
  setTimeout(showBusy, BUSY_AFTER_MS);
  const answer = await post(path, { as: here.me, ...body });
  await line?.refresh();
  underWay -= 1;
  showBusy();
  return answer;
}

function showBusy() {
  document.body.classList.toggle("busy", underWay > 0);
  middle.showBusy(underWay > 0);
}

/** Tell a person what failed, unless the playground already told them in a message. */
function complain({ ok, error }) {
  if (ok || !error) return;
  const node = h("p", { class: "toast" }, error);
  $("toasts").append(node);
  setTimeout(() => node.remove(), TOAST_MS);
}

function onLine(isUp) {
  document.body.classList.toggle("cut-off", !isUp);
  const notice = document.querySelector(".line-lost");
  if (isUp) notice?.remove();
  else if (!notice) $("toasts").append(h("p", { class: "toast line-lost" }, "The line to the playground is lost. Trying again…"));
}

// The window

function showSidebar(isOpen) {
  if (document.body.classList.contains("side-open") === isOpen) return;
  document.body.classList.toggle("side-open", isOpen);
  $("curtain").hidden = !isOpen;
  (isOpen ? $("sidebar").querySelector("[aria-current]") : document.querySelector(".menu-toggle"))?.focus();
}

/** The address is `#person/channel` or `#person/channel/home`. */
function address() {
  const [person, channel, tab] = location.hash.slice(1).split("/").map(decodeURIComponent);
  return { person, channel, tab: tab === "home" ? "home" : "messages" };
}

function remember() {
  const me = state.people.find(({ id }) => id === here.me);
  const channel = state.channels.find(({ id }) => id === here.channel);
  const words = [me?.name, channel?.name, here.tab === "home" && "home"].filter(Boolean).map(encodeURIComponent);
  history.replaceState(null, "", `#${words.join("/")}`);
}

$("curtain").addEventListener("click", () => showSidebar(false));
document.addEventListener("keydown", ({ key }) => { if (key === "Escape") showSidebar(false); });
// A link into the page that is open already, or an address typed over.
addEventListener("hashchange", () => location.reload());
line = follow(null, onState, onLine);
