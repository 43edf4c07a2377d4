// The tab's title while something goes on and when it is done, for somebody who looks at another tab meanwhile.
// Reads: data-live-title="title" on what is being prepared (site/live.js says how far it is); data-done-title="title" on a
// fragment that takes its place.
const usual = document.title;
let isDone = false;

export function show(title) {
  isDone = false;
  document.title = title;
}

// Stays until the tab is looked at.
export function done(title) {
  if (isLookedAt()) return back();
  isDone = true;
  document.title = title;
}

export function back() {
  isDone = false;
  document.title = usual;
}

// Nothing goes on any more; what is done and was not seen stays.
export function settle() {
  if (!isDone) back();
}

document.addEventListener("htmx:load", ({ detail }) => {
  const fragment = detail.elt.closest?.("[data-done-title]") ?? detail.elt.querySelector?.("[data-done-title]");
  if (fragment) done(fragment.dataset.doneTitle);
});
document.addEventListener("visibilitychange", seen);
addEventListener("focus", seen);

function seen() {
  if (isDone && isLookedAt()) back();
}

function isLookedAt() {
  return document.visibilityState === "visible" && document.hasFocus();
}
