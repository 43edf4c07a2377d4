// Where the recording is, and how to go elsewhere in it, for all that stands around the player.
// Reads: the <video> in [data-player], whichever player put it there.

// act is called with seconds, a few times a second while it plays and after each jump.
export function whenTimeMoves(act) {
  for (const name of ["timeupdate", "seeking"])
    document.addEventListener(
      name,
      ({ target }) => {
        if (target === video()) act(target.currentTime);
      },
      true, // media events don't bubble
    );
}

// Returns whether there was something to seek in.
export function goTo(seconds) {
  const playing = video();
  if (!playing) return false;
  playing.currentTime = seconds;
  playing.play().catch(() => {}); // the browser may want a click on the player first
  return true;
}

export function pause() {
  video()?.pause();
}

// Shows the moment, standing still; as soon as there is something to show.
export function holdAt(seconds) {
  const playing = video();
  if (!playing) return;
  playing.pause();
  wanted = seconds;
  if (playing.readyState) playing.currentTime = seconds;
  else playing.addEventListener("loadedmetadata", () => (playing.currentTime = wanted), { once: true });
}

let wanted = 0;
const video = () => document.querySelector("[data-player] video");
