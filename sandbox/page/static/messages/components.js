import { Refused } from "../basis/api.js";
import { h } from "../basis/dom.js";
import { ListBox } from "../basis/listbox.js";
import { entityOptions, stringOptions } from "../forms/choices.js";
import { session } from "../world/session.js";
import { unanswered, useComponent } from "../world/interactions.js";
import { markdown } from "./markdown.js";
import { spoiler } from "./inline_markdown.js";
import { medium } from "./media.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "secondary" };
const LINK = 5;

/** Discord's components by number (developers/components/reference, "Component Types"). */
const DRAWN = {
  1: row,
  2: button,
  3: (component, use) => select(component, stringOptions(component), use),
  5: (component, use) => select(component, entityOptions(component), use),
  6: (component, use) => select(component, entityOptions(component), use),
  7: (component, use) => select(component, entityOptions(component), use),
  8: (component, use) => select(component, entityOptions(component), use),
  9: section,
  10: (component) => h("div", { class: "text-display" }, markdown(component.content)),
  11: (component) => shown(component, component.media, component.spoiler),
  12: gallery,
  13: (component) =>
    shown({ ...component, description: null }, component.file, component.spoiler, component.name, component.size),
  14: separator,
  17: container,
};

/**
 * Returns a message's components.
 *
 * @param {Object} message
 * @param {function(string)} complain shows a sentence under the message
 */
export function components(message, complain) {
  const use = (element, customId, values) => press(message, element, customId, values, complain);
  return message.components.map((component) => draw(component, use));
}

function draw(component, use) {
  return (
    DRAWN[component.type]?.(component, use) ??
    h("div", { class: "unknown-component" }, `Component of type ${component.type}`)
  );
}

function row(component, use) {
  return h(
    "div",
    { class: "component-row" },
    component.components.map((inner) => draw(inner, use)),
  );
}

function button(component, use) {
  const words = [
    component.emoji?.name &&
      h("span", { class: "button-emoji", "aria-hidden": component.label ? "true" : null }, component.emoji.name),
    component.label && h("span", {}, component.label),
  ];
  const kind = `button ${STYLES[component.style]}`;
  if (component.style === LINK) {
    return h(
      "a",
      { class: kind, href: session.local(component.url), target: "_blank", rel: "noopener noreferrer" },
      words,
      h("span", { class: "button-away", "aria-hidden": "true" }, "↗"),
    );
  }
  const element = h(
    "button",
    { type: "button", class: kind, disabled: component.disabled, dataset: { customId: component.custom_id } },
    words,
  );
  element.addEventListener("click", () => use(element, component.custom_id, null));
  return element;
}

function select(component, options, use) {
  const box = new ListBox({
    label: component.placeholder || "Selection",
    placeholder: component.placeholder || "Make a selection",
    options,
    values: options.filter((option) => option.chosen).map((option) => option.value),
    min: component.min_values ?? 1,
    max: component.max_values ?? 1,
    disabled: component.disabled,
    onchange: (values) => use(box.button, component.custom_id, values),
  });
  box.button.dataset.customId = component.custom_id;
  return box.element;
}

function section(component, use) {
  return h(
    "div",
    { class: "section" },
    h(
      "div",
      { class: "section-words" },
      component.components.map((inner) => draw(inner, use)),
    ),
    h("div", { class: "section-side" }, draw(component.accessory, use)),
  );
}

function gallery(component) {
  const items = component.items.map((item) => shown(item, item.media, item.spoiler));
  return h("div", { class: `gallery ${items.length === 1 ? "single" : ""}` }, items);
}

function shown(component, media, spoiled, name = null, size = null) {
  const fromAddress = decodeURIComponent(media.url.split("?")[0].split("/").at(-1));
  return medium({ ...media, name: name || fromAddress, size, description: component.description }, Boolean(spoiled));
}

function separator(component) {
  return h("hr", {
    class: `separator ${component.divider === false ? "space" : ""} ${component.spacing === 2 ? "large" : ""}`,
  });
}

function container(component, use) {
  const inside = component.components.map((inner) => draw(inner, use));
  const element = h("div", { class: "container" }, component.spoiler ? spoiler(inside) : inside);
  if (component.accent_color !== null && component.accent_color !== undefined) {
    element.style.setProperty("border-left-color", `#${component.accent_color.toString(16).padStart(6, "0")}`);
  }
  return element;
}

async function press(message, element, customId, values, complain) {
  // Not `disabled`: a form that opens could not give the focus back.
  if (element.getAttribute("aria-busy") === "true") return;
  complain("");
  element.setAttribute("aria-busy", "true");
  try {
    const outcome = await useComponent(message, customId, values);
    if (unanswered(outcome)) complain("This interaction failed");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    complain(error.sentence);
  } finally {
    element.removeAttribute("aria-busy");
  }
}
