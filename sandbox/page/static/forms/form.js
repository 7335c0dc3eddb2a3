import { Refused } from "../basis/api.js";
import { h, uniqueId } from "../basis/dom.js";
import { markdown } from "../messages/markdown.js";
import { fieldFor, firstComplaint } from "./fields.js";

const ROW = 1;
const TEXT_DISPLAY = 10;
const LABEL = 18;
const FAILED = "Something went wrong. Try again.";

/**
 * Opens a form that an interaction asked for.
 *
 * The dialog holds the focus while it is open and gives it back afterwards; Escape closes it.
 */
export async function openForm(modal, interactionId) {
  // Loaded late: forms and interactions open each other.
  const { submitForm, unanswered } = await import("../world/interactions.js");
  const titleId = uniqueId("form");
  const fields = [];
  const parts = modal.components.map((component) => part(component, fields));
  const wrong = h("p", { class: "form-error", role: "alert" });
  const send = h("button", { class: "button primary" }, "Submit");
  const cancel = h("button", { type: "button", class: "button link-like" }, "Cancel");
  const form = h(
    "form",
    { novalidate: true },
    h("h2", { id: titleId }, modal.title),
    h("div", { class: "form-fields" }, parts),
    wrong,
    h("footer", {}, cancel, send),
  );
  const dialog = h("dialog", { class: "form-dialog", "aria-labelledby": titleId }, form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    const first = firstComplaint(fields);
    if (first) {
      first.focus();
      return;
    }
    send.disabled = true;
    send.setAttribute("aria-busy", "true");
    try {
      const outcome = await submitForm(interactionId, await valuesOf(fields));
      if (unanswered(outcome)) wrong.textContent = FAILED;
      else dialog.close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const at = fields.find((field) => field.name === error.field);
      if (at) {
        at.mark(error.sentence);
        at.focus();
      } else wrong.textContent = error.sentence;
    } finally {
      send.disabled = false;
      send.removeAttribute("aria-busy");
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

function part(component, fields) {
  if (component.type === TEXT_DISPLAY) return h("div", { class: "text-display" }, markdown(component.content));
  const inner =
    component.type === LABEL ? component.component : component.type === ROW ? component.components[0] : component;
  const field = fieldFor(inner, component.label || inner.label || "", component.description);
  fields.push(field);
  return field.element;
}

async function valuesOf(fields) {
  const values = {};
  for (const field of fields) values[field.name] = await field.value();
  return values;
}
