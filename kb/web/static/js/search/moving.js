// The keyboard in a list of hits: ↓ and ↑ go from moment to moment, → and ← from recording to recording, Enter plays (it is a
// link), Escape goes back to the search box, as ↑ does from the first one. With the focus nowhere ↓ and → begin at the first
// hit in sight. Fields, buttons and menus keep their keys, and so do readers of the screen, which take the arrows for themselves.
// Reads: [data-found] around the list, [data-stop] on each link that is stopped at, [data-search-box].
const list = () => document.querySelector("[data-found]");
const stops = () => [...(list()?.querySelectorAll("[data-stop]") ?? [])];
const KEYS = {
  ArrowDown: (at) => stops()[stops().indexOf(at) + 1],
  ArrowUp: (at) => stops()[stops().indexOf(at) - 1] ?? searchBox(),
  ArrowRight: (at) => ofHit(hits().indexOf(at.closest("article")) + 1),
  ArrowLeft: (at) => ofHit(hits().indexOf(at.closest("article")) - 1),
  Escape: searchBox,
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
  const to = event.target.matches("[data-stop]") ? KEYS[event.key]?.(event.target) : begin(event);
  if (!to) return;
  event.preventDefault();
  to.focus();
  to.scrollIntoView({ block: "nearest" });
});

function begin({ key, target }) {
  if (!["ArrowDown", "ArrowRight"].includes(key) || target !== document.body || document.querySelector(":popover-open")) return null;
  return stops().find((stop) => stop.getBoundingClientRect().top >= 0);
}

function hits() {
  return [...list().querySelectorAll("article")];
}

function ofHit(number) {
  return hits()[number]?.querySelector("[data-stop]");
}

function searchBox() {
  return document.querySelector("[data-search-box]");
}
