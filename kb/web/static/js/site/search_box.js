// "/" goes to the search box from anywhere but a field; Escape leaves it.
// Reads: data-search-box on the input.
document.addEventListener("keydown", (event) => {
  const box = document.querySelector("[data-search-box]");
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !isField(event.target)) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === "Escape" && event.target === box) box.blur();
});

function isField(element) {
  return element.isContentEditable || element.matches("input, textarea, select");
}
