// Vidstack in place of the plain <video>. The only file that knows which player it is; others listen to the <video> in it.
// Reads: <media-player data-player data-start="seconds"> around <media-provider><video><source data-src><track>, and
// <media-video-layout data-storyboard="address of the WebVTT file">; later <template data-late data-storyboard> with <source>s and <track>s;
// <template data-bar-marks>, each with what lies over the time bar.
// A <track data-draft> holds words that nobody has checked: it shows when somebody chooses it, never by what they chose before.
import { LocalMediaStorage } from "vidstack";
import "vidstack/player";
import "vidstack/player/layouts/default";
import "vidstack/player/ui";

// The languages of the drafts on this page.
const drafts = new Set();

// Volume, speed and captions are kept between recordings; where somebody stopped is not, since links name the second.
class Habits extends LocalMediaStorage {
  async getTime() {
    return null;
  }

  async setTime() {}

  async getLang() {
    const language = await super.getLang();
    return drafts.has(language) ? null : language;
  }
}

export function start() {
  for (const player of document.querySelectorAll("[data-player]:not([data-taken-over])")) {
    player.dataset.takenOver = "";
    takeOver(player);
  }
}

// Captions and storyboard that were made while the player was already there; and what plays, where nothing did so far. What
// plays already is never touched.
export function addLate(root) {
  const player = document.querySelector("[data-taken-over]");
  for (const late of root.querySelectorAll("template[data-late]")) {
    const sources = [...late.content.querySelectorAll("source")];
    if (sources.length && cannotPlay(player)) player.src = sources.map(({ src, type }) => ({ src, type }));
    showStoryboard(player, late.dataset.storyboard);
    for (const track of late.content.querySelectorAll("track[kind=captions]")) addCaptions(player, track);
    if (late.content.querySelector("track[kind=chapters]")) showChapters(player, late);
  }
}

// What lies over the time bar: the same as long as the page says nothing else of it, whichever bar the player draws.
export function showMarks() {
  for (const bar of document.querySelectorAll("[data-taken-over] media-time-slider")) {
    for (const old of bar.querySelectorAll(".bar-marks")) old.remove();
    // What stands first on the page lies on top.
    for (const { content } of [...document.querySelectorAll("template[data-bar-marks]")].reverse())
      bar.querySelector(".vds-slider-thumb").before(content.firstElementChild.cloneNode(true));
  }
}

function cannotPlay(player) {
  const { error, networkState } = player.querySelector("video") ?? {};
  return Boolean(error) || networkState === HTMLMediaElement.NETWORK_NO_SOURCE;
}

function addCaptions(player, { src, srclang, label, default: isDefault, dataset }) {
  const whole = (url) => new URL(url, location.href).href;
  const known = player.textTracks.toArray().some((track) => track.src && whole(track.src) === whole(src));
  if (known) return;
  if ("draft" in dataset) drafts.add(srclang);
  player.textTracks.add({ kind: "captions", src: whole(src), language: srclang, label, default: isDefault });
}

// Those that were there before are others now.
function showChapters(player, late) {
  for (const old of player.textTracks.getByKind("chapters")) player.textTracks.remove(old);
  const { src, srclang, label } = late.content.querySelector("track[kind=chapters]");
  if (src) player.textTracks.add({ kind: "chapters", src: new URL(src, location.href).href, language: srclang, label, default: true });
}

function takeOver(player) {
  const habits = new Habits();
  habits.playerId = "showhow-player";
  for (const track of player.querySelectorAll("track[data-draft]")) drafts.add(track.srclang);
  player.storage = habits;
  player.textTracks.addEventListener("add", ({ detail: track }) => {
    track.addEventListener("load", () => (track.kind === "chapters" ? readTitles(track) : keepAsText(track)));
  });
  handOver(player.querySelector("media-provider"));
  const layout = player.querySelector("media-video-layout");
  showStoryboard(player, layout.dataset.storyboard);
  // The layout draws its bar late, and another one for another size.
  new MutationObserver(() => {
    if (layout.querySelector("media-time-slider:not(:has(.bar-marks))")) showMarks();
  }).observe(layout, { childList: true, subtree: true });
  const start = Number(player.dataset.start);
  if (start > 0) player.addEventListener("can-play", () => arrive(player, start), { once: true });
}

// Vidstack shows a title as it stands in the file, where WebVTT escapes & and <.
function readTitles(track) {
  for (const cue of track.cues) {
    cue.text = new DOMParser().parseFromString(cue.text, "text/html").documentElement.textContent;
  }
}

// Of a caption it reads &lt; as <, and then sets it as HTML: what was text would be markup. Escaped once more it stays text.
function keepAsText(track) {
  for (const cue of track.cues) cue.text = cue.text.replaceAll("&", "&amp;");
}

// Vidstack reads <source> and <track> that are children of its provider, and makes a <video> of its own.
function handOver(provider) {
  const video = provider.querySelector("video");
  for (const source of video.querySelectorAll("source")) source.src = source.dataset.src;
  provider.append(...video.querySelectorAll("source, track"));
  video.remove();
}

// Given a whole address, vidstack takes the picture names in the file as relative to the file, not to the page.
function showStoryboard(player, url) {
  if (url) player.querySelector("media-video-layout").setAttribute("thumbnails", new URL(url, location.href).href);
}

// Who comes by a link to a second wants to see it: play, if the browser lets a page do that here.
function arrive(player, seconds) {
  player.currentTime = seconds;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  player.play().catch(() => {});
}
