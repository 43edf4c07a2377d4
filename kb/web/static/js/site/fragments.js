// htmx as this site uses it: every request carries the CSRF token; a fragment that is gone, or not for this person any more,
// stops asking.
// Reads: <meta name="csrf-token">, hx-trigger="every …".
import htmx from "htmx.org";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = csrfToken();
});

// Signed out in the meantime: the answer is the sign-in page, which must not land inside a card.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { responseURL } = detail.xhr;
  if (responseURL && new URL(responseURL).pathname !== new URL(detail.pathInfo.requestPath, location.href).pathname) {
    detail.shouldSwap = false;
    stopAsking(detail.requestConfig.elt);
  }
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if ([401, 403, 404, 410].includes(detail.xhr.status)) stopAsking(detail.requestConfig.elt);
});

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

export function loadInto(target, url) {
  // A source of its own: of several asked for at once by the same one, htmx would drop some.
  return htmx.ajax("GET", url, { source: target, target, swap: "outerHTML" });
}

// htmx ends a poll when its element leaves the page.
function stopAsking(element) {
  if (!element.getAttribute("hx-trigger")?.startsWith("every")) return;
  const still = element.cloneNode(true);
  still.removeAttribute("hx-get");
  still.removeAttribute("hx-trigger");
  element.replaceWith(still);
}
