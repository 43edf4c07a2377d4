// Tells the site which hit of a search is opened, and at which moment, so that it learns which words lead to help.
// Reads: [data-search="id of the search"] around links data-opens="id of the screencast" data-at="seconds".
import { csrfToken } from "../site/fragments.js";

for (const click of ["click", "auxclick"]) document.addEventListener(click, tell);

function tell({ target, button }) {
  const link = target.closest?.("[data-search] [data-opens]");
  if (!link || button > 1) return;
  const told = new FormData();
  told.set("csrf_token", csrfToken());
  told.set("search", link.closest("[data-search]").dataset.search);
  told.set("screencast", link.dataset.opens);
  if (link.dataset.at) told.set("at", link.dataset.at);
  // Outlives the page that it leaves.
  navigator.sendBeacon("/search/opened", told);
}
