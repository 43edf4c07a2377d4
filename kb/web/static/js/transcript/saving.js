// Sends changes to the server by itself, a moment after the last one. What can't be sent is kept and sent later; the page
// asks before it is left with something unsent. Says "state" {text, isFault} and "conflict" {change, theirs}.
import { csrfToken } from "../site/fragments.js";

const WAIT_MS = 700;
const TRY_AGAIN_MS = 5000;
const SAVED = "Saved";
const UNSENT = "Not saved yet: the site can’t be reached. It is kept here and sent when that works again.";
const SIGNED_OUT = "Not saved yet: sign in again in another tab. What you wrote is kept here.";

export class Saving extends EventTarget {
  #queue = [];
  #sending = [];
  #timer;
  #sent = Promise.resolve();

  constructor(url, words) {
    super();
    this.url = url;
    this.words = words;
    for (const event of ["online", "site-back"]) addEventListener(event, this.#again);
    addEventListener("beforeunload", this.#ask);
  }

  add(changes) {
    this.#queue.push(...changes);
    this.#tell("Saving …");
    this.#later(WAIT_MS);
  }

  // Settles when there is nothing left that could be sent now.
  flush() {
    clearTimeout(this.#timer);
    this.#sent = this.#sent.then(() => this.#send());
    return this.#sent;
  }

  get unsent() {
    return [...this.#sending, ...this.#queue];
  }

  end() {
    clearTimeout(this.#timer);
    for (const event of ["online", "site-back"]) removeEventListener(event, this.#again);
    removeEventListener("beforeunload", this.#ask);
  }

  async #send() {
    if (!this.#queue.length) return;
    [this.#sending, this.#queue] = [this.#queue, []];
    const answer = await this.#patch({ version: this.words.version, changes: this.#sending.map(plain) });
    const body = await answer?.json().catch(() => null);
    if (answer?.ok && body) this.#saved(body);
    else if (answer?.status === 409 && body?.conflicts) this.#disagreed(body);
    else if (answer?.status === 401 || answer?.status === 400) this.#keep(SIGNED_OUT);
    else if (!answer || answer.status === 429 || answer.status >= 500) this.#keep(UNSENT);
    else await this.#refused(body);
  }

  #patch(body) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
    return fetch(this.url, { method: "PATCH", headers, body: JSON.stringify(body) }).catch(() => null);
  }

  #saved(body) {
    this.#sending = [];
    if (body.cues) this.words.reset(body, this.#queue);
    else this.words.version = body.version;
    if (this.#queue.length) this.#later(0);
    else this.#tell(SAVED);
  }

  // Of several changes those that nobody else touched are sent again; the others are for a person to decide.
  #disagreed({ conflicts, cues, version }) {
    const lost = new Map(conflicts.map(({ change, theirs }) => [this.#sending[change], theirs]));
    this.#queue = [...this.#sending.filter((change) => !lost.has(change)), ...this.#queue];
    this.#sending = [];
    this.words.reset({ cues, version }, this.#queue);
    for (const [change, theirs] of lost) this.#say("conflict", { change, theirs });
    if (this.#queue.length) this.#later(0);
    else this.#tell("Somebody else changed the same words: choose below.", true);
  }

  #keep(text) {
    this.#queue = [...this.#sending, ...this.#queue];
    this.#sending = [];
    this.#tell(text, true);
    this.#later(TRY_AGAIN_MS);
  }

  // By a fault in the change itself: it would fail again.
  async #refused(body) {
    this.#sending = [];
    const answer = await fetch(`${this.url}/cues`).catch(() => null);
    if (answer?.ok) this.words.reset(await answer.json(), this.#queue);
    this.#tell(body?.errors?.changes?.[0] ?? body?.detail ?? "That could not be saved.", true);
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), ms);
  }

  #tell(text, isFault = false) {
    this.#say("state", { text, isFault });
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #again = () => this.#queue.length && this.flush();

  #ask = (event) => {
    if (!this.unsent.length) return;
    this.flush();
    event.preventDefault();
  };
}

function plain({ before, after }) {
  const bare = ({ start, end, text }) => ({ start, end, text });
  return { before: before.map(bare), after: after.map(bare) };
}
