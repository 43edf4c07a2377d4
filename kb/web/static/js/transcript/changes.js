// What becomes of cues {start, end, text, words: [{start, confidence}] | null} (seconds) when somebody edits them. Pure:
// no cue is ever changed, others take its place.
const LONGEST_TEXT = 2000;
const DOUBTED_BELOW = 0.4;

// As the server keeps a text: one space between words, no empty lines.
export function clean(text) {
  const lines = text.split("\n").map((line) => wordsOf(line).join(" "));
  return lines.filter(Boolean).join("\n").slice(0, LONGEST_TEXT).trimEnd();
}

export function isSame(one, other) {
  return one.start === other.start && one.end === other.end && one.text === other.text;
}

export function inverse({ before, after }) {
  return { before: after, after: before };
}

// A word that stayed keeps its time; one that a person wrote is not in doubt.
export function withText(cue, text) {
  const was = wordsOf(cue.text);
  const words = wordsOf(text).map((word, place) => {
    const known = cue.words?.[place];
    return known && (word === was[place] ? known : { ...known, confidence: null });
  });
  return { ...cue, text, words: words.length === was.length && cue.words ? words : null };
}

export function withTimes(cue, start, end) {
  const by = start - cue.start;
  const words = cue.words?.map((word) => ({ ...word, start: inMs(word.start + by) })) ?? null;
  return { ...cue, start: inMs(start), end: inMs(end), words };
}

// Two cues, cut where the second text begins to be said; null where there is nothing to cut.
export function split(cue, first, second) {
  const count = wordsOf(first).length;
  const least = inMs(cue.start + 0.001);
  const at = Math.max(least, Math.min(timeOfWord(withText(cue, `${first} ${second}`), count), inMs(cue.end - 0.001)));
  if (!first || !second || at >= cue.end) return null;
  return [
    { start: cue.start, end: at, text: first, words: cue.words?.slice(0, count) ?? null },
    { start: at, end: cue.end, text: second, words: cue.words?.slice(count) ?? null },
  ];
}

export function joined(one, other) {
  return {
    start: one.start,
    end: Math.max(one.end, other.end),
    text: clean(`${one.text} ${other.text}`),
    words: one.words && other.words ? [...one.words, ...other.words] : null,
  };
}

// Where the recording is when this word is said; by its place in the text where nobody knows.
export function timeOfWord(cue, place) {
  const known = cue.words?.[place];
  if (known) return known.start;
  const before = wordsOf(cue.text).slice(0, place).join(" ").length;
  return inMs(cue.start + ((cue.end - cue.start) * before) / Math.max(1, cue.text.length));
}

// The words of a text as it stands: [{from, to}].
export function placesOfWords(text) {
  return [...text.matchAll(/\S+/g)].map(({ index, 0: word }) => ({ from: index, to: index + word.length }));
}

export function isDoubtful(cue, place) {
  const confidence = cue.words?.[place]?.confidence;
  return confidence !== null && confidence !== undefined && confidence < DOUBTED_BELOW;
}

export function countDoubtful(cues) {
  return cues.reduce((sum, cue) => sum + (cue.words ?? []).filter((_, place) => isDoubtful(cue, place)).length, 0);
}

export function inMs(seconds) {
  return Math.round(seconds * 1000) / 1000;
}

function wordsOf(text) {
  return text.split(/\s+/).filter(Boolean);
}
