// "This solved it" means the second that is on the screen; each moment that did seeks; the keyboard stays where something was said.
// Reads: #helped with input[data-solve-at], [data-said] and links data-start-ms; details[data-unhelped].
import { goTo, whenTimeMoves } from "./playing.js";

whenTimeMoves((seconds) => {
  const at = document.querySelector("#helped [data-solve-at]");
  if (at) at.value = seconds.toFixed(1);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#helped [data-start-ms]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.button && goTo(link.dataset.startMs / 1000)) {
    event.preventDefault();
    history.replaceState(history.state, "", link.href);
  }
  const open = document.querySelector("[data-unhelped][open]");
  if (open && !open.contains(event.target)) open.open = false;
});

document.addEventListener("keydown", ({ key }) => {
  const open = document.querySelector("[data-unhelped][open]");
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// Refused: the form comes back with the reason. Else htmx would leave it as it is.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status !== 422 || detail.target.id !== "helped") return;
  detail.shouldSwap = true;
  detail.isError = false;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "helped" || detail.requestConfig.verb !== "post") return;
  const part = document.querySelector("#helped");
  const here = part.querySelector("[aria-invalid]") ?? part.querySelector("[data-said]") ?? part.querySelector("button");
  here?.focus({ preventScroll: true });
});
