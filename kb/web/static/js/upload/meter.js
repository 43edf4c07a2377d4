// Bytes per second over the last few seconds, so that it neither jumps nor remembers what was before a pause.
const WINDOW_MS = 8000;
const FIRST_MS = 1000;

// Returns a function that is told how many bytes have left by now, and answers with the speed; 0 as long as that is a guess.
export function meter() {
  let marks = [];
  return (bytes) => {
    const now = performance.now();
    marks = marks.filter(({ at }) => now - at < WINDOW_MS);
    marks.push({ at: now, bytes });
    const [first] = marks;
    return now - first.at < FIRST_MS ? 0 : Math.max(0, ((bytes - first.bytes) * 1000) / (now - first.at));
  };
}

// The same of several files together: told how many more bytes have left, of whichever.
export function commonMeter() {
  const speed = meter();
  let bytes = 0;
  return (more) => speed((bytes += more));
}
