// Counts what is chosen in a list, chooses all of it at once, and from one to another with the shift key.
// Reads: [data-choice] boxes, [data-chosen] for the words, [data-choose-all] with data-none for its words once all are chosen.
const words = document.querySelector("[data-chosen]");
const all = document.querySelector("[data-choose-all]");
const atFirst = words?.textContent;
const allWords = all?.textContent;
const boxes = () => [...document.querySelectorAll("[data-choice]:not(:disabled)")];

let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-choice]");
  if (!box) return;
  if (event.shiftKey && last) between(last, box).forEach((each) => (each.checked = box.checked));
  last = box;
  count();
});

all?.addEventListener("click", () => {
  const wanted = boxes().some((box) => !box.checked);
  for (const box of boxes()) box.checked = wanted;
  count();
});

// "Show more" brought some; and a page that is gone back to comes with its boxes as they were.
document.addEventListener("htmx:afterSettle", count);
window.addEventListener("pageshow", count);

function between(one, other) {
  const list = boxes();
  const [from, to] = [list.indexOf(one), list.indexOf(other)].sort((a, b) => a - b);
  return from < 0 ? [] : list.slice(from, to + 1);
}

function count() {
  const chosen = boxes().filter((box) => box.checked).length;
  words.textContent = chosen ? `${chosen} chosen` : atFirst;
  all.textContent = chosen && chosen === boxes().length ? all.dataset.none : allWords;
}
