// What is said of all files together.
import { leftText, percentText } from "./words.js";

// Of what was chosen since the page was loaded or gone on with, whatever became of it; refused files don't count.
export function totalsOf(rows) {
  const counted = rows.filter((row) => row.file && row.state !== "refused" && row.state !== "broken");
  const sum = (of) => counted.reduce((total, row) => total + of(row), 0);
  const [size, sent, speed] = [sum((row) => row.size), sum((row) => row.sentBytes), sum((row) => row.bytesPerSecond)];
  return { part: size ? sent / size : 0, secondsLeft: speed ? (size - sent) / speed : null };
}

export function summaryOf(rows) {
  const count = (...states) => rows.filter((row) => states.includes(row.state)).length;
  const parts = [
    [count("sending", "checking"), "sending"],
    [count("waiting"), "waiting"],
    [count("held"), "held up"],
    [count("paused"), "paused"],
    [count("missing"), "to choose again"],
    [rows.filter((row) => row.state === "in" && !row.isPrepared).length, "being prepared"],
    [rows.filter((row) => row.state === "in" && row.isPrepared).length, "ready"],
    [count("broken", "refused"), "not taken"],
  ];
  return parts
    .filter(([number]) => number)
    .map(([number, text]) => `${number} ${text}`)
    .join(" · ");
}

export function leftOfAll(rows) {
  const { part, secondsLeft } = totalsOf(rows);
  return [percentText(part), ...(secondsLeft === null ? [] : [leftText(secondsLeft)])].join(" · ");
}
