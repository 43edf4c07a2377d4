// Marks in the transcript the lines at which it helped somebody, anew whenever the list of those below the player or the lines change:
// on the line that was begun last, as the page itself does it.
// Reads: #helped with [data-solved-places] of links data-start-ms and template[data-solved-line]; [data-cues] with links
// data-start-ms around .cue-time. Hears on document: "cues-changed".
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "helped") mark();
});
document.addEventListener("cues-changed", mark);

function mark() {
  const lines = [...document.querySelectorAll("[data-cues] [data-start-ms]")];
  const solved = new Map();
  for (const place of document.querySelectorAll("[data-solved-places] [data-start-ms]")) {
    const line = lines.findLast(({ dataset }) => Number(dataset.startMs) <= Number(place.dataset.startMs));
    if (line) solved.set(line, (solved.get(line) ?? 0) + 1);
  }
  for (const old of document.querySelectorAll("[data-cues] .cue-solved")) old.remove();
  for (const [line, count] of solved) line.querySelector(".cue-time").append(drawn(count));
}

function drawn(count) {
  const sign = document.querySelector("template[data-solved-line]").content.firstElementChild.cloneNode(true);
  sign.title = `Solved it for ${count} ${count === 1 ? "person" : "people"}`;
  sign.querySelector("svg").setAttribute("aria-label", sign.title);
  return sign;
}
