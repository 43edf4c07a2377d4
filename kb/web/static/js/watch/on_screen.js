// The words on the screen: each of them seeks; after hiding one the keyboard goes on where it was, with the next one.
// Reads: [data-screen-lines] with links data-start-ms; #screen-text, which each change replaces.
import { goTo } from "./playing.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-screen-lines] [data-start-ms]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  if (!goTo(link.dataset.startMs / 1000)) return;
  event.preventDefault();
  history.replaceState(history.state, "", link.href);
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig.elt;
  if (detail.target.id !== "screen-text") return;
  // What needs a correction is said in the form.
  if (detail.xhr.status === 422) Object.assign(detail, { shouldSwap: true, isError: false });
  const list = document.querySelector("[data-screen-lines]");
  const place = [...(list?.children ?? [])].indexOf(form.closest("li"));
  const top = list?.scrollTop ?? 0;
  document.addEventListener("htmx:afterSettle", () => goOn(place, top), { once: true });
});

function goOn(place, top) {
  const list = document.querySelector("[data-screen-lines]");
  if (list) list.scrollTop = top;
  const fault = document.querySelector('#screen-text [aria-invalid="true"]');
  const here = list?.children[place]?.querySelector("button");
  (fault ?? here ?? list)?.focus({ preventScroll: true });
}
