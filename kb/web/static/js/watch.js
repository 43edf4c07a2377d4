// The watch page: the player (fetched only once something plays), and the words that go with it.
import "./watch/cues.js";
import "./watch/find.js";
import "./watch/moment_link.js";
import "./watch/player.css";

const start = async () => {
  if (document.querySelector("[data-player]")) (await import("./watch/player.js")).start();
};
document.addEventListener("htmx:load", start);
start();
