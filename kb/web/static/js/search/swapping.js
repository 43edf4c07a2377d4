// After a filter or an order is chosen the hits have changed in place: says how many there are now. What was pressed may be gone
// with them; then the keyboard goes on at the heading.
// Reads: #found[data-found="12 screencasts"], #search-title.
import { say } from "../site/announce.js";

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "found") return;
  say(target.dataset.found);
  if (document.activeElement === document.body)
    document.getElementById("search-title").focus({ preventScroll: true });
});
