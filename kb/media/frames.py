"""The small gray pictures of a recording: which moment tells the most, and when the screen becomes another one."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

# 8-bit gray, one after the other without any header: frame n is what was on the screen at n * FRAME_STEP_MS.
FRAME_SIZE = (160, 90)
FRAME_STEP_MS = 500
# A picture that differs from the next by more than this (mean of 0 to 255) is on its way to another one.
SETTLED = 4.0
MOST_LOOKED_AT = 600
# What tells at least so much of the most, nobody would choose it away; and an earlier one is sooner decoded.
NEARLY = 0.85

# A pixel that differs by more than this (of 255) has changed. The others are shares of the pixels.
CHANGED = 16
# A line that is typed changes less than half of this, a scrolled page ten times as much.
MOVES = 0.02
# Of a page of text on the same ground, as after a jump in it, a quarter of the pixels changes.
IS_OTHER = 0.15
# Another window, or light after dark: there is no need to wait for the end of the movement.
IS_ANOTHER_WINDOW = 0.5
LEAST_SCENE_MS = 2000


def read_frames(frames: Path, first: int = 0) -> Iterator[Image.Image]:
    """Yield the gray pictures in order, from the first on; number n is what was on the screen at n * FRAME_STEP_MS."""
    size = FRAME_SIZE[0] * FRAME_SIZE[1]
    with frames.open("rb") as file:
        file.seek(first * size)
        while len(pixels := file.read(size)) == size:
            yield Image.frombytes("L", FRAME_SIZE, pixels)


def scenes_ms(pictures: Iterable[Image.Image]) -> list[int]:
    """Return when the screen becomes another one: at a change of its whole, or where a movement has led elsewhere.

    A scrolled page is one movement, and becomes another screen where it stands still. The first scene begins at 0.
    """
    begins: list[int] = []
    scene = before = None
    moved = False
    for number, picture in enumerate(pictures):
        if scene is None or before is None:
            begins, scene, before = [0], picture, picture
            continue
        change = _changed(before, picture)
        settled = moved and change < MOVES and _changed(scene, before) >= IS_OTHER
        if change >= IS_ANOTHER_WINDOW or settled:
            scene = picture
            # Where it came to rest it was first seen a picture ago.
            begin = (number - 1 if settled else number) * FRAME_STEP_MS
            if begin - begins[-1] >= LEAST_SCENE_MS:
                begins.append(begin)
        before, moved = picture, change >= MOVES
    return begins


def _changed(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that are not the same any more."""
    shades = ImageChops.difference(one, other).histogram()
    return sum(shades[CHANGED + 1 :]) / (one.width * one.height)


def telling_ms(frames: Path) -> int:
    """Return the earliest moment with nearly the most to see: many shades times many edges.

    Not a blank one unless all are; a moment that stands still before one in motion.
    """
    scores = [
        (number, _score(picture) * (1.0 if _difference(picture, following) < SETTLED else 0.5))
        for number, picture, following in _with_following(frames)
    ]
    enough = NEARLY * max((score for _, score in scores), default=0.0)
    return next((number for number, score in scores if score >= enough), 0) * FRAME_STEP_MS


def _with_following(frames: Path) -> Iterator[tuple[int, Image.Image, Image.Image]]:
    """Yield each picture with its number and the next one (the last with itself); of a long recording, some of them."""
    count = frames.stat().st_size // (FRAME_SIZE[0] * FRAME_SIZE[1])
    step = 1 + count // MOST_LOOKED_AT
    before: tuple[int, Image.Image] | None = None
    for number, picture in enumerate(read_frames(frames)):
        if before:
            yield *before, picture
        before = (number, picture) if number % step == 0 else None
    if before:
        yield *before, before[1]


def _score(picture: Image.Image) -> float:
    edges = picture.filter(ImageFilter.FIND_EDGES).crop((1, 1, FRAME_SIZE[0] - 1, FRAME_SIZE[1] - 1))
    return float(picture.entropy() * ImageStat.Stat(edges).mean[0])


def _difference(one: Image.Image, other: Image.Image) -> float:
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])
