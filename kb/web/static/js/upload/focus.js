// A button that was pressed may be gone after that, and its row, too. The focus then goes to the button that took its place,
// else to the row, else to the row that moved up, so that a keyboard and a screen reader stay where they were.
// Reads: li.upload-row with tabindex -1; data-place: what stands in the place of each other.

export function keepFocus(list) {
  let pressed;

  // Before the button does what it does.
  list.addEventListener("click", note, { capture: true });
  new MutationObserver(move).observe(list, { childList: true, subtree: true, attributeFilter: ["style"] });

  function note({ target }) {
    const button = target.closest("button");
    const row = button?.closest(".upload-row");
    pressed = row && { button, row, at: rowsOf(list).indexOf(row) };
  }

  function move() {
    // A button that has just been hidden keeps the focus for another moment.
    if (!pressed || ![document.body, pressed.button].includes(document.activeElement)) return;
    if (pressed.button.checkVisibility()) return;
    const rows = rowsOf(list);
    const row = pressed.row.isConnected ? pressed.row : rows[Math.min(pressed.at, rows.length - 1)];
    const place = pressed.row.isConnected && pressed.button.dataset.place;
    const button = place && [...row.querySelectorAll(`[data-place="${place}"]`)].find((each) => each.checkVisibility());
    (button || row)?.focus({ preventScroll: true });
    pressed = undefined;
  }
}

function rowsOf(list) {
  return [...list.querySelectorAll(".upload-row")];
}
