/** What the local Discord, or a person's client in its place, did not let through. */
export class Refused extends Error {
  /**
   * @param {number} status 422 where a client would not have sent it, else Discord's status
   * @param {{error?: string, field?: string, code?: number, errors?: Object}} told
   */
  constructor(status, told) {
    super(told.error || `The request failed (${status}).`);
    this.status = status;
    this.field = told.field || "";
    this.code = told.code || 0;
    this.details = leaves(told.errors);
  }

  /** The whole of it, in sentences. */
  get sentence() {
    const first = this.message.charAt(0).toUpperCase() + this.message.slice(1);
    return [first.replace(/([^.!?…])$/, "$1."), ...this.details].join(" ");
  }
}

/** Returns the sentences in Discord's nested `errors`, each with the path of its field. */
function leaves(errors, path = []) {
  if (!errors || typeof errors !== "object") return [];
  if (Array.isArray(errors._errors)) return errors._errors.map((one) => `${path.join(".")}: ${one.message}`);
  return Object.entries(errors).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/**
 * Sends a request to this page's server and returns the answer's JSON.
 *
 * @throws {Refused} the answer is a refusal, or there is no server any more (status 0)
 */
export async function request(method, path, body = undefined, { signal } = {}) {
  const options = { method, signal };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const answer = await reach(path, options);
  const told = (answer.headers.get("Content-Type") || "").startsWith("application/json") ? await answer.json() : {};
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

/** Returns a recording as a voice message (OGG). */
export async function voiceMessage(blob) {
  const answer = await reach("/api/voice-message", { method: "POST", body: blob });
  if (!answer.ok) throw new Refused(answer.status, await answer.json());
  return answer.blob();
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, { error: "The sandbox cannot be reached. Is it still running?" });
  }
}

/** Returns a path below the person's API, with every part escaped. */
export function personPath(...parts) {
  return ["/api/person", ...parts.map((part) => encodeURIComponent(part))].join("/");
}
