import { h, uniqueId } from "../basis/dom.js";
import { acceptFor, encoded, fileComplaint } from "../basis/files.js";
import { ListBox } from "../basis/listbox.js";
import { FileBox } from "./file_box.js";
import { entityOptions, stringOptions } from "./choices.js";
import { session } from "../world/session.js";

const PARAGRAPH = 2;

/** A form's field: what is drawn, what it holds, and what is wrong with it. */
class Field {
  constructor(component, caption, description) {
    this.component = component;
    this.name = component.custom_id;
    this.caption = caption;
    this.id = uniqueId("field");
    this.wrong = h("p", { class: "field-error", id: `${this.id}-error`, role: "alert" });
    this.note = description ? h("p", { class: "field-note", id: `${this.id}-note` }, description) : null;
  }

  get required() {
    return this.component.required !== false;
  }

  /** Ids of what describes the field to a screen reader. */
  get described() {
    return [this.note?.id, this.wrong.id].filter(Boolean).join(" ");
  }

  mark(sentence) {
    this.wrong.textContent = sentence;
    this.control()?.setAttribute("aria-invalid", sentence ? "true" : "false");
  }

  labelled(control, { group = false } = {}) {
    const words = [
      this.caption,
      this.required
        ? h("span", { class: "required", title: "Required" }, " *")
        : h("span", { class: "optional" }, " optional"),
    ];
    const label = group ? h("legend", {}, words) : h("label", { for: this.id }, words);
    return h(
      group ? "fieldset" : "div",
      { class: "field", dataset: { field: this.name } },
      label,
      this.note,
      control,
      this.wrong,
    );
  }

  control() {
    return this.element.querySelector(`#${CSS.escape(this.id)}`);
  }

  focus() {
    (this.control() || this.element.querySelector("input, button"))?.focus();
  }
}

class TextField extends Field {
  constructor(component, caption, description) {
    super(component, caption, description);
    const long = component.style === PARAGRAPH;
    this.input = h(long ? "textarea" : "input", {
      id: this.id,
      type: long ? null : "text",
      rows: long ? "4" : null,
      placeholder: component.placeholder,
      value: component.value || "",
      maxlength: component.max_length || 4000,
      required: this.required,
      autocomplete: "off",
      "aria-describedby": this.described,
    });
    this.element = this.labelled(this.input);
    if (component.max_length) this.#count(component.max_length);
  }

  #count(most) {
    const count = h("span", { class: "count", "aria-hidden": "true" });
    const show = () => {
      count.textContent = `${this.input.value.length}/${most}`;
    };
    this.input.addEventListener("input", show);
    show();
    this.element.append(count);
  }

  complaint() {
    const { min_length: least = 0 } = this.component;
    const { length } = this.input.value;
    if (!length) return this.required ? "This field is required." : "";
    return length < least ? `At least ${least} characters; there are ${length}.` : "";
  }

  async value() {
    return this.input.value;
  }
}

class ListField extends Field {
  constructor(component, caption, description, options) {
    super(component, caption, description);
    this.box = new ListBox({
      label: caption,
      placeholder: component.placeholder || "Make a selection",
      options,
      values: options.filter((option) => option.chosen).map((option) => option.value),
      min: component.min_values ?? 1,
      max: component.max_values ?? 1,
      clearable: !this.required,
    });
    this.box.button.id = this.id;
    this.box.button.setAttribute("aria-describedby", this.described);
    this.element = this.labelled(this.box.element);
  }

  complaint() {
    return this.required && !this.box.values.length ? "This field is required." : "";
  }

  async value() {
    return this.box.values;
  }
}

class GroupField extends Field {
  constructor(component, caption, description, kind) {
    super(component, caption, description);
    this.kind = kind;
    this.inputs = stringOptions(component).map((option) =>
      h("input", { type: kind, name: this.id, value: option.value, checked: option.chosen }),
    );
    const rows = stringOptions(component).map((option, at) =>
      h(
        "label",
        { class: "group-option" },
        this.inputs[at],
        h("span", {}, option.label, option.description && h("small", {}, option.description)),
      ),
    );
    this.element = this.labelled(h("div", { class: "group", "aria-describedby": this.described }, rows), {
      group: true,
    });
  }

  #chosen() {
    return this.inputs.filter((input) => input.checked).map((input) => input.value);
  }

  complaint() {
    const chosen = this.#chosen().length;
    const least = this.component.min_values ?? (this.required ? 1 : 0);
    if (chosen < least && (this.required || chosen))
      return least === 1 ? "This field is required." : `Choose at least ${least}.`;
    const most = this.kind === "radio" ? 1 : this.component.max_values || this.inputs.length;
    return chosen > most ? `Choose at most ${most}.` : "";
  }

  async value() {
    return this.kind === "radio" ? (this.#chosen()[0] ?? "") : this.#chosen();
  }
}

class TickField extends Field {
  constructor(component, caption, description) {
    super({ ...component, required: false }, caption, description);
    this.input = h("input", {
      type: "checkbox",
      id: this.id,
      checked: component.default === true,
      "aria-describedby": this.described,
    });
    this.element = h(
      "div",
      { class: "field tick", dataset: { field: this.name } },
      h("label", { for: this.id }, this.input, h("span", {}, caption)),
      this.note,
      this.wrong,
    );
  }

  complaint() {
    return "";
  }

  async value() {
    return this.input.checked;
  }
}

class FileField extends Field {
  constructor(component, caption, description) {
    super(component, caption, description);
    this.box = new FileBox({
      id: this.id,
      label: caption,
      accept: acceptFor(component.file_types),
      most: component.max_values ?? 1,
      described: this.described,
      check: (file) => fileComplaint(file, session.channel.upload_limit),
      complain: (sentence) => this.mark(sentence),
    });
    this.element = this.labelled(this.box.element);
  }

  complaint() {
    const least = this.component.min_values ?? 1;
    const { length } = this.box.files;
    if (!length) return this.required ? "This field is required." : "";
    return length < least ? `At least ${least} files.` : "";
  }

  async value() {
    return Promise.all(this.box.files.map((file) => encoded(file)));
  }
}

const MADE = {
  3: (component, caption, note) => new ListField(component, caption, note, stringOptions(component)),
  4: (component, caption, note) => new TextField(component, caption, note),
  5: (component, caption, note) => new ListField(component, caption, note, entityOptions(component)),
  6: (component, caption, note) => new ListField(component, caption, note, entityOptions(component)),
  7: (component, caption, note) => new ListField(component, caption, note, entityOptions(component)),
  8: (component, caption, note) => new ListField(component, caption, note, entityOptions(component)),
  19: (component, caption, note) => new FileField(component, caption, note),
  21: (component, caption, note) => new GroupField(component, caption, note, "radio"),
  22: (component, caption, note) => new GroupField(component, caption, note, "checkbox"),
  23: (component, caption, note) => new TickField(component, caption, note),
};

/** Returns the field for a component of a form, by Discord's numbers (developers/components/reference). */
export function fieldFor(component, caption, description = "") {
  return MADE[component.type](component, caption, description);
}

/** Marks fields that cannot be sent as they are; returns the first of them, or null. */
export function firstComplaint(fields) {
  let first = null;
  for (const field of fields) {
    const sentence = field.complaint();
    field.mark(sentence);
    if (sentence) first = first || field;
  }
  return first;
}
