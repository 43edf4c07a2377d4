// Says to a screen reader what a swapped-in fragment is about, once, and keeps the tab's title up to date.
// Reads: data-announce="sentence", data-page-title="title of the tab" on a fragment or inside it; writes to #announcer.
const usualTitle = document.title;
const said = new Set();

document.addEventListener("htmx:load", ({ detail }) => {
  for (const element of withAttribute(detail.elt, "data-announce")) announce(element.dataset.announce);
  for (const element of withAttribute(detail.elt, "data-page-title")) retitle(element);
});

export function announce(sentence) {
  if (said.has(sentence)) return;
  said.add(sentence);
  say(sentence);
}

// As often as it happens.
export function say(sentence) {
  document.getElementById("announcer").textContent = sentence;
}

function retitle(element) {
  document.title = element.dataset.pageTitle;
  if (!element.hasAttribute("hx-get")) whenSeen(() => setTimeout(() => (document.title = usualTitle), 5000));
}

function whenSeen(act) {
  if (document.visibilityState === "visible") return act();
  document.addEventListener("visibilitychange", act, { once: true });
}

function withAttribute(root, name) {
  return [...(root.matches(`[${name}]`) ? [root] : []), ...root.querySelectorAll(`[${name}]`)];
}
