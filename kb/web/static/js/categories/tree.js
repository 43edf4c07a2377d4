// The tree is swapped as a whole after each change: says what happened, and puts the keyboard back where it was.
// Reads: #category-tree data-said="sentence" data-fault; rows <li id="category-…">.
import htmx from "htmx.org";
import { say } from "../site/announce.js";

const ID = "category-tree";
const loaded = [];
let held = null; // {row: id of the row, selector: what in it has the keyboard}

export function onTree(act) {
  loaded.push(act);
  const tree = document.getElementById(ID);
  if (tree) act(tree);
}

// After the next swap the keyboard goes to what the selector finds in this row.
export function hold(row, selector) {
  held = { row: row.id, selector };
}

export function send(url, values) {
  return htmx.ajax("POST", url, { target: `#${ID}`, swap: "outerHTML", values });
}

// A refusal comes with the tree as it is, and the reason; anything else (signed out, gone) is for a page of its own.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== ID || detail.xhr.status < 400) return;
  if (detail.xhr.responseText.includes(`id="${ID}"`)) Object.assign(detail, { shouldSwap: true, isError: false });
  else location.reload();
});

document.addEventListener("htmx:sendError", ({ detail }) => {
  if (detail.target.id === ID) window.alert("The change did not reach the site. Check the network, then try again.");
});

document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt.id !== ID) return;
  if (detail.elt.dataset.said) say(detail.elt.dataset.said);
  for (const act of loaded) act(detail.elt);
  if (held) document.getElementById(held.row)?.querySelector(held.selector)?.focus();
  held = null;
});

document.addEventListener("submit", ({ target }) => {
  if (target.dataset.step) hold(target.closest("li"), document.activeElement.matches(".bench-grip") ? ".bench-grip" : "summary");
});
