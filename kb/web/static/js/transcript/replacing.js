// Find and replace in this transcript: says how often and where before anything is replaced; one step to undo.
// Reads: <form data-replace> with inputs find, with, case, whole; [data-replace-count], <ol data-replace-preview>, a button.
import { clock } from "../site/clock.js";
import { clean, withText } from "./changes.js";

const MOST_SHOWN = 8;

export function offerReplacing(section, { words, steps, editor }) {
  const form = section.querySelector("[data-replace]");
  const button = form.querySelector("button");
  let changes = [];
  let count = 0;
  let done = "";

  form.addEventListener("input", () => {
    done = "";
    preview();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    preview();
    if (!changes.length) return;
    const replaced = `Replaced ${times(count)}.`;
    editor.close();
    steps.do(changes);
    done = replaced;
    preview();
  });
  words.addEventListener("replaced", () => form.hidden || preview());
  words.addEventListener("reset", () => form.hidden || preview());

  function preview() {
    const pattern = patternOf(form);
    changes = [];
    count = 0;
    for (const cue of pattern ? words.cues : []) {
      const found = cue.text.match(pattern);
      if (!found) continue;
      const text = clean(cue.text.replace(pattern, () => form.elements.with.value));
      if (!text || text === cue.text) continue;
      count += found.length;
      changes.push({ before: [cue], after: [withText(cue, text)] });
    }
    form.querySelector("[data-replace-count]").textContent = pattern ? (count ? `Found ${times(count)}.` : done || "Not found.") : "";
    form.querySelector("[data-replace-preview]").replaceChildren(...changes.slice(0, MOST_SHOWN).map((each) => row(each, pattern)));
    button.disabled = !changes.length;
    button.querySelector("span").textContent = changes.length ? `Replace ${times(count)}` : "Replace";
  }

  function row({ before: [cue] }, pattern) {
    const item = document.createElement("li");
    item.dir = "auto";
    let at = 0;
    for (const found of cue.text.matchAll(pattern)) {
      item.append(cue.text.slice(at, found.index), mark("del", found[0]), mark("ins", form.elements.with.value));
      at = found.index + found[0].length;
    }
    item.append(cue.text.slice(at));
    item.prepend(mark("span", clock(Math.floor(cue.start))), " ");
    return item;
  }
}

function patternOf(form) {
  const wanted = form.elements.find.value;
  if (!wanted.trim()) return null;
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // \b knows Latin letters only.
  const whole = form.elements.whole.checked ? [`(?<![\\p{L}\\p{N}_])`, `(?![\\p{L}\\p{N}_])`] : ["", ""];
  return new RegExp(whole.join(escaped), form.elements.case.checked ? "gu" : "giu");
}

function mark(name, text) {
  const element = document.createElement(name);
  element.className = { ins: "came", del: "went", span: "cue-time" }[name];
  element.textContent = text;
  return element;
}

function times(count) {
  return count === 1 ? "1 place" : `${count} places`;
}
