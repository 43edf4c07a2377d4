// A button that prints the page.
// Reads: [data-print].
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-print]")) print();
});
