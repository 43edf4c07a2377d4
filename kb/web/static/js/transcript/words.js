// The words that are being corrected, as they stand in this page. Says "replaced" {at, count, after} for a change of some
// cues and "reset" when all of them may be others.
import { isSame } from "./changes.js";

export class Words extends EventTarget {
  constructor({ cues, version }) {
    super();
    this.cues = cues.map(withNamedWords);
    this.version = version;
  }

  // Whether what the change was made to is there.
  apply({ before, after }) {
    const at = before.length ? this.find(before) : this.placeFor(after[0].start);
    if (at < 0) return false;
    this.cues.splice(at, before.length, ...after);
    this.#say("replaced", { at, count: before.length, after });
    return true;
  }

  // Begin again from what the server has, with what it does not know yet on top.
  reset({ cues, version }, unsaved) {
    this.cues = cues.map(withNamedWords);
    this.version = version;
    for (const { before, after } of unsaved) {
      const at = before.length ? this.find(before) : this.placeFor(after[0].start);
      if (at >= 0) this.cues.splice(at, before.length, ...after);
    }
    this.#say("reset");
  }

  find(cues) {
    const isAt = (at) => cues.every((cue, next) => this.cues[at + next] && isSame(cue, this.cues[at + next]));
    return this.cues.findIndex((_, at) => isAt(at));
  }

  placeFor(start) {
    const at = this.cues.findIndex((cue) => cue.start > start);
    return at < 0 ? this.cues.length : at;
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function withNamedWords(cue) {
  return { ...cue, words: cue.words?.map(([start, confidence]) => ({ start, confidence })) ?? null };
}
