"""When the screen is worth reading, and which part of it: what stands still and was not there at the last glance.

Looks at the small gray pictures that a rendition leaves behind; what of them is read is decoded at full size by
`kb.media.sharp`.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil, floor
from pathlib import Path

from PIL import Image, ImageChops

from kb.media.frames import FRAME_SIZE, FRAME_STEP_MS, read_frames

# Left, top, right, bottom, as shares of the picture's width and height.
Box = tuple[float, float, float, float]
ALL: Box = (0.0, 0.0, 1.0, 1.0)

# A letter covers a third of a pixel here, so that one of them changes it by this much (of 255); noise does not.
CHANGED = 6
# In pixels: a blinking cursor is smaller, a word larger.
LEAST = 8
# In pixels: a letter that is typed in half a second is more.
MOTION = 2
# Changes in tiles that touch are one change; the pointer far from the window that it opened is another.
TILE = 10
# What never stands still (a film in a corner) is read as it moves.
LONGEST_MOTION_MS = 5000
# Room around what has changed, in pixels: letters whose edge has changed are read whole.
MARGIN = 2
# Starting to read costs as much as reading this share of a picture.
START = 0.15
# In whole pictures: what is read of a restless recording, in a minute and in all.
MOST_A_MINUTE = 6.0
MOST_OF_SHORT = 8.0
MOST_IN_ALL = 200.0
FARTHEST_APART_MS = 64_000


@dataclass(frozen=True)
class Glance:
    """at_ms: when to read. began_ms: when the first of it was there. boxes: what is another than at the last glance."""

    at_ms: int
    began_ms: int
    boxes: tuple[Box, ...]

    @property
    def pictures(self) -> float:
        """What reading it costs, in whole pictures."""
        return sum(map(_cost, self.boxes))


def worth_reading(frames: Path) -> list[Glance]:
    """Choose the glances at a recording; at a long or restless one fewer, so that its reading is bounded.

    frames: as `render` leaves them.
    """
    count = frames.stat().st_size // (FRAME_SIZE[0] * FRAME_SIZE[1])
    minutes = count * FRAME_STEP_MS / 60_000
    most = min(MOST_IN_ALL, max(MOST_OF_SHORT, MOST_A_MINUTE * minutes))
    apart_ms = 2 * FRAME_STEP_MS
    while True:
        found = glances(read_frames(frames), apart_ms=apart_ms)
        if sum(each.pictures for each in found) <= most or apart_ms >= FARTHEST_APART_MS:
            return found
        apart_ms = apart_ms * 3 // 2


def glances(pictures: Iterable[Image.Image], *, apart_ms: int = 0) -> list[Glance]:
    """Return the moments when something new stands still, in order, at least apart_ms from each other.

    pictures: in steps of FRAME_STEP_MS. The first picture is looked at in any case, and so is what is new at the end.
    """
    found: list[Glance] = []
    read: Image.Image | None = None
    recent: deque[Image.Image] = deque(maxlen=2)
    began: int | None = None
    number = 0
    for number, picture in enumerate(pictures):
        if read is None:
            found, read = [Glance(0, 0, (ALL,))], picture
        elif _count(_mask(read, picture)) < LEAST:
            began = None
        else:
            began = number if began is None else began
            is_due = number * FRAME_STEP_MS - found[-1].at_ms >= apart_ms
            if is_due and (_stands(picture, recent) or (number - began) * FRAME_STEP_MS >= LONGEST_MOTION_MS):
                found.append(_glance(number, began, read, picture))
                read, began = picture, None
        recent.append(picture)
    if read and began is not None:
        found.append(_glance(number, began, read, recent[-1]))
    return found


def pictures_between(frames: Path, from_ms: int, to_ms: int) -> list[Image.Image]:
    """From the last picture before from_ms, to that of to_ms."""
    first, last = max(0, from_ms // FRAME_STEP_MS - 1), to_ms // FRAME_STEP_MS
    return list(islice(read_frames(frames, first), last - first + 1))


def first_change_ms(pictures: Sequence[Image.Image], box: Box, last_ms: int) -> int:
    """Return when what is in the box first became another than in the first of these pictures.

    last_ms: the time of the last picture; returned where no earlier one has changed.
    """
    cells = _cells(box)
    before = pictures[0].crop(cells)
    least = max(2, (cells[2] - cells[0]) * (cells[3] - cells[1]) // 10)
    for left, picture in zip(range(len(pictures) - 2, -1, -1), pictures[1:], strict=True):
        if _count(_mask(before, picture.crop(cells))) >= least:
            return last_ms - left * FRAME_STEP_MS
    return last_ms


def _stands(picture: Image.Image, recent: Iterable[Image.Image]) -> bool:
    """Whether it is as it was; or, where a cursor blinks, as before that."""
    return any(_count(_mask(each, picture)) < MOTION for each in recent)


def _glance(number: int, began: int, read: Image.Image, picture: Image.Image) -> Glance:
    return Glance(number * FRAME_STEP_MS, began * FRAME_STEP_MS, _changed(_mask(read, picture)))


def _changed(mask: Image.Image) -> tuple[Box, ...]:
    """Where something has changed, with room around; in one box if that is as soon read as in several."""
    whole = _box(mask.getbbox() or (0, 0, *FRAME_SIZE))
    parts = [_box(bounds) for bounds in _parts(mask)]
    return tuple(parts) if sum(map(_cost, parts)) < _cost(whole) else (whole,)


def _parts(mask: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    """The bounds of what has changed, apart for tiles that don't touch."""
    tiles = {
        (left, top): (left + bounds[0], top + bounds[1], left + bounds[2], top + bounds[3])
        for top in range(0, FRAME_SIZE[1], TILE)
        for left in range(0, FRAME_SIZE[0], TILE)
        if (bounds := mask.crop((left, top, left + TILE, top + TILE)).getbbox())
    }
    while tiles:
        todo = [next(iter(tiles))]
        together = []
        while todo:
            left, top = todo.pop()
            if bounds := tiles.pop((left, top), None):
                together.append(bounds)
                todo += [(left + x, top + y) for x in (-TILE, 0, TILE) for y in (-TILE, 0, TILE)]
        lefts, tops, rights, bottoms = zip(*together, strict=True)
        yield min(lefts), min(tops), max(rights), max(bottoms)


def _box(bounds: tuple[int, int, int, int]) -> Box:
    width, height = FRAME_SIZE
    left, top, right, bottom = bounds
    return (
        max(0, left - MARGIN) / width,
        max(0, top - MARGIN) / height,
        min(width, right + MARGIN) / width,
        min(height, bottom + MARGIN) / height,
    )


def _cost(box: Box) -> float:
    left, top, right, bottom = box
    return START + (right - left) * (bottom - top)


def _mask(one: Image.Image, other: Image.Image) -> Image.Image:
    return ImageChops.difference(one, other).point([0] * (CHANGED + 1) + [255] * (255 - CHANGED))


def _count(mask: Image.Image) -> int:
    return mask.histogram()[255]


def _cells(box: Box) -> tuple[int, int, int, int]:
    """The pixels of which half is in the box: rows beside a line of text belong to its neighbours."""
    (left, right), (top, bottom) = _span(box[0], box[2], FRAME_SIZE[0]), _span(box[1], box[3], FRAME_SIZE[1])
    return left, top, right, bottom


def _span(start: float, end: float, size: int) -> tuple[int, int]:
    first, last = floor(start * size + 0.5), ceil(end * size - 0.5)
    if last <= first:
        first = min(size - 1, floor((start + end) / 2 * size))
        last = first + 1
    return first, last
