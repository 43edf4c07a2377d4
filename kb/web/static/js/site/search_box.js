// "/" goes to the search box from anywhere but a field; Escape leaves it. The box has one line: a text of several, or one too long
// for an address, is searched for as soon as it is pasted. A picture that is pasted or dropped there is read by the site.
// Reads: data-search-box on the input, its form's address, which takes a text by POST as well, and data-reads-images, an address.
import { say } from "./announce.js";
import { csrfToken } from "./fragments.js";

// As it stands in an address: gunicorn and nginx take 8,000 of the whole line.
const LONGEST_ENCODED = 3000;
const READING = "Reading the picture…";
const box = document.querySelector("[data-search-box]");
const placeholder = box?.placeholder;

document.addEventListener("keydown", (event) => {
  if (!box || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "/" && !isField(event.target)) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === "Escape" && event.target === box) {
    // Else the browser would empty it.
    event.preventDefault();
    box.blur();
  }
});

document.addEventListener("paste", (event) => {
  if (!box || !(event.target === box || (isSearchPage() && !isField(event.target)))) return;
  const text = event.clipboardData.getData("text/plain");
  // Programs that copy a table put a picture of it beside its words.
  if (!text.trim()) return takeImage(event, event.clipboardData);
  if (!needsPost(text)) return;
  event.preventDefault();
  // By itself: what stands in the box is the search before.
  searchFor(text);
});

box?.form.addEventListener("submit", (event) => {
  if (!needsPost(box.value)) return;
  event.preventDefault();
  searchFor(box.value);
});

const room = box?.closest("label");
room?.addEventListener("dragover", (event) => {
  if (!box.dataset.readsImages || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  room.classList.add("is-dragged-over");
});
room?.addEventListener("dragleave", () => room.classList.remove("is-dragged-over"));
room?.addEventListener("drop", (event) => {
  room.classList.remove("is-dragged-over");
  takeImage(event, event.dataTransfer);
});

box?.addEventListener("input", () => box.setCustomValidity(""));

// The page comes back out of the browser's memory as it was left.
addEventListener("pageshow", () => {
  if (box?.placeholder === READING) box.placeholder = placeholder;
});

function isField(element) {
  return element.isContentEditable || element.matches?.("input, textarea, select");
}

function isSearchPage() {
  return location.pathname === new URL(box.form.action).pathname;
}

function needsPost(text) {
  return text.trim().includes("\n") || encodeURIComponent(text.toWellFormed()).length > LONGEST_ENCODED;
}

function searchFor(text) {
  box.value = text.replace(/\s+/g, " ");
  say("Searching");
  const form = postTo(box.form.action);
  form.append(field("textarea", "q", text));
  form.submit();
}

function takeImage(event, { files }) {
  if (!files.length || !box.dataset.readsImages) return;
  event.preventDefault();
  const images = [...files].filter(({ type }) => type.startsWith("image/"));
  if (!images.length) return complain("Only a picture can be read here. To add a recording, upload it.");
  const chosen = new DataTransfer();
  chosen.items.add(images[0]);
  const form = postTo(box.dataset.readsImages);
  form.enctype = "multipart/form-data";
  form.append(Object.assign(field("input", "image"), { type: "file", files: chosen.files }));
  Object.assign(box, { value: "", placeholder: READING });
  say(READING);
  form.submit();
}

function complain(sentence) {
  box.setCustomValidity(sentence);
  box.reportValidity();
}

function postTo(action) {
  const form = Object.assign(document.createElement("form"), { action, method: "post", hidden: true });
  form.append(field("input", "csrf_token", csrfToken()));
  document.body.append(form);
  return form;
}

function field(kind, name, value = "") {
  return Object.assign(document.createElement(kind), { name, value });
}
