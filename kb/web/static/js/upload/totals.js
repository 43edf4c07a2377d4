// What is said of all files together.
import { leftText, percentText } from "./words.js";

// Of what was chosen since the page was loaded or gone on with, whatever became of it; refused files don't count.
export function partOfAll(rows) {
  const counted = rows.filter((row) => row.file && row.state !== "refused" && row.state !== "broken");
  const size = sumOf(counted, (row) => row.size);
  return size ? sumOf(counted, (row) => row.sentBytes) / size : 0;
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

// What is paused is not counted into the time: nobody knows for how long.
export function leftOfAll(rows, bytesPerSecond) {
  const left = sumOf(rows, (row) => (row.isUnderWay ? row.size - row.sentBytes : 0));
  const isMoving = rows.some((row) => row.bytesPerSecond);
  const time = isMoving && bytesPerSecond ? [leftText(left / bytesPerSecond)] : [];
  return [percentText(partOfAll(rows)), ...time].join(" · ");
}

// known: files that were chosen, and that the list has.
export function noteOfKnown(known) {
  if (known.length > 1) return `${known.length} of these files are in the list already.`;
  return known.length ? `${known[0].name} is in the list already.` : "";
}

function sumOf(rows, of) {
  return rows.reduce((total, row) => total + of(row), 0);
}
