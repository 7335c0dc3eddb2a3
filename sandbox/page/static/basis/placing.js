const EDGE = 8;

/** Returns where something that floats for an element belongs: in an open dialog, or it would lie under it. */
export function homeFor(element) {
  return element.closest("dialog") || document.querySelector("main");
}

/**
 * Puts a floating element at a point or beside another element, where it is wholly on the screen.
 *
 * Positions are set on the element's style object, which a content security policy lets scripts do.
 */
export function place(floating, where, { above = false, width = false } = {}) {
  // First out of the page's flow, or its own room would have moved what it is placed beside.
  floating.style.setProperty("position", "fixed");
  const anchor = where instanceof Element ? where.getBoundingClientRect() : new DOMRect(where.x, where.y, 0, 0);
  if (width) floating.style.setProperty("min-width", `${anchor.width}px`);
  const own = floating.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(anchor.left, innerWidth - own.width - EDGE));
  const fitsBelow = anchor.bottom + own.height + EDGE <= innerHeight;
  const up = (above && anchor.top - own.height >= EDGE) || !fitsBelow;
  const top = up ? Math.max(EDGE, anchor.top - own.height - 4) : anchor.bottom + 4;
  floating.style.setProperty("left", `${left}px`);
  floating.style.setProperty("top", `${top}px`);
}
