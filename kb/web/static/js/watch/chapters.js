// The list of chapters follows the recording, and each of them seeks.
// Reads: [data-chapters] with links data-start-ms.
import { goTo, whenTimeMoves } from "./playing.js";

whenTimeMoves((seconds) => {
  const links = [...document.querySelectorAll("[data-chapters] [data-start-ms]")];
  const current = links.findLast((link) => Number(link.dataset.startMs) <= seconds * 1000 + 50);
  for (const link of links) {
    if (link !== current) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) link.setAttribute("aria-current", "true");
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-chapters] [data-start-ms]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (!goTo(link.dataset.startMs / 1000)) return;
  event.preventDefault();
  history.replaceState(history.state, "", link.href);
});
