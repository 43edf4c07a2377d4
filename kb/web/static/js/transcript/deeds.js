// What can be done to the row that is open, besides typing in it; each by a key (keys.js) and by a button.
// Reads: buttons data-deed="…" in #words.
import { say } from "../site/announce.js";
import { clean, inMs, joined, placesOfWords, split, timeOfWord, withTimes } from "./changes.js";
import { hear } from "./hear.js";

const NUDGE_S = 0.1;

export function deedsOf({ words, steps, editor }) {
  const change = (before, after) => steps.do([{ before, after }]);
  const deeds = {
    hear: () => hear(timeAtCaret(editor), editor.cue.end),

    split() {
      const { value, selectionStart } = editor.field;
      const { at } = editor;
      editor.keep();
      const parts = split(words.cues[at], clean(value.slice(0, selectionStart)), clean(value.slice(selectionStart)));
      if (!parts) return say("Put the caret between two words first.");
      change([words.cues[at]], parts);
      editor.open(at + 1);
      say("Split in two.");
    },

    join() {
      joinWith(editor.at - 1);
    },

    joinNext() {
      joinWith(editor.at);
    },

    earlier: () => move(-NUDGE_S),
    later: () => move(NUDGE_S),

    delete() {
      const { at, cue } = editor;
      if (words.cues.length === 1) return say("One line at least must stay.");
      editor.leave();
      change([cue], []);
      editor.open(Math.min(at, words.cues.length - 1));
      say("Deleted.");
    },

    close() {
      const link = editor.item.querySelector(".cue");
      editor.close();
      link.focus({ preventScroll: true });
    },

    next() {
      const { at } = editor;
      const count = words.cues.length;
      editor.close();
      // An emptied row is gone, and the next one stands in its place.
      const next = at + 1 - (count - words.cues.length);
      if (next < words.cues.length) editor.open(next);
      else say("That was the last line.");
    },
  };

  function joinWith(first) {
    if (first < 0 || first + 1 >= words.cues.length) return;
    editor.close();
    const pair = words.cues.slice(first, first + 2);
    change(pair, [joined(...pair)]);
    editor.open(first, clean(pair[0].text).length + 1);
    say("Joined.");
  }

  function move(by) {
    editor.keep();
    const { at, cue } = editor;
    const moved = withTimes(cue, cue.start + by, cue.end + by);
    const [previous, next] = [words.cues[at - 1], words.cues[at + 1]];
    if (moved.start < (previous?.start ?? 0) || moved.start > (next?.start ?? Infinity))
      return say("It can’t go further that way.");
    change([cue], [moved]);
    hear(moved.start, moved.end);
    say(`Starts at ${inMs(moved.start)} seconds.`);
  }

  return deeds;
}

// Where the recording is at the word that the caret is in.
export function timeAtCaret({ field, cue }) {
  const places = placesOfWords(field.value);
  const place = places.findLastIndex(({ from }) => from <= field.selectionStart);
  return timeOfWord(cue, Math.max(0, place));
}
