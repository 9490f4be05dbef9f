/** Text as people read it, from the tokens that the playground made of Slack's markup. */

import { h } from "./dom.js";

const SAFE_LINK = /^(https?|mailto|tel):/i;
const MARKS = [["code", "code"], ["strike", "s"], ["i", "em"], ["b", "strong"]];

/** Nodes for a list of tokens. What would notify or lead somewhere in Slack is marked as live. */
export function inline(tokens = []) {
  return tokens.map((token) => marked(token, bare(token)));
}

function marked(token, node) {
  return MARKS.reduce((inner, [flag, tag]) => (token[flag] ? h(tag, {}, inner) : inner), node);
}

function bare(token) {
  switch (token.t) {
    case "br": return h("br");
    case "pre": return h("pre", {}, token.s);
    case "quote": return h("blockquote", {}, inline(token.tokens));
    case "link": return link(token.url, token.s || token.url);
    case "user":
    case "channel":
    case "broadcast": return h("span", { class: "live-mention", "data-mention": token.t }, token.s);
    case "emoji": return emoji(token);
    default: return document.createTextNode(token.s ?? "");
  }
}

function link(url, words) {
  if (!SAFE_LINK.test(url)) return h("span", { class: "live-link" }, words);
  return h("a", { class: "live-link", href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

export function emoji({ name, s }) {
  const label = String(name).replaceAll("_", " ");
  return h("span", { class: "emoji", role: "img", "aria-label": label, title: `:${name}:` }, s || `:${name}:`);
}

/** A text object (`plain_text` or `mrkdwn`) as nodes; its own words where it carries no tokens. */
export function text(object) {
  if (!object) return [];
  if (typeof object === "string") return [object];
  return object.tokens ? inline(object.tokens) : [object.text ?? ""];
}

/** The words of a text object or a list of tokens, for labels, options and announcements. */
export function words(object) {
  if (!object) return "";
  if (typeof object === "string") return object;
  const tokens = Array.isArray(object) ? object : object.tokens;
  if (!tokens) return object.text ?? "";
  return tokens.map((token) => {
    if (token.t === "br") return " ";
    if (token.t === "quote") return ` ${words(token.tokens)} `;
    return token.s ?? "";
  }).join("");
}
