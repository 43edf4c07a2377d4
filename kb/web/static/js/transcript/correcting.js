// The transcript as an editor: puts together the words, their rows, the row that is open, its keys, and saving. For who may
// not change the words the same gestures propose.
// Reads: #words with [data-correcting] (hidden tools; data-api, data-may-edit), buttons data-deed and data-tool, [data-saved].
import { say } from "../site/announce.js";
import { holdAt } from "../watch/playing.js";
import { withText } from "./changes.js";
import { showConflicts } from "./conflicts.js";
import { deedsOf, timeAtCaret } from "./deeds.js";
import { hear } from "./hear.js";
import { listenToKeys } from "./keys.js";
import { wordAt } from "./pointing.js";
import { Proposing } from "./proposing.js";
import { offerReplacing } from "./replacing.js";
import { RowEditor } from "./row_editor.js";
import { Rows } from "./rows.js";
import { Saving } from "./saving.js";
import { showAnew } from "./show_anew.js";
import { Steps } from "./steps.js";
import { offerTools } from "./tools.js";
import { Words } from "./words.js";

let session = null;

export async function begin() {
  const section = document.getElementById("words");
  const tools = section.querySelector("[data-correcting]");
  const answer = await fetch(`${tools.dataset.api}/cues`).catch(() => null);
  if (session || !section.isConnected) return;
  if (!answer?.ok) return say("The words can’t be reached at the moment. Try again.");
  session = made(section, tools, new Words(await answer.json()));
  section.dataset.isCorrecting = "";
  tools.hidden = false;
  session.openFirst();
}

// Waits until all is saved; then the page shows the words as everybody sees them.
export async function end() {
  if ((await settle()) !== "ended") return;
  await showAnew();
  document.querySelector("[data-correct]")?.focus({ preventScroll: true });
}

// -> "ended"; "unsaved" where something can't be sent now, and it goes on; "idle" where nobody corrects anything.
export async function settle() {
  if (!session) return "idle";
  const { section, editor, saving } = session;
  editor.close();
  await saving.flush();
  if (saving.unsent.length) {
    say("Not all is saved yet.");
    return "unsaved";
  }
  session.forget();
  session = null;
  delete section.dataset.isCorrecting;
  return "ended";
}

function made(section, tools, words) {
  const mayEdit = "mayEdit" in tools.dataset;
  const saving = mayEdit ? new Saving(tools.dataset.api, words) : new Proposing(tools.dataset.api, words);
  const steps = mayEdit ? new Steps(words, saving) : saving;
  const rows = new Rows(section.querySelector("[data-cues]"), words);
  const editor = new RowEditor(words, rows, { keepsWhileTyping: mayEdit });
  let heardAt = null;
  const parts = { section, tools, words, saving, steps, rows, editor, mayEdit };
  if (!rows.isShown()) rows.show();
  const deeds = mayEdit ? deedsOf(parts) : forProposers(deedsOf(parts));
  const { choices, forget } = offerTools(parts, deeds, { goBack, end });
  listenToKeys(editor, deeds, { goBack, goesToDoubtful: () => choices.doubtful });
  if (mayEdit) {
    showConflicts(parts);
    offerReplacing(section, parts);
  }
  saving.addEventListener("state", ({ detail }) => tell(section, detail));
  editor.addEventListener("text", ({ detail: { at, text } }) => keep(words.cues[at], text));
  editor.addEventListener("opened", () => go(choices.playsAlong));
  section.addEventListener("click", clicked, true);
  return { ...parts, openFirst, forget: forgetAll };

  function keep(cue, text) {
    if (text) steps.do([{ before: [cue], after: [withText(cue, text)] }]);
    else if (words.cues.length > 1) steps.do([{ before: [cue], after: [] }]);
  }

  function goBack(isForwards) {
    if (!mayEdit) return false;
    const wasOpen = Boolean(editor.item);
    editor.close();
    const at = isForwards ? steps.redo() : steps.undo();
    if (at < 0) return true;
    if (wasOpen) editor.open(at);
    else rows.item(at).scrollIntoView({ block: "nearest" });
    say(isForwards ? "Done again." : "Undone.");
    return true;
  }

  function clicked(event) {
    const text = event.target.closest(".cue-words");
    if (!text || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const item = text.closest("li");
    const { from, to } = wordAt(text, event);
    editor.open(rows.placeOf(item), from, to);
  }

  function go(playsAlong) {
    const isOther = editor.item !== heardAt;
    heardAt = editor.item;
    if (!playsAlong) holdAt(timeAtCaret(editor));
    else if (isOther) hear(timeAtCaret(editor), editor.cue.end);
  }

  // Where the recording is; else at the top.
  function openFirst() {
    const now = section.querySelector("[data-cues] [aria-current]")?.closest("li");
    const at = now ? rows.placeOf(now) : 0;
    if (choices.doubtful && !now) {
      editor.open(0);
      editor.select(0, 0);
      editor.goToWord(true, true);
    } else editor.open(at);
  }

  function forgetAll() {
    section.removeEventListener("click", clicked, true);
    forget();
    saving.end();
  }
}

// What changes lines is for who may change them; the browser has these keys, where they are of use to it.
function forProposers({ hear, next, close }) {
  const nothing = () => false;
  return { hear, next, close, split: nothing, join: nothing, joinNext: nothing, earlier: nothing, later: nothing };
}

function tell(section, { text, isFault }) {
  const line = section.querySelector("[data-saved]");
  if (!line || line.textContent === text) return;
  line.textContent = text;
  line.classList.toggle("text-error", Boolean(isFault));
}
