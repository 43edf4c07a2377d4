// The transcript follows the recording, and each of its rows seeks. Scrolled by hand it stays where it is, until "Back to now".
// Reads: [data-cues] with links data-start-ms, data-end-ms; button [data-follow-again]. Hears on document: "cues-changed".
import { goTo, whenTimeMoves } from "./playing.js";

let list = null;
let rows = [];
let starts = [];
let current = null;
let follows = true;

whenTimeMoves((seconds) => {
  if (readList()) show(rowAt(seconds * 1000));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-follow-again]")) return followAgain();
  const row = event.target.closest("[data-cues] [data-start-ms]");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (!goTo(row.dataset.startMs / 1000)) return;
  event.preventDefault();
  history.replaceState(history.state, "", row.href);
  followAgain();
});

for (const name of ["wheel", "touchmove", "keydown"])
  document.addEventListener(
    name,
    (event) => {
      if (!event.target.closest?.("[data-cues]") || !isScroller()) return;
      if (name === "keydown" && !/^(Arrow|Page|Home|End)/.test(event.key)) return;
      follows = false;
      offerToFollow(true);
    },
    { passive: true },
  );

// Somebody corrects the words: rows come, go and get other times.
document.addEventListener("cues-changed", () => {
  list = null;
});

// The words may come later than the page, so the list is looked up anew when it was replaced.
function readList() {
  if (list?.isConnected) return true;
  list = document.querySelector("[data-cues]");
  rows = [...(list?.querySelectorAll("[data-start-ms]") ?? [])];
  starts = rows.map((row) => Number(row.dataset.startMs));
  current = list?.querySelector("[aria-current]") ?? null;
  return Boolean(list);
}

// The last row that has begun, or null before the first.
function rowAt(ms) {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= ms + 50) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1] ?? null;
}

function show(row) {
  if (row === current) return;
  current?.removeAttribute("aria-current");
  row?.setAttribute("aria-current", "true");
  current = row;
  if (follows) bringIntoSight();
}

function bringIntoSight() {
  // Not away from the row that somebody writes in.
  if (!current || !isScroller() || list.querySelector(".cue-open")) return;
  const top = current.closest("li").offsetTop - list.clientHeight / 3;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  list.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
}

// On a phone the words are a part of the page, and the page is not scrolled under anybody's thumb.
function isScroller() {
  return list && getComputedStyle(list).overflowY !== "visible" && list.scrollHeight > list.clientHeight;
}

function followAgain() {
  follows = true;
  offerToFollow(false);
  bringIntoSight();
}

function offerToFollow(wanted) {
  const button = document.querySelector("[data-follow-again]");
  if (button) button.hidden = !wanted || !current;
}
