// The words as everybody sees them, from the server, without a move of the recording; and forms in them that change them.
// Reads: #words, <form data-changes-words="sentence to say">.
import { say } from "../site/announce.js";

export async function showAnew(answer) {
  const fresh = answer ?? (await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null));
  if (!fresh?.ok) return;
  const page = new DOMParser().parseFromString(await fresh.text(), "text/html");
  const words = page.getElementById("words");
  if (!words) return;
  const place = document.querySelector("[data-cues]")?.scrollTop ?? 0;
  document.getElementById("words").replaceWith(words);
  document.querySelector("[data-cues]")?.scrollTo({ top: place, behavior: "instant" });
  document.dispatchEvent(new Event("cues-changed"));
}

export async function send(form) {
  const options = { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } };
  const answer = await fetch(form.action, options).catch(() => null);
  if (answer?.ok) {
    await showAnew(answer);
    return say(form.dataset.changesWords);
  }
  const refusal = await answer?.json().catch(() => null);
  const line = form.querySelector("[data-fault]");
  line.textContent = refusal?.detail ?? "The site can’t be reached at the moment. Try again.";
  say(line.textContent);
}
