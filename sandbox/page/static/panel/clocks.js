/** Times that run: "12 s ago", "for 3 min"; the exact time is in the element's title. */
import { h } from "../basis/dom.js";
import { setAttribute, setText } from "./patch.js";

const EVERY_MS = 1000;
let ahead = 0;

/** The provider's clock can be moved forward; its times are counted from its own present. */
export function tellProvidersTime(now) {
  ahead = now - Date.now() / 1000;
}

/**
 * Returns a time that runs.
 *
 * @param {"ago"|"for"} manner
 * @param {boolean} atProvider whose clock it is by
 */
export function clock(manner, atProvider = false) {
  return h("time", { dataset: { manner, provider: atProvider ? "1" : "" } });
}

/** Sets what a clock counts from, in seconds since 1970. */
export function setClock(element, since) {
  const at = new Date(since * 1000);
  setAttribute(element, "datetime", at.toISOString());
  setAttribute(element, "title", at.toLocaleString());
  element.dataset.since = String(since);
  run(element);
}

/** Lets all clocks in an element run. */
export function runClocks(element) {
  const timer = setInterval(() => element.querySelectorAll("time[data-since]").forEach(run), EVERY_MS);
  return () => clearInterval(timer);
}

function run(element) {
  const now = Date.now() / 1000 + (element.dataset.provider ? ahead : 0);
  const passed = span(Math.max(0, now - Number(element.dataset.since)));
  setText(element, element.dataset.manner === "ago" ? `${passed} ago` : `for ${passed}`);
}

/** Returns a length of time in its largest units. */
export function span(seconds) {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Returns an instant as the time of day, to the second. */
export function timeOfDay(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(undefined, { hour12: false });
}
