// "Correct the words": the editor is fetched when somebody wants it. Without scripts the link leads to a form.
// Reads: <a data-correct> in #words, <form data-changes-words>. Key: E.
document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-correct]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { begin } = await import("./correcting.js");
  begin();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "e" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const link = document.querySelector("#words:not([data-is-correcting]) [data-correct]");
  if (!link) return;
  event.preventDefault();
  link.click();
});

document.addEventListener("submit", async (event) => {
  if (!("changesWords" in event.target.dataset)) return;
  event.preventDefault();
  const [{ settle, begin }, { send }] = await Promise.all([import("./correcting.js"), import("./show_anew.js")]);
  const was = await settle();
  if (was === "unsaved") return;
  await send(event.target);
  if (was === "ended") begin();
});

// Words that come later than the page must not take the place of those that somebody is correcting.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.matches?.("#words[data-is-correcting]")) detail.shouldSwap = false;
});
