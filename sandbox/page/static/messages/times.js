import { h } from "../basis/dom.js";
import { session } from "../world/session.js";

const FORMS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const DAY_MS = 86_400_000;

/** Returns a distance in time in a person's language: "in 40 seconds", "2 minutes ago". */
export function relative(seconds, locale) {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) || UNITS.at(-1);
  return words.format(Math.round(seconds / size), unit);
}

/** Returns an instant of a message's text, such as `<t:1700000000:R>`; relative ones run. */
export function stamp(seconds, style) {
  const at = new Date(seconds * 1000);
  const element = h("time", { class: "stamp", datetime: at.toISOString(), title: written(at, "F") });
  if (style === "R") {
    element.dataset.at = String(seconds);
    show(element);
  } else {
    element.textContent = written(at, style);
  }
  return element;
}

function written(at, style) {
  return new Intl.DateTimeFormat(session.locale, FORMS[style] || FORMS.f).format(at);
}

/** Returns when a message was sent, as short as its age allows. */
export function sentAt(iso) {
  const at = new Date(iso);
  const recent = session.now() - at.getTime() < DAY_MS;
  const words = new Intl.DateTimeFormat(session.locale, recent ? FORMS.t : FORMS.s).format(at);
  return h("time", { class: "sent", datetime: iso, title: written(at, "F") }, words);
}

function show(element) {
  const words = relative(Number(element.dataset.at) - session.now() / 1000, session.locale);
  // Written only where it differs, so that screen readers and selections are left alone.
  if (element.textContent !== words) element.textContent = words;
}

/** Lets every relative time of the page run. */
export function runTimes() {
  setInterval(() => document.querySelectorAll("time[data-at]").forEach(show), 1000);
}
