// What was done, to be undone and done again, also after it was saved: undoing is one more change. One step may change
// many cues at once.
import { inverse } from "./changes.js";

export class Steps extends EventTarget {
  #done = [];
  #undone = [];

  constructor(words, saving) {
    super();
    this.words = words;
    this.saving = saving;
  }

  do(changes) {
    if (!this.#apply(changes)) return;
    this.#done.push(changes);
    this.#undone = [];
    this.#say();
  }

  // -> where the words changed, in the list; -1 if there was nothing to undo or it is not there any more.
  undo() {
    return this.#move(this.#done, this.#undone, (changes) => changes.map(inverse).reverse());
  }

  redo() {
    return this.#move(this.#undone, this.#done, (changes) => changes);
  }

  get canUndo() {
    return this.#done.length > 0;
  }

  get canRedo() {
    return this.#undone.length > 0;
  }

  #move(from, to, turned) {
    const changes = from.pop();
    if (!changes) return -1;
    const todo = turned(changes);
    if (this.#apply(todo)) to.push(changes);
    this.#say();
    const [{ before, after }] = todo;
    const at = after.length ? this.words.find(after.slice(0, 1)) : this.words.placeFor(before[0].start);
    return Math.min(at, this.words.cues.length - 1);
  }

  #apply(changes) {
    const applied = changes.filter((change) => this.words.apply(change));
    this.saving.add(applied);
    return applied.length > 0;
  }

  #say() {
    this.dispatchEvent(new Event("moved"));
  }
}
