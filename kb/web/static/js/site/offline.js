// Says calmly that the site can't be reached, while it can't, and for a moment that it is back.
// Reads: #offline (hidden) with data-gone and data-back, the two sentences, [data-offline-words] inside, which shows them,
// and data-ask, the address that answers while the site is there. Says on window: "site-back".
import { say } from "./announce.js";

const ASK_EVERY_MS = 5000;
const SHOW_BACK_MS = 4000;
const banner = document.getElementById("offline");
let asking;

window.addEventListener("offline", gone);
window.addEventListener("online", ask);
// What a part of the page asked for never arrived; an answer that refuses is an answer.
for (const event of ["htmx:sendError", "live:unreached"]) document.addEventListener(event, gone);
if (!navigator.onLine) gone();

function gone() {
  if (!banner.hidden && !banner.dataset.isBack) return;
  show(banner.dataset.gone, false);
  clearInterval(asking);
  asking = setInterval(ask, ASK_EVERY_MS);
}

// While the browser itself knows that there is no network, asking would only fill its console.
async function ask() {
  if (banner.hidden || !navigator.onLine || document.hidden) return;
  const answer = await fetch(banner.dataset.ask, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) back();
}

function back() {
  clearInterval(asking);
  show(banner.dataset.back, true);
  window.dispatchEvent(new Event("site-back"));
  setTimeout(() => {
    if (banner.dataset.isBack) banner.hidden = true;
  }, SHOW_BACK_MS);
}

function show(sentence, isBack) {
  if (isBack) banner.dataset.isBack = "true";
  else delete banner.dataset.isBack;
  banner.querySelector("[data-offline-words]").textContent = sentence;
  banner.hidden = false;
  say(sentence);
}
