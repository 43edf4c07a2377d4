// Empties the inbox by keyboard: Enter files the item that has the focus where its words suggest, ↓ and ↑ go from item to
// item, 1 to 3 take one of its buttons. What is filed shrinks to a line, and the focus goes on to the next item.
// Reads: [data-inbox], its <article>s, and in each the buttons named "category"; one that is suggested is btn-primary.
const list = document.querySelector("[data-inbox]");
const items = () => [...(list?.querySelectorAll("article") ?? [])];
const suggestions = (item) => [...(item?.querySelectorAll("button[name=category]") ?? [])];
const current = () => document.activeElement.closest?.("[data-inbox] article");

let place = 0;

focusAt(0);

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, textarea")) return;
  const item = current();
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.target.closest("select")) {
    event.preventDefault();
    focusAt(item ? items().indexOf(item) + (event.key === "ArrowDown" ? 1 : -1) : place);
  } else if (/^[1-9]$/.test(event.key)) {
    suggestions(item ?? items()[0])[Number(event.key) - 1]?.click();
  }
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const at = items().indexOf(detail.target);
  if (at >= 0) place = at;
});
document.addEventListener("htmx:afterSettle", ({ target }) => {
  // The item that was filed is gone from the list, so the next one has its place now.
  if (list?.contains(target) && !document.activeElement.closest?.("article")) focusAt(place);
});

function focusAt(wanted) {
  const all = items();
  if (!all.length) return;
  place = Math.max(0, Math.min(wanted, all.length - 1));
  // Where the words suggest nothing, Enter must not file it anywhere.
  const button = all[place].querySelector("button.btn-primary") ?? all[place].querySelector("select");
  button.focus();
  all[place].scrollIntoView({ block: "nearest" });
}
