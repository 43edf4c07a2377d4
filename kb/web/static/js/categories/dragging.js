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
      swapThreshold: 0.6,
      emptyInsertThreshold: 10,
      ghostClass: "bench-gap",
      fallbackClass: "bench-held",
      onStart: () => tree.classList.add("is-dragging"),
      onEnd: (event) => drop(tree, event),
    });
});

function drop(tree, { item, from, to, oldDraggableIndex, newDraggableIndex }) {
  tree.classList.remove("is-dragging");
  if (from === to && oldDraggableIndex === newDraggableIndex) return;
  send(`/categories/${item.dataset.id}/place`, { parent: to.dataset.parent, position: newDraggableIndex });
}
