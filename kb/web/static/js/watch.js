// The watch page: the player (fetched only once something plays), and the words that go with it.
import "./transcript/start.js";
import "./watch/chapter_form.js";
import "./watch/chapters.js";
import "./watch/cues.js";
import "./watch/find.js";
import "./watch/helped.js";
import "./watch/moment_link.js";
import "./watch/on_screen.js";
import "./watch/player.css";
import "./watch/solved.js";

document.addEventListener("htmx:load", ({ detail }) => playWhatIsThere(detail.elt));
playWhatIsThere(document);

async function playWhatIsThere(root) {
  if (!document.querySelector("[data-player]")) return;
  const player = await import("./watch/player.js");
  player.start();
  player.addLate(root);
  player.showMarks();
}
