// A first title from a file's name: "2026-03-04_roll-back_deploy.final.mp4" -> "Roll back deploy final".
const STAMPS = [
  /\b\d{4}[-.]?\d{2}[-.]?\d{2}\b/g, // 2026-03-04, 20260304
  /\b(at )?\d{1,2}[.:h-]\d{2}([.:m-]\d{2})?s?( [AP]M)?\b/gi, // 14.03.22, "at 2-03 PM"
];

export function titleFrom(filename) {
  const stem = filename.replace(/\.[^.]{1,5}$/, "").replace(/_/g, " ");
  const words = STAMPS.reduce((text, stamp) => text.replace(stamp, " "), stem);
  const title = words.replace(/[-.+\s]+/g, " ").trim() || stem.trim() || "Recording";
  return title.charAt(0).toUpperCase() + title.slice(1);
}
