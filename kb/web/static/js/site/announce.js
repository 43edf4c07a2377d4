// Says to a screen reader what a swapped-in fragment is about, once.
// Reads: data-announce="sentence" on a fragment or inside it; writes to #announcer.
const said = new Set();

document.addEventListener("htmx:load", ({ detail }) => {
  for (const element of withAttribute(detail.elt, "data-announce")) announce(element.dataset.announce);
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

function withAttribute(root, name) {
  return [...(root.matches(`[${name}]`) ? [root] : []), ...root.querySelectorAll(`[${name}]`)];
}
