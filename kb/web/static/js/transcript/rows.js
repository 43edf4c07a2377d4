// The list of the transcript kept in step with the words that are being corrected; only rows that change are touched.
// Reads: <ol data-cues> of <li><a class="cue"><span class="cue-time"><span class="cue-words">, <template data-cue-row>.
// Says on document: "cues-changed".
import { clock } from "../site/clock.js";
import { isDoubtful } from "./changes.js";

export class Rows {
  constructor(list, words) {
    this.list = list;
    this.words = words;
    this.row = document.querySelector("[data-cue-row]").content.firstElementChild;
    words.addEventListener("replaced", ({ detail }) => this.#replace(detail));
    words.addEventListener("reset", () => this.show());
  }

  // All anew, where what the server sent with the page is not what there is now.
  show() {
    this.list.replaceChildren(...this.words.cues.map((cue) => this.#made(cue)));
    this.#changed();
  }

  isShown() {
    const rows = this.list.querySelectorAll(".cue-words");
    return rows.length === this.words.cues.length && this.words.cues.every(({ text }, at) => rows[at].textContent === text);
  }

  item(at) {
    return this.list.children[at];
  }

  placeOf(item) {
    return [...this.list.children].indexOf(item);
  }

  #replace({ at, count, after }) {
    // The same row with other words or times: what else hangs in it stays.
    if (count === 1 && after.length === 1) this.#fill(this.item(at), after[0]);
    else {
      const gone = [...this.list.children].slice(at, at + count);
      const next = this.item(at + count) ?? null;
      for (const item of gone) item.remove();
      for (const cue of after) this.list.insertBefore(this.#made(cue), next);
    }
    this.#changed();
  }

  #made(cue) {
    const item = this.row.cloneNode(true);
    this.#fill(item, cue);
    return item;
  }

  #fill(item, cue) {
    const link = item.querySelector(".cue");
    link.href = `?t=${cue.start}`;
    link.dataset.startMs = Math.round(cue.start * 1000);
    link.dataset.endMs = Math.round(cue.end * 1000);
    for (const time of item.querySelectorAll(".cue-time")) time.textContent = clock(Math.floor(cue.start));
    link.querySelector(".cue-words").replaceChildren(...marked(cue));
  }

  #changed() {
    document.dispatchEvent(new Event("cues-changed"));
  }
}

// The text, with the words that speech recognition was not sure of in a <span>.
function marked(cue) {
  let place = -1;
  return cue.text.split(/(\s+)/).map((part) => {
    if (!part || /^\s+$/.test(part)) return part;
    place += 1;
    if (!isDoubtful(cue, place)) return part;
    const span = document.createElement("span");
    span.className = "doubtful";
    span.textContent = part;
    return span;
  });
}
