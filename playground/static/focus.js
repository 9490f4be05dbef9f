/** Where the focus goes when what had it is drawn anew. */

const label = (node) => node.getAttribute("aria-label") ?? node.textContent;

/** How to find an interactive element again after its row was redrawn: its row, ids and words. */
export function bearings(node) {
  const row = node?.closest("[data-row]");
  if (!row) return null;
  const { actionId, blockId } = node.dataset;
  return { row: row.dataset.row, index: [...row.parentElement.children].indexOf(row), actionId, blockId, label: label(node) };
}

/**
 * The element under `root` that stands where `was` stood: the one with the same ids, else the same words, first in the
 * same row, then in the row at its place, then in the last one. When nothing is alike, the row itself.
 */
export function counterpart(root, was) {
  const rows = root.matches?.("[data-row]") ? [root] : [...root.querySelectorAll("[data-row]")];
  const nearby = [rows.find((row) => row.dataset.row === was.row), rows[was.index], rows.at(-1)].filter(Boolean);
  for (const row of nearby) {
    const live = [...row.querySelectorAll("button, select, input, textarea, a, summary")];
    const alike = live.find(({ dataset }) => was.actionId && dataset.actionId === was.actionId && dataset.blockId === was.blockId)
      ?? live.find((node) => label(node) === was.label);
    if (alike) return alike;
  }
  return nearby[0];
}

/** Do some drawing under `root` so that whoever was in it with the keyboard still is. */
export function keepingFocus(root, draw) {
  const focused = document.activeElement;
  const was = root.contains(focused) ? bearings(focused) : null;
  const caret = was && [focused.selectionStart, focused.selectionEnd];
  draw();
  if (!was || focused.isConnected) return;
  const heir = counterpart(root, was);
  heir?.focus({ preventScroll: true });
  if (caret?.[0] != null && "selectionStart" in heir) heir.setSelectionRange(...caret);
}
