// Suggested tags: the one that is pressed goes into the field for tags that it stands with, and leaves the row of suggestions.
// Reads: [data-suggested-tags] with buttons [data-take-tag="name"], inside the form or upload row (.upload-row) whose field is meant.
document.addEventListener("click", ({ target }) => {
  const chip = target.closest?.("[data-take-tag]");
  const field = chip?.closest("form, .upload-row")?.querySelector("[x-bind=field]");
  if (!field) return;
  field.dispatchEvent(new CustomEvent("take-tag", { detail: chip.dataset.takeTag }));
  const row = chip.parentElement;
  const next = chip.nextElementSibling;
  chip.remove();
  const left = row.querySelectorAll("[data-take-tag]");
  // The keyboard goes on with the next one, or in the field.
  (next ?? [...left].at(-1) ?? field.querySelector("[role=combobox]")).focus();
  if (!left.length) row.remove();
});
