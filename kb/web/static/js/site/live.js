// Keeps what shows a screencast in work up to date: by the event stream while the tab is seen, else by asking now and then.
// Reads: data-live="id", data-live-stamp, data-live-from="address of the fragment" on what is being prepared; inside it
// data-live-bar, data-live-words, data-live-percent, data-live-left; data-live-title beside data-live.
// Says on document: "live:changed" with the item of /api/v1/progress; "live:unreached" when the site could not be asked.
import { loadInto } from "./fragments.js";
import { listen, stopListening } from "./live/source.js";
import * as title from "./title.js";

const ASK_MS = { down: 3_000, up: 30_000, hidden: 15_000 };
// After something has moved on: the places of those that wait behind it are others, too.
const SOON_MS = 3_000;
const SLOWER = 1.5;
const SLOWEST_MS = 60_000;
const heard = { up: () => turn(true), down: () => turn(false), progress: apply };
const fetching = new Map(); // address of a fragment → whether it has changed again since it was asked for
let isUp = false;
let isTitled = false;
let timer;
let dueAt = Infinity;
let wait_ms;
let lastTag;

document.addEventListener("htmx:load", look);
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", look);
addEventListener("pagehide", rest);

// Listens and asks as long as something on this page is being prepared.
function look() {
  retitle();
  if (!ids().length) return rest();
  if (document.hidden) hush();
  else listen(heard);
  askSoon(document.hidden ? usual() : SOON_MS);
}

function ids() {
  const found = [...document.querySelectorAll("[data-live]")].map((element) => element.dataset.live);
  return [...new Set(found)];
}

function rest() {
  stopAsking();
  hush();
}

function hush() {
  stopListening();
  isUp = false;
}

// What happened while nobody listened is asked for once.
function turn(up) {
  if (up === isUp) return;
  isUp = up;
  askAgain(up ? 0 : usual());
}

function usual() {
  if (document.hidden) return ASK_MS.hidden;
  return isUp ? ASK_MS.up : ASK_MS.down;
}

function askAgain(ms) {
  wait_ms = ms || usual();
  stopAsking();
  dueAt = performance.now() + ms;
  timer = setTimeout(ask, ms);
}

// Never later than it would be asked anyway: many fragments may come one after another.
function askSoon(ms) {
  if (performance.now() + ms < dueAt) askAgain(ms);
}

function stopAsking() {
  clearTimeout(timer);
  dueAt = Infinity;
}

async function ask() {
  dueAt = Infinity;
  const wanted = ids();
  const answer = await fetch(`/api/v1/progress?ids=${wanted}`).catch(() => null);
  if (!answer) document.dispatchEvent(new Event("live:unreached"));
  // Signed out: the page stays as it is.
  if (answer?.status === 401) return rest();
  const isNews = answer?.ok && answer.headers.get("ETag") !== lastTag;
  if (isNews) {
    lastTag = answer.headers.get("ETag");
    const { items } = await answer.json();
    forget(wanted.filter((id) => !items.some((item) => item.id === id)));
    for (const item of items) apply(item);
  }
  if (ids().length) askAgain(isNews ? usual() : Math.min(wait_ms * SLOWER, SLOWEST_MS));
  else rest();
}

// Deleted, or not for this person any more.
function forget(gone) {
  for (const id of gone)
    for (const element of document.querySelectorAll(`[data-live="${id}"]`)) delete element.dataset.live;
}

function apply(item) {
  for (const element of document.querySelectorAll(`[data-live="${item.id}"]`)) {
    show(element, item);
    if (item.stamp !== element.dataset.liveStamp) fetchAnew(element);
  }
  retitle();
  document.dispatchEvent(new CustomEvent("live:changed", { detail: item }));
}

function show(element, item) {
  write(element, "[data-live-words]", item.words);
  write(element, "[data-live-left]", item.left);
  // It has 100 once it is fetched anew, and says that it is ready.
  write(element, "[data-live-percent]", `${Math.min(99, Math.floor(item.progress * 100))} %`);
  for (const bar of element.querySelectorAll("[data-live-bar]")) bar.value = item.progress;
}

function write(root, selector, text) {
  for (const element of root.querySelectorAll(selector)) if (element.textContent !== text) element.textContent = text;
}

async function fetchAnew(element) {
  const { liveFrom: from } = element.dataset;
  if (fetching.has(from)) return fetching.set(from, true);
  fetching.set(from, false);
  await loadInto(element, from).catch(() => {});
  const again = fetching.get(from);
  fetching.delete(from);
  if (!again) return;
  lastTag = undefined;
  askAgain(0);
}

function retitle() {
  const element = document.querySelector("[data-live][data-live-title]");
  if (element) title.show(`${element.querySelector("[data-live-percent]").textContent} · ${element.dataset.liveTitle}`);
  else if (isTitled) title.settle();
  isTitled = Boolean(element);
}
