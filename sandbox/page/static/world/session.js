import { Refused, personPath, request } from "../basis/api.js";

/** Compares two snowflakes, which are numbers too large for JavaScript's own. */
export function byId(one, other) {
  return one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);
}

const SYSTEM_MESSAGE = 18;

/**
 * Who looks at what, and everything that is seen there.
 *
 * Events: "person", "channels", "channel" (another place), "message" and "gone" (in this place), "arrived" (a new
 * message in this place), "bot", "commands", "typing", "interaction".
 */
class Session extends EventTarget {
  people = [];
  server = null;
  bot = null;
  person = null;
  channels = [];
  channel = null;
  messages = new Map();
  unread = new Map();
  seq = 0;
  #cdnOrigin = "";
  #clockAhead = 0;
  #commands = new Map();
  #gone = new Set();

  /** Looks around, and stands where the address says. */
  async begin(who, where) {
    this.#cdnOrigin = (await request("GET", "/api/page")).cdn_origin;
    await this.lookAround();
    await this.become(this.people.find((one) => one.username === who)?.username || "mira", where);
  }

  async lookAround() {
    const world = await request("GET", "/api/person/world");
    this.seq = this.seq || world.seq;
    this.people = world.people;
    this.server = world.servers[0];
    this.bot = world.bot;
    this.#clockAhead = world.now - Date.now();
    if (this.person) this.person = this.people.find((one) => one.id === this.person.id);
    this.#tell("bot");
  }

  /** The sandbox's instant, in milliseconds; an operator may have moved it. */
  now() {
    return Date.now() + this.#clockAhead;
  }

  get locale() {
    return this.person?.locale || "en-US";
  }

  user(id) {
    return id === this.bot.id ? this.bot : this.people.find((one) => one.id === id);
  }

  isModerator(person) {
    return this.server.roles.some((role) => role.name === "Moderators" && role.member_ids.includes(person.id));
  }

  channelById(id) {
    return this.channels.find((one) => one.id === id);
  }

  may(permission) {
    return this.channel?.permissions.includes(permission) ?? false;
  }

  /** Returns where a file is for this page: the local CDN's addresses are served from the page's own origin. */
  local(url) {
    return url?.startsWith(`${this.#cdnOrigin}/`) ? url.slice(this.#cdnOrigin.length) : url;
  }

  isLocal(url) {
    return Boolean(url) && this.local(url).startsWith("/");
  }

  async become(who, where = null) {
    this.person = this.people.find((one) => one.username === who);
    this.unread.clear();
    this.#gone.clear();
    this.#commands.clear();
    await this.lookAtChannels();
    this.#tell("person");
    // One's direct messages are another channel for everybody.
    const same = this.channel?.server_id === null ? "dm" : this.channel?.id;
    await this.enter(where || same || "clips");
  }

  async speak(locale) {
    await request("POST", personPath(this.person.username, "settings"), { locale });
    this.person.locale = locale;
    this.#tell("person");
    this.#tell("commands");
  }

  async lookAtChannels() {
    this.channels = await request("GET", personPath(this.person.username, "channels"));
    const still = this.channel && this.channelById(this.channel.id);
    if (still) this.channel = still;
    this.#tell("channels");
  }

  /** Goes to a channel by id or name; where it cannot be seen, to the first one. */
  async enter(wanted) {
    const own = this.channels.find((one) => one.server_id === null);
    const found =
      (wanted === "dm" && own) || this.channels.find((one) => [one.id, one.name].includes(wanted)) || this.channels[0];
    const person = this.person;
    const path = personPath(person.username, "channels", found.id, "messages");
    let seq;
    let messages;
    do {
      // What came in between was taken for another channel's, and would be missed.
      seq = this.seq;
      messages = await request("GET", path);
    } while (seq !== this.seq && person === this.person);
    if (person !== this.person) return;
    this.channel = found;
    this.messages = new Map(messages.map((message) => [message.id, message]));
    this.unread.delete(found.id);
    this.#tell("channel");
    this.#tell("channels");
  }

  /** Reads a message anew; one that is gone, or never was for this person, disappears. */
  async read(id, isNew) {
    const person = this.person;
    let message;
    try {
      message = await request("GET", personPath(person.username, "messages", id));
    } catch (error) {
      if (error instanceof Refused && error.status !== 0) this.forget(id);
      return;
    }
    if (person === this.person) this.keep(message, isNew);
  }

  /** Takes a message as it was read, unless a later look was faster. */
  keep(message, isNew = false) {
    const before = this.messages.get(message.id);
    if (this.#gone.has(message.id) || before?.sandbox.edits > message.sandbox.edits) return;
    if (message.channel_id !== this.channel?.id) {
      if (isNew && message.type !== SYSTEM_MESSAGE && message.author.id !== this.person.id) this.#countUnread(message);
      return;
    }
    this.messages.set(message.id, message);
    this.#tell("message", message);
    if (!before && isNew) this.#tell("arrived", message);
  }

  /** Takes a deleted message away for good, even if somebody is still reading it. */
  deleted(id) {
    this.#gone.add(id);
    this.forget(id);
  }

  forget(id) {
    if (this.messages.delete(id)) this.#tell("gone", id);
  }

  #countUnread(message) {
    const pings = this.unread.get(message.channel_id) || 0;
    const direct = this.channelById(message.channel_id)?.server_id === null;
    this.unread.set(message.channel_id, pings + (direct || message.sandbox.pinged.includes(this.person.id) ? 1 : 0));
    this.#tell("channels");
  }

  /** Returns the commands offered here, slash and message commands alike. */
  async commands() {
    const key = this.channel.id;
    if (!this.#commands.has(key)) {
      const asked = request("GET", personPath(this.person.username, "channels", key, "commands"));
      this.#commands.set(key, asked);
      asked.catch(() => this.#commands.delete(key));
    }
    return this.#commands.get(key);
  }

  forgetCommands() {
    this.#commands.clear();
    this.#tell("commands");
  }

  #tell(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  tell(name, detail = null) {
    this.#tell(name, detail);
  }

  on(name, listener) {
    this.addEventListener(name, (event) => listener(event.detail));
  }
}

export const session = new Session();
