// One row of the transcript as a field: opened at a word, kept when it is left, or a moment after the last key.
// Reads: <template data-row-editor> with [data-row-field] and [data-row-time]. Says "opened", "closed" and "text" {at, text}.
import { clock } from "../site/clock.js";
import { clean, countDoubtful, isDoubtful, placesOfWords } from "./changes.js";

const KEEP_AFTER_MS = 900;

export class RowEditor extends EventTarget {
  field = null;
  item = null;
  #timer;

  constructor(words, rows, { keepsWhileTyping }) {
    super();
    this.words = words;
    this.rows = rows;
    this.keepsWhileTyping = keepsWhileTyping;
    this.template = document.querySelector("[data-row-editor]").content;
    words.addEventListener("replaced", () => this.#lookAgain());
    words.addEventListener("reset", () => this.#reopen());
  }

  get at() {
    return this.item ? this.rows.placeOf(this.item) : -1;
  }

  get cue() {
    return this.words.cues[this.at];
  }

  // from, to: what is selected of the text; a place alone puts the caret there.
  open(at, from = 0, to = from) {
    const item = this.rows.item(at);
    if (!item) return;
    if (item !== this.item) {
      this.close();
      this.#put(item, this.words.cues[at].text);
    }
    this.select(from, to);
    this.dispatchEvent(new CustomEvent("opened", { detail: { at } }));
  }

  select(from, to) {
    this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(from, to);
    this.item.scrollIntoView({ block: "nearest" });
  }

  keep() {
    clearTimeout(this.#timer);
    if (!this.item?.isConnected || !this.isTouched) return;
    this.dispatchEvent(new CustomEvent("text", { detail: { at: this.at, text: clean(this.field.value) } }));
  }

  close() {
    if (!this.item) return;
    this.keep();
    this.leave();
  }

  // Without keeping what stands in the field.
  leave() {
    clearTimeout(this.#timer);
    const { item } = this;
    this.item?.querySelector(".cue-open")?.remove();
    this.item?.querySelector(".cue")?.removeAttribute("hidden");
    this.item = this.field = null;
    if (item) this.dispatchEvent(new CustomEvent("closed", { detail: { item } }));
  }

  get isTouched() {
    return Boolean(this.field) && clean(this.field.value) !== this.cue?.text;
  }

  // The next word from the caret, or the one before it; in other rows too. -> whether there was one.
  goToWord(forwards, doubtfulOnly) {
    this.keep();
    const { selectionStart, selectionEnd } = this.field;
    const wanted = (cue) => placesOfWords(cue.text).filter((_, place) => !doubtfulOnly || isDoubtful(cue, place));
    const here = wanted(this.cue).filter(({ from }) => (forwards ? from >= selectionEnd : from < selectionStart));
    const step = forwards ? 1 : -1;
    for (let at = this.at, words = here; this.words.cues[at]; at += step, words = this.words.cues[at] && wanted(this.words.cues[at])) {
      const word = words.at(forwards ? 0 : -1);
      if (!word) continue;
      this.open(at, word.from, word.to);
      return true;
    }
    return false;
  }

  get doubtful() {
    return countDoubtful(this.words.cues);
  }

  #put(item, text, value = text) {
    const editor = this.template.firstElementChild.cloneNode(true);
    const cue = item.querySelector(".cue");
    this.item = item;
    this.field = editor.querySelector("[data-row-field]");
    this.field.value = value;
    const time = clock(Math.floor(cue.dataset.startMs / 1000));
    editor.querySelector("[data-row-time]").textContent = time;
    this.field.setAttribute("aria-label", `${this.field.getAttribute("aria-label")} ${time}`);
    this.field.addEventListener("input", () => this.#typed());
    cue.hidden = true;
    cue.after(editor);
  }

  #typed() {
    clearTimeout(this.#timer);
    // An emptied row is only deleted when it is left.
    if (this.keepsWhileTyping && this.field.value.trim()) this.#timer = setTimeout(() => this.keep(), KEEP_AFTER_MS);
  }

  // Undone, or replaced from elsewhere: the field follows what stands in the words, unless somebody types in it.
  #lookAgain() {
    if (!this.item) return;
    if (!this.item.isConnected) this.leave();
    else if (clean(this.field.value) !== this.cue.text) this.field.value = this.cue.text;
  }

  // All rows are new: go on in the one that begins where this one did, with what was typed in it.
  #reopen() {
    if (!this.item) return;
    const { value, selectionStart, selectionEnd } = this.field;
    const start = Number(this.item.querySelector(".cue").dataset.startMs) / 1000;
    this.leave();
    const at = this.words.cues.findIndex((cue) => cue.start === start);
    if (at < 0) return;
    this.#put(this.rows.item(at), this.words.cues[at].text, value);
    this.select(selectionStart, selectionEnd);
  }
}
