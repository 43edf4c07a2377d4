// Which word of a row a click meant.
import { placesOfWords } from "./changes.js";

// -> {from, to} of the word in the text of the row; of its first word where the click was beside all of them.
export function wordAt(element, { clientX, clientY }) {
  const places = placesOfWords(element.textContent);
  const offset = offsetIn(element, clientX, clientY);
  return places.find(({ from, to }) => offset >= from && offset <= to) ?? places[0] ?? { from: 0, to: 0 };
}

function offsetIn(element, x, y) {
  const found = document.caretPositionFromPoint?.(x, y);
  const range = found ? null : document.caretRangeFromPoint?.(x, y);
  const [node, offset] = found ? [found.offsetNode, found.offset] : [range?.startContainer, range?.startOffset];
  if (!node || !element.contains(node)) return 0;
  const before = new Range();
  before.setStart(element, 0);
  before.setEnd(node, offset);
  return before.toString().length;
}
