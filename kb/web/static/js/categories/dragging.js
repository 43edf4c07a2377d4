// Rows are dragged by their grip, within a list or to another.
// Reads: <ul data-sortable data-parent="id of the category above, empty at the top"> with <li data-id>.
import Sortable from "sortablejs";
import { onTree, send } from "./tree.js";

onTree((tree) => {
  for (const list of tree.querySelectorAll("[data-sortable]"))
    Sortable.create(list, {
      group: "categories",
      handle: "button.bench-grip",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      // Its own dragging, which looks and works the same with a mouse and a finger.
      forceFallback: true,
      fallbackOnBody: true,
      fallbackTolerance: 4,
      emptyInsertThreshold: 2,
      ghostClass: "bench-gap",
      fallbackClass: "bench-held",
      onStart: () => tree.classList.add("is-dragging"),
      onMove: ({ related }, { clientY }) => sideOf(related, clientY),
      onEnd: (event) => drop(tree, event),
    });
});

// Before the row over whose upper half it is held, after it over the lower; but what hangs below a row comes first there.
function sideOf(item, y) {
  if (!item.matches("li")) return true; // a list that is still empty
  const { top, height } = item.querySelector(".bench-row").getBoundingClientRect();
  if (y < top + height / 2) return -1;
  return item.querySelector("li") ? false : 1;
}

function drop(tree, { item, from, to, oldDraggableIndex, newDraggableIndex }) {
  tree.classList.remove("is-dragging");
  if (from === to && oldDraggableIndex === newDraggableIndex) return;
  send(`/categories/${item.dataset.id}/place`, { parent: to.dataset.parent, position: newDraggableIndex });
}
