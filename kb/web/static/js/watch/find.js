// Finds words in the transcript: other rows step back, the words are marked, Enter goes to the first one.
// Reads: <input data-find-in="selector of the list">, [data-find-count], [data-find-none]; marks by ::highlight(found).
document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-find-in]")) find(target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-find-in]")) return;
  event.preventDefault();
  document.querySelector(`${event.target.dataset.findIn} li:not([hidden]) a`)?.click();
});

function find(field) {
  const wanted = field.value.trim().toLowerCase();
  const ranges = [];
  let found = 0;
  for (const item of document.querySelectorAll(`${field.dataset.findIn} > li`)) {
    const matches = wanted ? rangesIn(item.querySelector(".cue-words"), wanted) : [];
    item.hidden = Boolean(wanted) && !matches.length;
    if (matches.length) found += 1;
    ranges.push(...matches);
  }
  if (globalThis.Highlight) CSS.highlights.set("found", new Highlight(...ranges));
  document.querySelector("[data-find-count]").textContent = wanted ? String(found) : "";
  document.querySelector("[data-find-none]").classList.toggle("hidden", !wanted || found > 0);
}

// A row's words may be cut into several text nodes by marks, so places in the whole text are mapped back to nodes.
function rangesIn(element, wanted) {
  const text = element.textContent.toLowerCase();
  const ranges = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const range = new Range();
    range.setStart(...placeIn(element, at, false));
    range.setEnd(...placeIn(element, at + wanted.length, true));
    ranges.push(range);
  }
  return ranges;
}

function placeIn(element, offset, atEnd) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let node = null;
  let left = offset;
  while (walker.nextNode()) {
    node = walker.currentNode;
    if (left < node.length || (atEnd && left === node.length)) return [node, left];
    left -= node.length;
  }
  return [node, node.length];
}
