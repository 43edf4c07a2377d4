// Back leads to the same place in a list that was made longer by "Show more": the same pages are fetched again, then scrolled to.
// A browser that kept the page as it was (its back/forward cache) needs none of this.
// Reads: [data-more] (the link that asks for more). Writes: history.state.more = how often, history.state.top = scrolled how far.
const { more = 0, top = 0 } = history.state ?? {};

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isMore = "more" in detail.requestConfig.elt.dataset;
  if (isMore && detail.shouldSwap) keep({ more: (history.state?.more ?? 0) + 1 });
});
addEventListener("pagehide", () => history.state?.more && keep({ top: scrollY }));
if (more) addEventListener("load", goBack);

async function goBack() {
  keep({ more: 0 });
  for (let page = 0; page < more; page += 1) if (!(await askForMore())) break;
  scrollTo({ top, behavior: "instant" });
}

// Whether there was more to come.
function askForMore() {
  const link = document.querySelector("[data-more]");
  if (!link) return false;
  // It came here by Back: the keyboard stays where the browser put it.
  delete link.dataset.focusAfter;
  return new Promise((settled) => {
    link.addEventListener("htmx:sendError", () => settled(false), { once: true });
    link.addEventListener("htmx:responseError", () => settled(false), { once: true });
    document.addEventListener("htmx:afterSettle", function isIt({ detail }) {
      // Other parts of the page may come meanwhile.
      if (detail.requestConfig?.elt !== link) return;
      document.removeEventListener("htmx:afterSettle", isIt);
      settled(true);
    });
    link.click();
  });
}

function keep(state) {
  history.replaceState({ ...history.state, ...state }, "");
}
