// The buttons above the words and in the open row.
// Reads: buttons data-tool="undo|redo|along|doubtful|replace|times|keys|done" (the middle ones aria-pressed or
// aria-expanded), panels data-panel, buttons data-deed, <form data-times> with seconds.
import { say } from "../site/announce.js";
import { inMs, withTimes } from "./changes.js";

const ALONG = "showhow-plays-along";

export function offerTools({ section, tools, words, steps, editor }, deeds, { goBack, end }) {
  const choices = { doubtful: editor.doubtful > 0, playsAlong: localStorage.getItem(ALONG) === "yes" };
  const button = (name) => tools.querySelector(`[data-tool="${name}"]`);
  const acts = {
    undo: () => goBack(false),
    redo: () => goBack(true),
    along() {
      choices.playsAlong = !choices.playsAlong;
      localStorage.setItem(ALONG, choices.playsAlong ? "yes" : "no");
      press("along", choices.playsAlong);
    },
    doubtful() {
      choices.doubtful = !choices.doubtful;
      press("doubtful", choices.doubtful);
    },
    replace: () => unfold("replace"),
    times: () => unfold("times"),
    keys: () => unfold("keys"),
    done: end,
  };

  section.addEventListener("click", clicked);
  section.addEventListener("mousedown", keepCaret);
  document.addEventListener("keydown", pressed);
  tools.querySelector("[data-times]")?.addEventListener("submit", moveAll);
  steps.addEventListener("moved", showSteps);
  for (const event of ["replaced", "reset"]) words.addEventListener(event, showDoubtful);
  press("along", choices.playsAlong);
  press("doubtful", choices.doubtful);
  showSteps();
  showDoubtful();
  return { choices, forget };

  function clicked({ target }) {
    const pushed = target.closest("button[data-tool], button[data-deed]");
    if (!pushed) return;
    if (pushed.dataset.tool) acts[pushed.dataset.tool]();
    else deeds[pushed.dataset.deed]();
  }

  // A button in the row must not take the caret out of its field.
  function keepCaret(event) {
    if (event.target.closest("button[data-deed]")) event.preventDefault();
  }

  // Outside of a field Ctrl+Z is of no use to the browser.
  function pressed(event) {
    if (!(event.ctrlKey || event.metaKey) || !/^[zy]$/i.test(event.key) || event.target.closest("input, textarea")) return;
    event.preventDefault();
    goBack(event.shiftKey || /y/i.test(event.key));
  }

  function moveAll(event) {
    event.preventDefault();
    const by = inMs(Number(event.target.elements.seconds.value));
    if (!by) return;
    if (words.cues[0].start + by < 0) return say("The first words would begin before the recording does.");
    editor.close();
    const before = [...words.cues];
    steps.do([{ before, after: before.map((cue) => withTimes(cue, cue.start + by, cue.end + by)) }]);
    say(`All lines moved by ${by} seconds.`);
  }

  function press(name, isOn) {
    button(name)?.setAttribute("aria-pressed", isOn);
  }

  function unfold(name) {
    for (const panel of tools.querySelectorAll("[data-panel]")) {
      const isIt = panel.dataset.panel === name;
      panel.hidden = !isIt || !panel.hidden;
      button(panel.dataset.panel).setAttribute("aria-expanded", !panel.hidden);
      if (!panel.hidden) panel.querySelector("input")?.focus();
    }
  }

  function showSteps() {
    if (!button("undo")) return;
    button("undo").disabled = !steps.canUndo;
    button("redo").disabled = !steps.canRedo;
  }

  function showDoubtful() {
    const count = editor.doubtful;
    const offer = button("doubtful");
    offer.hidden = !count;
    offer.querySelector("span").textContent = count;
    if (!count) choices.doubtful = false;
  }

  function forget() {
    section.removeEventListener("click", clicked);
    section.removeEventListener("mousedown", keepCaret);
    document.removeEventListener("keydown", pressed);
  }
}
