import { h } from "./dom.js";
import { homeFor, place } from "./placing.js";

let open = null;

/**
 * Opens a menu.
 *
 * @param {{x: number, y: number}|Element} where a point, or the element it belongs to
 * @param {string} label
 * @param {Array<{label: string, run: function, kind?: string}|{group: string}|null>} items null draws a line
 */
export function openMenu(where, label, items) {
  closeMenu();
  const before = document.activeElement;
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, tabindex: "-1" });
  for (const item of items) menu.append(entry(item, before));
  homeFor(where instanceof Element ? where : document.body).append(menu);
  place(menu, where);
  menu.addEventListener("keydown", (event) => onKey(event, menu));
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  open = { menu, before };
  setTimeout(() => document.addEventListener("pointerdown", outside, true));
  document.addEventListener("keydown", escape, true);
  entries(menu)[0]?.focus();
}

/** Closes the open menu, if any, and gives the focus back. */
export function closeMenu({ restore = true } = {}) {
  if (open === null) return;
  const { menu, before } = open;
  open = null;
  document.removeEventListener("pointerdown", outside, true);
  document.removeEventListener("keydown", escape, true);
  menu.remove();
  if (restore && before?.isConnected) before.focus({ preventScroll: true });
}

function entry(item) {
  if (item === null) return h("div", { class: "menu-line", role: "separator" });
  if (item.group) return h("div", { class: "menu-group", role: "presentation" }, item.group);
  const run = () => {
    closeMenu();
    item.run();
  };
  return h(
    "button",
    { type: "button", class: `menu-item ${item.kind || ""}`, role: "menuitem", tabindex: "-1", on: { click: run } },
    item.label,
  );
}

function entries(menu) {
  return [...menu.querySelectorAll("[role=menuitem]")];
}

/** Escape closes a menu wherever the focus went: a finger that is lifted may take it away. */
function escape(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  closeMenu();
}

function outside(event) {
  if (open === null) return;
  if (!open.menu.contains(event.target)) closeMenu({ restore: false });
}

function onKey(event, menu) {
  const all = entries(menu);
  const at = all.indexOf(document.activeElement);
  const goTo = (index) => all[(index + all.length) % all.length]?.focus();
  if (event.key === "ArrowDown") goTo(at + 1);
  else if (event.key === "ArrowUp") goTo(at - 1);
  else if (event.key === "Home") goTo(0);
  else if (event.key === "End") goTo(all.length - 1);
  else if (event.key === "Tab") closeMenu();
  else if (event.key.length === 1 && /\S/.test(event.key)) {
    const wanted = event.key.toLowerCase();
    const after = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    after.find((one) => one.textContent.trim().toLowerCase().startsWith(wanted))?.focus();
  } else return;
  if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
  event.stopPropagation();
}
