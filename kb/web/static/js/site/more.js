// Closes an open <details class="more"> on Escape or a click elsewhere.
document.addEventListener("click", ({ target }) => closeAll((menu) => !menu.contains(target)));
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") closeAll(() => true);
});

function closeAll(wanted) {
  for (const menu of document.querySelectorAll("details.more[open]")) {
    if (!wanted(menu)) continue;
    const hadFocus = menu.contains(document.activeElement);
    menu.open = false;
    if (hadFocus) menu.querySelector("summary").focus();
  }
}
