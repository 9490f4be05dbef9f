/** Modals as Slack draws them: a stack of views of which the top one is seen, and the question before a risky button. */

import { drawBlocks } from "./blocks.js";
import { fill, fillIfNew, h, icon } from "./dom.js";
import { complaint, stateValues } from "./elements.js";
import { bearings, counterpart, keepingFocus } from "./focus.js";
import { text, words } from "./text.js";

/**
 * `modals(dialog, does)` gives `draw(state)`.
 *
 * A view keeps its form, and so what was typed in it, while others lie on top. When the last one closes, the focus goes
 * back to what had it before, or to its counterpart if that was redrawn meanwhile.
 */
export function modals(dialog, does) {
  const forms = new Map();
  let opener = null;

  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    forms.get(dialog.dataset.view)?.close(false);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) forms.get(dialog.dataset.view)?.node.requestSubmit();
  });

  return function draw(state) {
    const views = state.views ?? [];
    for (const [id, form] of forms) {
      if (!views.some((view) => view.id === id)) { form.node.remove(); forms.delete(id); }
    }
    const top = views.at(-1);
    if (!top) return leave();
    if (!forms.has(top.id)) forms.set(top.id, viewForm(dialog, top, does));
    const form = forms.get(top.id);
    form.draw(top);
    const isNew = dialog.dataset.view !== top.id;
    dialog.dataset.view = top.id;
    for (const other of forms.values()) other.show(other === form);
    if (!dialog.open) {
      opener = { node: document.activeElement, bearings: bearings(document.activeElement) };
      dialog.showModal();
    }
    if (isNew) form.focus();
  };

  function leave() {
    if (!dialog.open) return;
    dialog.close();
    delete dialog.dataset.view;
    const heir = opener.node?.isConnected ? opener.node : opener.bearings && counterpart(document, opener.bearings);
    (heir ?? document.getElementById("message-box")).focus();
  }
}

function viewForm(dialog, first, does) {
  let view = first;
  const title = h("h2", { class: "modal-title", tabindex: "-1" });
  const body = h("div", { class: "modal-body", "data-row": first.id, tabindex: "-1" });
  const trouble = h("p", { class: "error modal-trouble", role: "alert" });
  const foot = h("footer", { class: "modal-foot" });
  let isClosing = false;
  const node = h("form", { class: "modal-form", novalidate: true, onsubmit },
    h("header", { class: "modal-head" }, title,
      h("button", { type: "button", class: "tool", "aria-label": "Close", onclick: () => close(true) }, icon("close"))),
    body, trouble, foot);
  dialog.append(node);
  // Whoever is mending a field need not read on that it is empty.
  body.addEventListener("input", (event) => {
    const field = event.target.closest("[data-input]");
    if (field) showError(field, "");
  });

  // One press of Escape may arrive as two requests to close.
  async function close(wholeStack) {
    if (isClosing) return;
    isClosing = true;
    await does.closeView(view, wholeStack);
    isClosing = false;
  }

  async function onsubmit(event) {
    event.preventDefault();
    if (!view.submit || node.ariaBusy === "true") return;
    const missing = Object.fromEntries([...body.querySelectorAll("[data-input]")]
      .map((field) => [field.dataset.input, complaint(field.querySelector("[data-stateful]"), field.hasAttribute("data-optional"))])
      .filter(([, reason]) => reason));
    showErrors(body, missing, true);
    if (Object.keys(missing).length) return;
    node.ariaBusy = "true";
    trouble.textContent = "";
    const answer = await does.submitView(view, stateValues(body));
    node.ariaBusy = "false";
    if (answer.error) trouble.textContent = answer.error;
    showErrors(body, view.errors ?? {}, true);
  }

  function drawForm(next) {
    view = next;
    trouble.textContent = view.trouble ?? "";
    fillIfNew(title, view.title, text);
    fillIfNew(foot, [view.close, view.submit], () => [
      h("button", { type: "button", class: "button", onclick: () => close(false) },
        words(view.close) || (view.submit ? "Cancel" : "Close")),
      view.submit && h("button", { type: "submit", class: "button primary" }, text(view.submit))]);
    const where = { type: "view", view_id: view.id };
    const scene = {
      // What the playground chose (the conversation one comes from) counts until somebody chose otherwise.
      remembered: { ...view.values, ...stateValues(body) },
      act: (element, spec, chosen) => does.click(where, element, spec, chosen),
      suggest: (element, spec, typed) => does.suggest(where, element, spec, typed),
    };
    keepingFocus(body, () => drawBlocks(body, view.blocks, scene));
    if (Object.keys(view.errors ?? {}).length) showErrors(body, view.errors, false);
  }

  function show(isTop) {
    node.hidden = !isTop;
    if (isTop) title.id = "modal-title";
    else title.removeAttribute("id");
  }

  function focus() {
    const asked = body.querySelector("[data-focus-on-load]");
    ((asked?.matches("div") ? asked.querySelector("input") : asked) ?? body.querySelector("[data-input] :is(input, textarea, select)") ?? title).focus();
  }

  return { node, draw: drawForm, show, focus, close };
}

/** Put each error under its own field, and the focus into the first field that has one. */
function showErrors(body, errors, mayFocus) {
  let first = null;
  for (const field of body.querySelectorAll("[data-input]")) {
    const reason = errors[field.dataset.input] ?? "";
    const control = showError(field, reason);
    if (reason) first ??= control;
  }
  if (mayFocus) (first?.matches("div") ? first.querySelector("input") : first)?.focus();
}

function showError(field, reason) {
  const control = field.querySelector("[data-stateful]");
  field.querySelector(".error").textContent = reason;
  if (reason) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  return control;
}

/** Ask what a `confirm` object asks; true when the person goes on. */
export function confirmed(dialog, { title, text: question, confirm, deny, style }) {
  fill(dialog, h("form", { class: "modal-form", method: "dialog" },
    h("header", { class: "modal-head" }, h("h2", { id: "confirm-title", class: "modal-title" }, text(title))),
    h("div", { class: "modal-body prose" }, text(question)),
    h("footer", { class: "modal-foot" },
      h("button", { class: "button", value: "no" }, words(deny) || "Cancel"),
      h("button", { class: `button ${style ?? "primary"}`, value: "yes", autofocus: true }, words(confirm) || "Yes"))));
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
