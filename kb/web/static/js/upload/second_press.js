// When a row leaves, the next one moves up under the pointer, and a second press in the same place, as of a double click, would
// meet its button. Such a press counts for nothing, until the pointer is elsewhere or a moment has passed.
// Reads: li.upload-row.
const MOMENT_MS = 1000;
const NEAR_PX = 16;

export function ignoreSecondPress(list) {
  let last; // the last press with a pointer that counted, and when its row left

  // Before anybody else hears of it.
  list.addEventListener("click", look, { capture: true });
  new MutationObserver(noteLeaving).observe(list, { childList: true, subtree: true });

  function look(event) {
    if (!event.detail) return; // by the keyboard
    if (isSecond(event)) {
      event.stopImmediatePropagation();
      event.preventDefault();
      return;
    }
    last = { row: event.target.closest(".upload-row"), x: event.clientX, y: event.clientY };
  }

  function isSecond({ clientX, clientY }) {
    if (!last?.leftAt || performance.now() - last.leftAt > MOMENT_MS) return false;
    return Math.hypot(clientX - last.x, clientY - last.y) < NEAR_PX;
  }

  function noteLeaving() {
    if (last?.row && !last.row.isConnected) last.leftAt ??= performance.now();
  }
}
