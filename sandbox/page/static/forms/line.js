import { h, uniqueId } from "../basis/dom.js";

/**
 * Asks for a line of text, or with `long` for several.
 *
 * @returns {Promise<string|null>} null where the person changed their mind
 */
export function askForLine({ title, label, value, action, placeholder = "", max = 2000, long = false }) {
  return new Promise((resolve) => {
    const id = uniqueId("line");
    const input = h(long ? "textarea" : "input", {
      id,
      value,
      placeholder,
      maxlength: String(max),
      rows: long ? "5" : null,
      required: true,
    });
    const cancel = h("button", { type: "button", class: "button link-like" }, "Cancel");
    const form = h(
      "form",
      { method: "dialog" },
      h("h2", {}, title),
      h("div", { class: "field" }, h("label", { for: id }, label), input),
      h("footer", {}, cancel, h("button", { class: "button primary" }, action)),
    );
    const dialog = h("dialog", { class: "form-dialog", "aria-label": title }, form);
    let answer = null;
    form.addEventListener("submit", () => {
      answer = input.value.trim();
    });
    cancel.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}
