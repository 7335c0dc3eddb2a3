const CHUNK = 0x8000;

/** Returns a file as the person's API takes it: its name and its bytes in base64. */
export async function encoded(file, description = null) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return { filename: file.name, data: btoa(binary), content_type: file.type || null, description };
}

/** Returns a size in words. */
export function sizeInWords(bytes) {
  const units = ["bytes", "KB", "MB", "GB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(size < 10 ? 2 : 1)} ${units[unit]}`;
}

const GROUPS = {
  image: [".png", ".gif", ".jpg", ".jpeg", ".jfif", ".webp", ".avif"],
  video: [".mp4", ".mov", ".qt", ".webm"],
  audio: [".mp3", ".m4a", ".wav", ".ogg", ".opus", ".flac"],
};

/** Returns the `accept` of a file input for Discord's file types: group names and extensions. */
export function acceptFor(fileTypes) {
  if (!fileTypes || fileTypes.length === 0) return null;
  return fileTypes.flatMap((entry) => GROUPS[entry] || [entry]).join(",");
}

/** Returns why a file cannot be sent, or "" where it can; the server checks the rest. */
export function fileComplaint(file, limit) {
  if (limit && file.size > limit) return `${file.name} is larger than ${sizeInWords(limit)}, the limit here.`;
  return "";
}

/** Asks for files; resolves with what was picked, or with none. */
export function pickFiles({ accept = null, multiple = false } = {}) {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = multiple;
    input.hidden = true;
    if (accept) input.accept = accept;
    const done = () => {
      input.remove();
      resolve([...input.files]);
    };
    input.addEventListener("change", done, { once: true });
    input.addEventListener("cancel", done, { once: true });
    // In the document, so that tests and assistive tools find it.
    document.body.append(input);
    input.click();
  });
}
