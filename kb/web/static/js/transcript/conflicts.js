// Somebody else changed the same row: both texts stand there, and a person decides.
// Reads: <template data-conflict> with [data-theirs], [data-mine], buttons data-take="mine|theirs".
import { say } from "../site/announce.js";

export function showConflicts({ words, rows, saving, steps }) {
  const template = document.querySelector("[data-conflict]").content;

  saving.addEventListener("conflict", ({ detail: { change, theirs } }) => {
    const panel = template.firstElementChild.cloneNode(true);
    panel.querySelector("[data-theirs]").textContent = textOf(theirs) || "(deleted)";
    panel.querySelector("[data-mine]").textContent = textOf(change.after) || "(deleted)";
    panel.addEventListener("click", ({ target }) => {
      const taken = target.closest("[data-take]")?.dataset.take;
      if (!taken) return;
      panel.remove();
      if (taken === "mine") steps.do([{ before: theirs.map(known), after: change.after }]);
    });
    const at = Math.min(words.placeFor((change.before[0] ?? change.after[0]).start - 0.001), words.cues.length - 1);
    rows.item(at).append(panel);
    panel.scrollIntoView({ block: "nearest" });
    say("Somebody else changed the same words. Choose which to take.");
  });

  // With the times of its words, as it stands among the others.
  function known(cue) {
    return words.cues[words.find([cue])] ?? cue;
  }
}

function textOf(cues) {
  return cues.map(({ text }) => text).join(" / ");
}
