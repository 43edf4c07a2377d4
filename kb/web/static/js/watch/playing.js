// Where the recording is, and how to go elsewhere in it, for all that stands around the player.
// Reads: [data-player]; before the player is there, its plain <video>.
const media = () => document.querySelector("[data-player][data-taken-over]") ?? document.querySelector("[data-player] video");

// act is called with seconds, several times a second while it plays.
export function whenTimeMoves(act) {
  for (const name of ["time-update", "timeupdate"])
    document.addEventListener(
      name,
      ({ target }) => {
        if (target === media()) act(target.currentTime);
      },
      true, // these events don't bubble
    );
}

// Returns whether there was something to seek in.
export function goTo(seconds) {
  const playing = media();
  if (!playing) return false;
  playing.currentTime = seconds;
  playing.play()?.catch(() => {});
  return true;
}
