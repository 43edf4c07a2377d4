// "?" shows which keys there are, and takes them away again.
// Reads: #keys, a popover.
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  document.getElementById("keys")?.togglePopover();
});
