"""What the index says of a file that our own ffmpeg has just written with the index in front.

Read here, since a process that is asked would cost as much as the copy itself. Never for a file that somebody uploaded.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ToolFailed

HEADER = struct.Struct(">I4s")
# What follows the version of mvhd and mdhd: two dates, ticks a second, length in ticks.
CLOCKS = {0: struct.Struct(">4x4xII"), 1: struct.Struct(">8x8xIQ")}
RUN = struct.Struct(">II")
NUMBER = struct.Struct(">I")
# Far more than the head of a WebM, which holds no words of the source's.
WEBM_HEAD_BYTES = 64 * 1024
# Info, then in it TimestampScale (always a millisecond here) and Duration, a double.
WEBM_DURATION = re.compile(rb"\x15\x49\xa9\x66.{0,200}?\x44\x89\x88(.{8})", re.DOTALL)


@dataclass(frozen=True)
class Muxed:
    """keyframe_gap_ms: the longest way between two places where decoding can start. avc: such as avc1.640028."""

    duration_ms: int
    keyframe_gap_ms: int
    avc: str | None


def webm_duration_ms(path: Path) -> int:
    with path.open("rb") as file:
        found = WEBM_DURATION.search(file.read(WEBM_HEAD_BYTES))
    if not found:
        raise _not_ours()
    duration_ms: float = struct.unpack(">d", found[1])[0]
    return round(duration_ms)


def read_mp4(path: Path) -> Muxed:
    """Raises ToolFailed if there is no video in it, or its index does not stand in front."""
    try:
        movie = _movie(path)
        duration_ms = _length_ms(_inside(movie, b"mvhd"))
        media = next(each for each in _media(movie) if _inside(each, b"hdlr")[8:12] == b"vide")
        gap_ms = _keyframe_gap_ms(media, duration_ms)
    except (StopIteration, struct.error, KeyError) as error:
        raise _not_ours() from error
    avc = re.search(rb"avcC\x01(...)", movie, re.DOTALL)
    return Muxed(duration_ms, gap_ms, f"avc1.{avc[1].hex()}" if avc else None)


def _movie(path: Path) -> bytes:
    """The box `moov`, which stands before the pictures."""
    with path.open("rb") as file:
        while head := file.read(HEADER.size):
            size, name = HEADER.unpack(head)
            if name == b"moov":
                return file.read(size - HEADER.size)
            if name == b"mdat":
                break
            file.seek(size - HEADER.size, 1)
    raise _not_ours()


def _media(movie: bytes) -> Iterator[bytes]:
    return (_inside(body, b"mdia") for name, body in _boxes(movie) if name == b"trak")


def _inside(content: bytes, *names: bytes) -> bytes:
    for wanted in names:
        content = next(body for name, body in _boxes(content) if name == wanted)
    return content


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        size, name = HEADER.unpack_from(content, at)
        if size < HEADER.size:
            raise _not_ours()
        yield name, content[at + HEADER.size : at + size]
        at += size


def _length_ms(box: bytes) -> int:
    ticks_per_s, ticks = _clock(box)
    return round(ticks * 1000 / ticks_per_s)


def _clock(box: bytes) -> tuple[int, int]:
    """Ticks a second, and the length in them."""
    ticks_per_s, ticks = CLOCKS[box[0]].unpack_from(box, 4)
    return ticks_per_s, ticks


def _keyframe_gap_ms(media: bytes, duration_ms: int) -> int:
    ticks_per_s, _ = _clock(_inside(media, b"mdhd"))
    table = _inside(media, b"minf", b"stbl")
    runs = list(RUN.iter_unpack(_inside(table, b"stts")[8:]))
    keyframes = next((body[8:] for name, body in _boxes(table) if name == b"stss"), None)
    # Where no keyframes are listed, every picture is one.
    numbers = range(1, sum(count for count, _ in runs) + 1) if keyframes is None else _numbers(keyframes)
    gap_ms, before_ms = 0.0, 0.0
    for ticks in (*_begins(runs, numbers), duration_ms * ticks_per_s / 1000):
        gap_ms, before_ms = max(gap_ms, ticks * 1000 / ticks_per_s - before_ms), ticks * 1000 / ticks_per_s
    return round(gap_ms)


def _numbers(listed: bytes) -> Iterator[int]:
    return (number for (number,) in NUMBER.iter_unpack(listed))


def _begins(runs: Iterable[tuple[int, int]], numbers: Iterable[int]) -> Iterator[int]:
    """When these pictures, counted from 1, begin, in ticks. runs: so many pictures, of so many ticks each."""
    wanted = iter(numbers)
    number = next(wanted, None)
    first, begins = 1, 0
    for count, ticks in runs:
        while number is not None and number < first + count:
            yield begins + (number - first) * ticks
            number = next(wanted, None)
        first, begins = first + count, begins + count * ticks


def _not_ours() -> ToolFailed:
    return ToolFailed("The video program wrote a file without an index, so it was thrown away.", permanent=False)
