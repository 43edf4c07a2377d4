// A card shows the moment under the pointer: the picture, how far it is, and its time. With the keyboard on the card some moments
// pass by themselves (not for who asked for less motion), and the arrow keys lead through them. A pointer that rests sees it move:
// some seconds of the recording, until it goes on. Fetches nothing before that.
// Reads: .cast with [data-tiles] (address of the sheet), data-tile-count, -columns, -rows, -shape ("192/108"), -ms (a tile's),
// data-preview (address of the picture that moves; made when it is first asked for, hence not asked for at once).
import { clock } from "./clock.js";

// The pointer only passes by, on its way to another card.
const REST_MS = 90;
// Long enough to have looked at the moment under the pointer.
const DWELL_MS = 900;
// A short round, that ends by itself (WCAG 2.2.2).
const ROUND = { moments: 7, everyMs: 650 };
const wantsCalm = matchMedia("(prefers-reduced-motion: reduce)");
const savesData = () => navigator.connection?.saveData;
let now = null;

document.addEventListener("pointermove", (event) => {
  const poster = event.pointerType === "touch" ? null : posterAt(event);
  if (poster !== (now?.poster ?? null)) turnTo(poster);
  if (!poster) return;
  const { left, width } = poster.getBoundingClientRect();
  now.show(Math.floor(((event.clientX - left) / width) * now.count));
  now.dwell();
});

document.documentElement.addEventListener("pointerleave", () => turnTo(null));
document.addEventListener("scroll", () => now?.byPointer && turnTo(null), { passive: true });

document.addEventListener("focusin", ({ target }) => {
  const poster = target.matches(".cast-title a:focus-visible") && target.closest(".cast").querySelector("[data-tiles]");
  turnTo(poster || null);
  if (poster) now.passBy();
});

document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || !now || !event.target.matches(".cast-title a")) return;
  event.preventDefault();
  now.step(step);
});

function posterAt({ target, clientY }) {
  const poster = target.closest?.(".cast")?.querySelector("[data-tiles]");
  return poster && clientY < poster.getBoundingClientRect().bottom ? poster : null;
}

function turnTo(poster) {
  now?.end();
  now = poster && new Scrub(poster);
}

class Scrub {
  constructor(poster) {
    const { tiles, tileCount, tileColumns, tileRows, tileShape, tileMs } = poster.dataset;
    Object.assign(this, { poster, count: +tileCount, columns: +tileColumns, rows: +tileRows, ms: +tileMs, at: 0 });
    [this.width, this.height] = tileShape.split("/").map(Number);
    this.byPointer = true;
    this.timer = setTimeout(() => this.load(tiles), REST_MS);
  }

  load(url) {
    const sheet = new Image();
    sheet.addEventListener("load", () => this === now && this.draw(url));
    sheet.src = url;
  }

  draw(url) {
    this.tile = element("div", "scrub-tile");
    this.tile.classList.toggle("is-wide", this.width / this.height > 16 / 9);
    Object.assign(this.tile.style, {
      aspectRatio: `${this.width} / ${this.height}`,
      backgroundImage: `url("${url}")`,
      backgroundSize: `${this.columns * 100}% ${this.rows * 100}%`,
    });
    this.time = element("span", "scrub-time");
    this.far = element("span", "");
    this.layer = element("div", "scrub", this.tile, element("div", "scrub-bar", this.far), this.time);
    this.layer.setAttribute("aria-hidden", "true");
    this.poster.append(this.layer);
    this.show(this.at);
  }

  show(tile) {
    this.at = Math.max(0, Math.min(this.count - 1, tile));
    if (!this.layer) return;
    const [column, row] = [this.at % this.columns, Math.floor(this.at / this.columns)];
    const part = (place, all) => (all > 1 ? (place / (all - 1)) * 100 : 0);
    this.tile.style.backgroundPosition = `${part(column, this.columns)}% ${part(row, this.rows)}%`;
    this.far.style.transform = `scaleX(${(this.at + 1) / this.count})`;
    this.time.textContent = clock((this.at * this.ms) / 1000);
  }

  dwell() {
    clearTimeout(this.dwelling);
    this.moving?.remove();
    this.moving = null;
    if (wantsCalm.matches || savesData() || !this.poster.dataset.preview) return;
    this.dwelling = setTimeout(() => this.play(this.poster.dataset.preview), DWELL_MS);
  }

  play(url) {
    const moving = element("img", "scrub-moving");
    moving.alt = "";
    moving.addEventListener("load", () => moving === this.moving && this.layer?.append(moving));
    moving.src = url;
    this.moving = moving;
  }

  step(by) {
    clearInterval(this.round);
    this.show(this.at + by * Math.max(1, Math.round(this.count / 12)));
  }

  passBy() {
    this.byPointer = false;
    if (wantsCalm.matches) return;
    let moment = 0;
    this.round = setInterval(() => {
      moment += 1;
      if (moment > ROUND.moments) return turnTo(null);
      this.show(Math.floor((moment / (ROUND.moments + 1)) * this.count));
    }, ROUND.everyMs);
  }

  end() {
    clearTimeout(this.timer);
    clearTimeout(this.dwelling);
    clearInterval(this.round);
    this.layer?.remove();
  }
}

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}
