/**
 * Building and patching the document.
 *
 * Text goes in as text, never as markup, so nothing that somebody typed can become part of the page.
 */

const SVG = "http://www.w3.org/2000/svg";

/** An element; `on…` attributes are listeners, true is an empty attribute, false and null are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...present(children));
  return node;
}

/** What of some nested children is really there. */
export function present(children) {
  return children.flat(Infinity).filter((child) => child != null && child !== false && child !== "");
}

const SHAPES = {
  bolt: "M11 2 4 11h5l-1 7 8-10h-6z",
  bubble: "M4 4h12v9H9l-4 4v-4H4z",
  clock: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2",
  close: "M5 5l10 10M15 5 5 15",
  code: "M7 5 2 10l5 5M13 5l5 5-5 5",
  copy: "M7 7h9v10H7zM4 13V3h9",
  dots: "M4 10h.01M10 10h.01M16 10h.01",
  down: "M5 8l5 5 5-5",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zm8-2a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  hash: "M8 3 6 17M14 3l-2 14M3 8h14M3 13h14",
  image: "M3 4h14v12H3zM3 14l4-4 4 4 2-2 4 4M13 8h.01",
  lock: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3",
  menu: "M3 5h14M3 10h14M3 15h14",
  send: "M3 4l14 6-14 6 2-6zM5 10h6",
  warning: "M10 3 2 17h16zM10 8v4M10 14.5h.01",
};

/** A small line drawing that takes the colour of the text around it and that screen readers pass over. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  for (const [key, value] of [["viewBox", "0 0 20 20"], ["class", `icon icon-${name}`], ["aria-hidden", "true"]]) {
    svg.setAttribute(key, value);
  }
  return svg;
}

const drawings = new WeakMap();

/**
 * Make the children of `parent` show `items`, touching only what changed.
 *
 * An item whose `key` and JSON are as before keeps its element, and with it focus, scroll and typing. `draw(item, old)`
 * makes the element of a new or changed item; `old` is the element that it replaces.
 */
export function patch(parent, items, key, draw) {
  const wanted = new Set(items.map(key));
  for (const child of [...parent.children]) {
    if (!wanted.has(drawings.get(child)?.key)) child.remove();
  }
  const standing = new Map([...parent.children].map((child) => [drawings.get(child).key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const print = JSON.stringify(item);
    const old = standing.get(key(item));
    let node = old;
    if (!old || drawings.get(old).print !== print) {
      node = draw(item, old);
      drawings.set(node, { key: key(item), print });
      if (old) old.replaceWith(node);
      if (old && place === old) place = node;
    }
    if (node !== place) parent.insertBefore(node, place);
    place = node.nextElementSibling;
  }
}

/** Replace everything in `parent`. */
export function fill(parent, ...children) {
  parent.replaceChildren(...present(children));
}

const prints = new WeakMap();

/** Fill `parent` with what `make(value)` gives, unless it stands there for the same value already. */
export function fillIfNew(parent, value, make) {
  const print = JSON.stringify(value) ?? "";
  if (prints.get(parent) === print) return;
  prints.set(parent, print);
  fill(parent, make(value));
}

/** An id that nothing else on the page has, to tie labels and fields together. */
export const newId = ((last) => () => `id-${(last += 1)}`)(0);
