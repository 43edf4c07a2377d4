// Plays the part of the recording that a row is about, and stops at its end.
import { goTo, pause, whenTimeMoves } from "../watch/playing.js";

const BEFORE_S = 0.15;
let stopAt = null;

whenTimeMoves((seconds) => {
  if (stopAt === null) return;
  // Somebody went elsewhere meanwhile: let it play.
  if (seconds > stopAt + 2) stopAt = null;
  else if (seconds >= stopAt) {
    stopAt = null;
    pause();
  }
});

export function hear(start, end) {
  stopAt = null;
  if (goTo(Math.max(0, start - BEFORE_S))) stopAt = end;
}
