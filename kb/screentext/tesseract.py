"""Screens read by tesseract, a picture a process: a crash or a hang ends that process and nothing else.

Measured on 1080p recordings: small letters have to be inverted where light and made half as large again, or it drops
one word in ten; of large ones it finds all as they are, in two thirds of the time (bench/screen.py). More threads only
wait for each other: four take five times the CPU seconds of one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from statistics import fmean, median

from PIL import Image, ImageOps, ImageStat

from kb.screentext.contract import Line, Run

# Of 0 to 100, as tesseract says it. Of what is no word of any language it is never sure, however well it reads it: a
# token must not stay unread, for then nobody hides it either.
LEAST_CONFIDENCE, LEAST_OF_CODE = 40, 15
CODE = re.compile(r"(?=.*[a-z])(?=.*[\d_=/\\:.@-])\S{12,}", re.IGNORECASE)
LEAST_LETTERS = 4
# Lower letters than this, in pixels without what is above and below an x in some, are made larger.
LARGE_LETTERS = 11
LARGER = 1.5
# They are measured in strips of the picture, this wide; ink differs from the ground by so much (of 255).
STRIP = 48
INK = 48
LOWEST, HIGHEST = 5, 48
# A line that touches the edge is not found.
BORDER = 20
DEADLINE_S = 120
# Of address space; 4K takes a third of it.
MEMORY_BYTES = 2 * 1024**3
# Its columns: level page_num block_num par_num line_num word_num left top width height conf text.
COLUMNS = 12


class Tesseract:
    name = "tesseract"

    def __init__(self, run: Run, is_there: Callable[[str], bool]) -> None:
        self._run = run
        self._is_there = is_there

    def unavailable(self) -> str | None:
        return None if self._is_there("tesseract") else "The program tesseract is not installed."

    def read(self, picture: Image.Image, *, should_stop: Callable[[], bool]) -> list[Line]:
        prepared = _Prepared.of(picture)
        rows: list[str] = []
        self._run(
            ["tesseract", "stdin", "stdout", "--psm", "3", "-l", "eng", "-c", "tessedit_create_tsv=1"],
            deadline_s=DEADLINE_S,
            memory_bytes=MEMORY_BYTES,
            nice=10,
            feed=prepared.chunks(),
            env={"OMP_THREAD_LIMIT": "1"},
            on_line=rows.append,
            should_stop=should_stop,
        )
        return list(_lines(rows, prepared))


@dataclass(frozen=True)
class _Prepared:
    """What tesseract gets: dark letters on light ground, larger, with room around."""

    image: Image.Image
    factor: float

    @classmethod
    def of(cls, picture: Image.Image) -> "_Prepared":
        gray = picture.convert("L")
        if ImageStat.Stat(gray).mean[0] < 128:
            gray = ImageOps.invert(gray)
        # The ground is what most pixels are.
        ground = max(range(256), key=gray.histogram().__getitem__)
        factor = LARGER if _height_of_letters(gray, ground) < LARGE_LETTERS else 1.0
        size = (round(gray.width * factor), round(gray.height * factor))
        larger = gray.resize(size, Image.Resampling.BICUBIC) if factor != 1 else gray
        return cls(ImageOps.expand(larger, BORDER, fill=ground), factor)

    def chunks(self) -> Iterator[bytes]:
        made = BytesIO()
        self.image.save(made, "PPM")
        yield made.getvalue()

    def place(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """The box in pixels of the picture as it came."""
        left, top, right, bottom = (round(max(0, edge - BORDER) / self.factor) for edge in box)
        return left, top, right, bottom


@dataclass(frozen=True)
class _Word:
    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float


def _height_of_letters(gray: Image.Image, ground: int) -> float:
    """The median of the rows of pixels that a line of text covers; 0 where there is none."""
    ink = gray.point([255 * (abs(value - ground) > INK) for value in range(256)])
    strips = ink.reduce((min(STRIP, ink.width), 1))
    columns = (strips.tobytes()[at :: strips.width] for at in range(strips.width))
    runs = (sum(1 for _ in run) for column in columns for is_ink, run in groupby(column, bool) if is_ink)
    return median([run for run in runs if LOWEST <= run <= HIGHEST] or [0])


def _lines(rows: list[str], prepared: _Prepared) -> Iterator[Line]:
    by_line: dict[tuple[str, ...], list[_Word]] = {}
    for row in rows:
        fields = row.split("\t")
        if len(fields) == COLUMNS and fields[0] == "5" and float(fields[10]) >= _least_confidence(fields[11]):
            by_line.setdefault(tuple(fields[1:5]), []).append(_word(fields))
    for words in by_line.values():
        text = " ".join(word.text for word in words)
        if sum(sign.isalnum() for sign in text) >= LEAST_LETTERS:
            box = (
                min(word.left for word in words),
                min(word.top for word in words),
                max(word.right for word in words),
                max(word.bottom for word in words),
            )
            yield Line(text, prepared.place(box), round(fmean(word.confidence for word in words), 3))


def _least_confidence(text: str) -> int:
    return LEAST_OF_CODE if CODE.fullmatch(text) else LEAST_CONFIDENCE


def _word(fields: list[str]) -> _Word:
    left, top, width, height = map(int, fields[6:10])
    return _Word(fields[11].strip(), left, top, left + width, top + height, float(fields[10]) / 100)
