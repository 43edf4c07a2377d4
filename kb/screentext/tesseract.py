"""Screens read by tesseract, a picture a process: a crash or a hang ends that process and nothing else.

Measured on 1080p recordings: as it is, it drops one word in ten of a form; inverted where dark and half as large again,
one in fifty (bench/screen.py), and at twice the size no fewer, for a fifth more of the time. More threads only wait
for each other: four take five times the CPU seconds of one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from statistics import fmean

from PIL import Image, ImageOps, ImageStat

from kb.screentext.contract import Line, Run

# Of 0 to 100, as tesseract says it.
LEAST_CONFIDENCE = 40
LEAST_LETTERS = 4
# Letters on wider screens are large enough as they are.
LARGER = 1.5
WIDEST_ENLARGED = 2600
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
        factor = LARGER if picture.width <= WIDEST_ENLARGED else 1.0
        size = (round(gray.width * factor), round(gray.height * factor))
        larger = gray.resize(size, Image.Resampling.BICUBIC)
        # The ground is what most pixels are.
        ground = max(range(256), key=larger.histogram().__getitem__)
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


def _lines(rows: list[str], prepared: _Prepared) -> Iterator[Line]:
    by_line: dict[tuple[str, ...], list[_Word]] = {}
    for row in rows:
        fields = row.split("\t")
        if len(fields) == COLUMNS and fields[0] == "5" and float(fields[10]) >= LEAST_CONFIDENCE:
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


def _word(fields: list[str]) -> _Word:
    left, top, width, height = map(int, fields[6:10])
    return _Word(fields[11].strip(), left, top, left + width, top + height, float(fields[10]) / 100)
