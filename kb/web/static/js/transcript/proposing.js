// For who may not change the words: what they write in a row is sent to its author as a proposal.
// Says "state" {text, isFault}. Stands in for both steps and saving.
import { csrfToken } from "../site/fragments.js";

export class Proposing extends EventTarget {
  unsent = [];
  #sent = Promise.resolve();

  constructor(url, words) {
    super();
    this.url = `${url}/proposals`;
    this.words = words;
    addEventListener("beforeunload", this.#ask);
  }

  do(changes) {
    this.unsent.push(...changes.filter(({ after }) => after.length === 1));
    this.#tell("Sending …");
    this.flush();
  }

  flush() {
    this.#sent = this.#sent.then(() => this.#send());
    return this.#sent;
  }

  end() {
    removeEventListener("beforeunload", this.#ask);
  }

  async #send() {
    while (this.unsent.length) {
      const [{ before, after }] = this.unsent;
      const { start, end, text } = before[0];
      const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
      const body = JSON.stringify({ cue: { start, end, text }, text: after[0].text });
      const answer = await fetch(this.url, { method: "POST", headers, body }).catch(() => null);
      if (!answer || answer.status >= 500)
        return this.#tell("Not sent yet: the site can’t be reached. It is kept here; go on, or try “Done” again.", true);
      this.unsent.shift();
      const refusal = answer.ok ? null : await answer.json().catch(() => ({}));
      this.#tell(answer.ok ? "Proposed. Its author sees it beside the words." : (refusal.detail ?? "Not taken."), !answer.ok);
    }
  }

  #tell(text, isFault = false) {
    this.dispatchEvent(new CustomEvent("state", { detail: { text, isFault } }));
  }

  #ask = (event) => {
    if (this.unsent.length) event.preventDefault();
  };
}
