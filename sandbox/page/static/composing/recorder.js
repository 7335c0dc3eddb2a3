import { fill, h, icon, iconButton } from "../basis/dom.js";
import { voiceMessage } from "../basis/api.js";

const NAME = "voice-message.ogg";

/** Turns a recording of any form into the file of a voice message. */
export async function asVoiceMessage(blob) {
  return new File([await voiceMessage(blob)], NAME, { type: "audio/ogg" });
}

/** Returns whether this browser can record at all; whether it may is asked when it begins. */
export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
}

/**
 * Records with the microphone, behind a bar that says so.
 *
 * @param {Element} bar where the bar is drawn
 * @returns {Promise<Blob|null>} null where the person threw it away
 * @throws {DOMException} the microphone is not there, or not allowed
 */
export async function record(bar) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  const pieces = [];
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  const began = performance.now();
  const length = h("span", { class: "record-length", role: "timer" }, "0:00");
  const timer = setInterval(() => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    length.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }, 250);
  const kept = await new Promise((resolve) => {
    recorder.addEventListener("stop", () => resolve(recorder.kept), { once: true });
    const end = (keep) => {
      recorder.kept = keep;
      recorder.stop();
    };
    const send = h("button", { type: "button", class: "button primary", on: { click: () => end(true) } }, "Send");
    fill(
      bar,
      h("span", { class: "recording-dot", "aria-hidden": "true" }),
      icon("microphone"),
      "Recording",
      length,
      iconButton("close", "Throw the recording away", () => end(false)),
      send,
    );
    bar.hidden = false;
    recorder.start();
    send.focus();
  });
  clearInterval(timer);
  bar.hidden = true;
  for (const track of stream.getTracks()) track.stop();
  return kept ? new Blob(pieces, { type: recorder.mimeType }) : null;
}
