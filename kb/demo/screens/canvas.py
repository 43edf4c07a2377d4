"""What every screen is drawn with: boxes, words, lines; and the look that they share."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from kb.config import ROOT

SIZE = (1280, 720)
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
# The site's own typeface, as its pages have it.
INTER = ROOT / "kb" / "web" / "static" / "dist"
# Edges are drawn this many times larger and made smaller, which smooths them.
FINE = 4

Font = ImageFont.FreeTypeFont
Span = tuple[str, str]
Place = tuple[int, int]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Look:
    """Colours of a window. kinds: of words in code and in a terminal."""

    paper: str
    bar: str
    side: str
    ink: str
    soft: str
    line: str
    select: str
    kinds: dict[str, str]


LIGHT = Look(
    paper="#ffffff",
    bar="#f1f3f8",
    side="#f6f7fb",
    ink="#1e2533",
    soft="#69738a",
    line="#dfe3ec",
    select="#e4ebff",
    kinds={
        "good": "#15803d",
        "bad": "#c8312b",
        "warm": "#a15c07",
        "link": "#2450d8",
        "word": "#8b3fc7",
        "text": "#15803d",
        "number": "#b45309",
        "soft": "#7b8499",
        "name": "#2450d8",
    },
)
DARK = Look(
    paper="#171a24",
    bar="#222633",
    side="#1d212d",
    ink="#dde3f0",
    soft="#8b94aa",
    line="#333a4b",
    select="#2b3a63",
    kinds={
        "good": "#7fd494",
        "bad": "#ff8a84",
        "warm": "#f3c677",
        "link": "#8fb3ff",
        "word": "#cf9bf2",
        "text": "#9ad69f",
        "number": "#f3b27a",
        "soft": "#7f889e",
        "name": "#8fc6ff",
    },
)


class Canvas:
    """A picture of the whole screen, and the words that were written on it."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.words: list[str] = []

    def box(self, at: Box, fill: str, *, radius: int = 0, edge: str | None = None) -> None:
        """at: left, top, width, height."""
        left, top, width, height = at
        if edge:
            self.box(at, edge, radius=radius)
            self.box((left + 1, top + 1, width - 2, height - 2), fill, radius=max(0, radius - 1))
        elif radius:
            self.image.paste(fill, (left, top), _rounded(width, height, radius))
        else:
            self.image.paste(fill, (left, top, left + width, top + height))

    def foot(self, at: Box, fill: str, *, side: str) -> None:
        """A box that fills the lower left (side="l") or right ("r") corner of a window, rounded as that is."""
        left, top, width, height = at
        self.box(at, fill, radius=13)
        self.box((left, top, width, height - 14), fill)
        self.box((left + 14 if side == "l" else left, top + height - 14, width - 14, 14), fill)

    def shadow(self, at: Box, radius: int) -> None:
        mask = _shadow(at[2], at[3], radius)
        self.image.paste("#0b1020", (at[0] - SPREAD, at[1] - SPREAD + 14), mask)

    def text(self, at: Place, words: str, font: Font, fill: str, *, to: str = "l") -> int:
        """Write one line, at being left and middle (to="r": right, to="m": centre); return its width."""
        if not words:
            return 0
        self.words.append(words)
        mask, (x, y) = _written(words, font)
        width = round(font.getlength(words))
        left = at[0] - {"l": 0, "m": width // 2, "r": width}[to]
        self.image.paste(fill, (left + x, at[1] + y), mask)
        return width

    def spans(self, at: Place, spans: Iterable[Span], font: Font, look: Look) -> int:
        """Write words of several kinds in a row; return the width of all."""
        left = at[0]
        for words, kind in spans:
            left += self.text((left, at[1]), words, font, look.kinds.get(kind, look.ink))
        return left - at[0]

    def line(self, start: Place, end: Place, fill: str, width: int = 1) -> None:
        ImageDraw.Draw(self.image).line([start, end], fill=fill, width=width)

    def sign(self, name: str, at: Place, fill: str, size: int = 16) -> None:
        """A small drawing in the middle of `at`: check, cross, down, right, dot, search, or a warning."""
        mask = _sign(name, size)
        self.image.paste(fill, (at[0] - size // 2, at[1] - size // 2), mask)


@cache
def sans(size: int, weight: int = 400) -> Font:
    """The site's typeface in that size; DejaVu where the site's pages were not built."""
    found = next(iter(sorted(INTER.glob("inter-latin-wght-normal-*.woff2"))), None)
    if not found:
        name = "DejaVuSans-Bold.ttf" if weight > 500 else "DejaVuSans.ttf"
        return ImageFont.truetype(DEJAVU / name, size - 1, layout_engine=ImageFont.Layout.BASIC)
    font = ImageFont.truetype(found, size, layout_engine=ImageFont.Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font


@cache
def mono(size: int, *, bold: bool = False) -> Font:
    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    return ImageFont.truetype(DEJAVU / name, size, layout_engine=ImageFont.Layout.BASIC)


SPREAD = 48


@lru_cache(maxsize=4096)
def _written(words: str, font: Font) -> tuple[Image.Image, Place]:
    """The words as a mask, and where it lies from the left end of their middle line."""
    ascent, descent = font.getmetrics()
    left, top, right, bottom = font.getbbox(words)
    mask = Image.new("L", (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(mask).text((-left, -top), words, font=font, fill=255)
    return mask, (int(left), int(top) - (ascent + descent) // 2)


@lru_cache(maxsize=512)
def _rounded(width: int, height: int, radius: int) -> Image.Image:
    mask = Image.new("L", (width * FINE, height * FINE))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width * FINE - 1, height * FINE - 1), radius * FINE, fill=255)
    return mask.resize((width, height), Image.Resampling.BOX)


@lru_cache(maxsize=16)
def _shadow(width: int, height: int, radius: int) -> Image.Image:
    mask = Image.new("L", (width + 2 * SPREAD, height + 2 * SPREAD))
    ImageDraw.Draw(mask).rounded_rectangle((SPREAD, SPREAD, SPREAD + width, SPREAD + height), radius, fill=120)
    return mask.filter(ImageFilter.GaussianBlur(SPREAD // 3))


# Strokes in a square of 24, as icons have them.
SIGNS: dict[str, list[list[tuple[float, float]]]] = {
    "check": [[(4, 12.5), (9.5, 18), (20, 6.5)]],
    "cross": [[(6, 6), (18, 18)], [(18, 6), (6, 18)]],
    "down": [[(6, 9), (12, 15), (18, 9)]],
    "right": [[(9, 6), (15, 12), (9, 18)]],
    "plus": [[(12, 4), (12, 20)], [(4, 12), (20, 12)]],
    "warning": [[(12, 3), (22, 20.5), (2, 20.5), (12, 3)], [(12, 9.5), (12, 14)], [(12, 17), (12, 17.6)]],
}


@lru_cache(maxsize=64)
def _sign(name: str, size: int) -> Image.Image:
    mask = Image.new("L", (size * FINE, size * FINE))
    draw, scale = ImageDraw.Draw(mask), size * FINE / 24
    if name == "dot":
        draw.ellipse((0, 0, size * FINE - 1, size * FINE - 1), fill=255)
    if name == "search":
        draw.ellipse((3 * scale, 3 * scale, 17 * scale, 17 * scale), outline=255, width=round(2.4 * scale))
        draw.line([(15.5 * scale, 15.5 * scale), (21 * scale, 21 * scale)], fill=255, width=round(2.4 * scale))
    for stroke in SIGNS.get(name, []):
        points = [(x * scale, y * scale) for x, y in stroke]
        draw.line(points, fill=255, width=round(2.4 * scale), joint="curve")
    return mask.resize((size, size), Image.Resampling.BOX)
