// The form of chapters: rows are added at the moment that is shown, moved there, and removed. In the place of the list it is sent
// and comes back without leaving the page; the keyboard goes on where it was.
// Reads: form[data-chapters-form] with [data-chapter-rows], template[data-new-chapter], [data-add-chapter], [data-now]; in each row
// [data-chapter] [data-start], [data-title], [data-starts-here], [data-remove-chapter]; the section #chapters with its heading.
import { say } from "../site/announce.js";
import { clock } from "../site/clock.js";
import { whenTimeMoves } from "./playing.js";

let second = 0;

whenTimeMoves((seconds) => {
  second = Math.floor(seconds);
  showNow();
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-add-chapter], [data-starts-here], [data-remove-chapter]");
  if (!button) return;
  const row = button.closest("[data-chapter]");
  if ("addChapter" in button.dataset) add(button.closest("form"));
  else if ("startsHere" in button.dataset) moveHere(row);
  else remove(row);
});

// Refused: the form comes back with the reason. Else htmx would leave it as it is.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status !== 422 || !detail.requestConfig.elt.matches("[data-chapters-form]")) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "chapters" || !detail.requestConfig.elt.closest("#chapters")) return;
  showNow();
  document.querySelector("#chapters-title")?.focus({ preventScroll: true });
});

function showNow() {
  const now = document.querySelector("[data-chapters-form] [data-now]");
  if (now && now.textContent !== clock(second)) now.textContent = clock(second);
}

function add(form) {
  const row = form.querySelector("template[data-new-chapter]").content.firstElementChild.cloneNode(true);
  row.querySelector("[data-start]").value = form.querySelector("[data-now]") ? clock(second) : "";
  form.querySelector("[data-chapter-rows]").append(row);
  row.querySelector(form.querySelector("[data-now]") ? "[data-title]" : "[data-start]").focus();
}

function moveHere(row) {
  const start = row.querySelector("[data-start]");
  start.value = clock(second);
  start.dispatchEvent(new Event("change", { bubbles: true }));
  say(`Starts at ${start.value}`);
}

function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const title = row.querySelector("[data-title]").value;
  const form = row.closest("form");
  row.remove();
  say(`${title || "The chapter"} removed. It is gone once you save.`);
  (next?.querySelector("[data-title]") ?? form.querySelector("[data-add-chapter]")).focus();
}
