// "Copy link at 1:24": the link to the second that is on the screen.
// Reads: <a data-copy-moment="address of the page" data-copied-text> with [data-copy-label], [data-moment-clock].
import { announce } from "../site/announce.js";
import { copyText, showCopied } from "../site/clipboard.js";
import { clock } from "../site/clock.js";
import { whenTimeMoves } from "./playing.js";

let second = 0;

whenTimeMoves((seconds) => {
  if (Math.floor(seconds) === second) return;
  second = Math.floor(seconds);
  const link = document.querySelector("[data-copy-moment]");
  link.href = address(link);
  const shown = link.querySelector("[data-moment-clock]");
  if (shown) shown.textContent = clock(second);
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-copy-moment]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await copyText(new URL(link.getAttribute("href"), location.href).href);
  showCopied(link.querySelector("[data-copy-label]"), link.dataset.copiedText);
  announce(link.dataset.copiedText);
});

function address(link) {
  return link.dataset.copyMoment + (second > 0 ? `?t=${second}` : "");
}
