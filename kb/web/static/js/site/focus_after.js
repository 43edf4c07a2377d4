// "Show more" is replaced by what it brought: the keyboard goes on with the first new thing.
// Reads: data-focus-after="next" on the element that asks.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.elt.dataset.focusAfter !== "next") return;
  const list = detail.target.parentElement;
  const before = list.children.length - 1;
  document.addEventListener(
    "htmx:afterSettle",
    () => list.children[before]?.querySelector("a:not([tabindex='-1'])")?.focus({ preventScroll: true }),
    {
      once: true,
    },
  );
});
