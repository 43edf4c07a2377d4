// The pencil (or F2 in the row) turns a name into a field; Escape leaves it as it was.
// Reads: [data-rename], .bench-name, form.bench-rename with [data-cancel].
import { hold, onTree } from "./tree.js";

let refused = null; // what was typed into the row whose name was not taken

document.addEventListener("click", (event) => {
  const pencil = event.target.closest("[data-rename]");
  if (pencil && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    open(pencil.closest("li"));
  }
  if (event.target.closest("[data-cancel]")) close(event.target.closest("li"));
});

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.(".bench-row");
  if (event.key === "F2" && row?.querySelector(".bench-rename")) open(row.parentElement);
  if (event.key === "Escape" && event.target.closest?.(".bench-rename")) close(row.parentElement);
});

document.addEventListener("submit", ({ target }) => {
  if (!target.matches(".bench-rename")) return;
  const row = target.closest("li");
  refused = { row: row.id, typed: target.elements.name.value };
  hold(row, "[data-rename]");
});

onTree((tree) => {
  if (refused && "fault" in tree.dataset) open(document.getElementById(refused.row), refused.typed);
  refused = null;
});

function open(row, typed) {
  const form = row?.querySelector(".bench-rename");
  if (!form) return;
  show(row, true);
  const field = form.elements.name;
  if (typed !== undefined) field.value = typed;
  hold(row, ".bench-rename input");
  field.focus();
  field.select();
}

function close(row) {
  row.querySelector(".bench-rename").reset();
  show(row, false);
  row.querySelector("[data-rename]").focus();
}

function show(row, isRenamed) {
  row.querySelector(".bench-rename").hidden = !isRenamed;
  row.querySelector(".bench-name").hidden = isRenamed;
}
