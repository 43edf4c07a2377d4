"""From a yes or no per frame of sound to pieces of speech short enough to recognise. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

LONGEST_MS = 12_000
PAD_MS = 150
PAUSE_MS = 300
# A click or a key stroke is shorter than any word.
SHORTEST_MS = 90


@dataclass(frozen=True)
class Span:
    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def spans(voiced: Sequence[bool], *, frame_ms: int, duration_ms: int) -> list[Span]:
    """Return the stretches of speech with a little room around them, none over 12 s and none beyond the duration."""
    speech = [span for span in _joined(_runs(voiced, frame_ms)) if span.length_ms >= SHORTEST_MS]
    pieces = [piece for span in speech for piece in _cut(span, voiced, frame_ms)]
    return [Span(max(0, piece.start_ms), min(duration_ms, piece.end_ms)) for piece in _padded(pieces)]


def _runs(voiced: Sequence[bool], frame_ms: int) -> list[Span]:
    runs = []
    at = 0
    for is_voiced, frames in groupby(voiced):
        count = len(list(frames))
        if is_voiced:
            runs.append(Span(at * frame_ms, (at + count) * frame_ms))
        at += count
    return runs


def _joined(runs: Sequence[Span]) -> list[Span]:
    """Join what only a short pause parts: a word cut in two is never recognised."""
    joined: list[Span] = []
    for run in runs:
        if joined and run.start_ms - joined[-1].end_ms < PAUSE_MS:
            joined[-1] = Span(joined[-1].start_ms, run.end_ms)
        else:
            joined.append(run)
    return joined


def _cut(span: Span, voiced: Sequence[bool], frame_ms: int) -> list[Span]:
    """Cut what is too long at the longest pause of its second half; in the middle if there is none."""
    if span.length_ms <= LONGEST_MS - 2 * PAD_MS:
        return [span]
    latest = span.start_ms + LONGEST_MS - 2 * PAD_MS
    earliest = span.start_ms + (LONGEST_MS - 2 * PAD_MS) // 2
    pauses = _runs([not is_voiced for is_voiced in voiced[earliest // frame_ms : latest // frame_ms]], frame_ms)
    longest = max(pauses, key=lambda pause: pause.length_ms, default=None)
    at = earliest + (longest.start_ms + longest.end_ms) // 2 if longest else latest
    return [Span(span.start_ms, at), *_cut(Span(at, span.end_ms), voiced, frame_ms)]


def _padded(pieces: Sequence[Span]) -> list[Span]:
    """Room for soft beginnings and endings, but not so much that two pieces hear the same."""
    padded = []
    for at, piece in enumerate(pieces):
        before = pieces[at - 1].end_ms if at else -PAD_MS
        after = pieces[at + 1].start_ms if at + 1 < len(pieces) else piece.end_ms + 2 * PAD_MS
        start_ms = piece.start_ms - min(PAD_MS, (piece.start_ms - before) // 2)
        padded.append(Span(start_ms, piece.end_ms + min(PAD_MS, (after - piece.end_ms) // 2)))
    return padded
