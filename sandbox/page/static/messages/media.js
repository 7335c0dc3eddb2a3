import { h, icon } from "../basis/dom.js";
import { sizeInWords } from "../basis/files.js";
import { session } from "../world/session.js";

const LARGEST = { width: 480, height: 360 };
const SPOILER_FLAG = 1 << 3;
const VOICE_MESSAGE = 1 << 13;

/** Returns a message's files: pictures and clips in place, everything else to be kept. */
export function attachments(message) {
  const voice = Boolean(message.flags & VOICE_MESSAGE);
  return message.attachments.map((file) => {
    const spoiled = Boolean((file.flags || 0) & SPOILER_FLAG) || file.filename.startsWith("SPOILER_");
    return medium({ ...file, name: file.filename, voice }, spoiled);
  });
}

/**
 * Returns a picture, a clip, a recording or a file.
 *
 * @param {{url: string, name: string, content_type: string, width?: number, height?: number, size?: number,
 *   duration_secs?: number, description?: string, voice?: boolean}} file
 */
export function medium(file, spoiled = false) {
  const shown = inPlace(file);
  const holder = h("figure", { class: `medium ${spoiled ? "spoiled" : ""}` }, shown);
  if (spoiled) cover(holder);
  return holder;
}

function inPlace(file) {
  const family = (file.content_type || "").split("/")[0];
  const url = session.local(file.url);
  if (!session.isLocal(file.url)) return outside(file);
  if (family === "image") return picture(file, url);
  if (family === "video") return clip(file, url);
  if (family === "audio") return recording(file, url);
  return other(file, url);
}

function picture(file, url) {
  const image = h("img", {
    src: url,
    alt: file.description || file.name,
    loading: "lazy",
    width: file.width,
    height: file.height,
  });
  fit(image, file);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, image);
}

function clip(file, url) {
  const poster = `${url}${url.includes("?") ? (url.endsWith("&") ? "" : "&") : "?"}format=webp`;
  const video = h("video", {
    src: url,
    poster,
    preload: "none",
    playsinline: true,
    width: file.width,
    height: file.height,
    "aria-label": file.description || file.name,
  });
  fit(video, file);
  const length = file.duration_secs && h("span", { class: "clip-length", "aria-hidden": "true" }, clock(file.duration_secs));
  const play = h(
    "button",
    { type: "button", class: "play", "aria-label": `Play: ${file.description || file.name}` },
    h("span", { class: "play-sign" }, icon("play")),
    length,
  );
  play.addEventListener("click", () => {
    begin();
    video.focus();
    // What cannot be played says so by itself.
    video.play().catch(() => {});
  });
  video.addEventListener("play", begin);
  function begin() {
    // Until then the browser's controls would lie over the poster.
    video.controls = true;
    play.remove();
  }
  return h("div", { class: "clip" }, video, play);
}

function recording(file, url) {
  const label = file.voice ? "Voice message" : file.name;
  const seconds = file.duration_secs ? ` · ${clock(file.duration_secs)}` : "";
  const audio = h("audio", { src: url, controls: true, preload: "metadata", "aria-label": label });
  return h(
    "div",
    { class: `recording ${file.voice ? "voice" : ""}` },
    h("span", { class: "recording-name" }, icon(file.voice ? "microphone" : "file"), `${label}${seconds}`),
    audio,
  );
}

function other(file, url) {
  const size = file.size ? h("small", {}, sizeInWords(file.size)) : null;
  return h("a", { class: "file", href: url, download: file.name }, icon("file"), h("span", {}, file.name, size));
}

function outside(file) {
  // The page asks nobody outside for anything, so a picture from elsewhere is a link.
  return h(
    "a",
    { class: "file", href: file.url, target: "_blank", rel: "noopener noreferrer" },
    icon("file"),
    h("span", {}, file.name || file.url),
  );
}

/** Gives a medium its place before it is loaded, so that nothing moves when it is. */
function fit(element, { width, height }) {
  if (!width || !height) return;
  const scale = Math.min(1, LARGEST.width / width, LARGEST.height / height);
  element.style.setProperty("width", `${Math.round(width * scale)}px`);
  element.style.setProperty("aspect-ratio", `${width} / ${height}`);
}

function cover(holder) {
  const inner = holder.firstElementChild;
  inner.setAttribute("inert", "");
  const button = h("button", { type: "button", class: "spoiler-cover" }, "Spoiler");
  button.setAttribute("aria-label", "Spoiler, select to show");
  button.addEventListener("click", () => {
    inner.removeAttribute("inert");
    holder.classList.remove("spoiled");
    button.remove();
    (inner.matches("a") ? inner : inner.querySelector("button, a, audio"))?.focus();
  });
  holder.append(button);
}

function clock(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
