"""Long stretches of speech into pieces that can be read as captions while they are said. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from kb.speech.contract import Segment, Word

# Two lines of forty-two signs for at most seven seconds: what most houses that make subtitles ask for.
LONGEST_SIGNS = 84
LONGEST_MS = 7_000
# A speaker who stops for this long has ended something.
PAUSE_MS = 350
SENTENCE_ENDS = tuple(".!?…。！？؟।")
CLAUSE_ENDS = tuple(",;:–—،、，；：")
# What it costs to cut here, beside 1 for a piece that is as short as can be.
AFTER_SENTENCE, AFTER_PAUSE, AFTER_CLAUSE, ELSEWHERE = 0.0, 0.15, 0.2, 0.8


@dataclass(frozen=True)
class _Part:
    """A word and where it stands in the text of its segment, up to the start of the next one."""

    word: Word
    text: str


def caption_sized(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Cut what is longer than two lines or seven seconds, at its pauses and punctuation; the rest stays as it is.

    No word is lost, and each keeps its times and its confidence. Where the engine gave no words, their times are taken
    from how long they are. A single word is never cut, however long it lasts.
    """
    for segment in segments:
        yield from _cut(segment) if _is_long(segment.text, segment.end_ms - segment.start_ms) else [segment]


def _cut(segment: Segment) -> Iterator[Segment]:
    parts = _parts(segment.text, segment.words or _guessed(segment))
    if len(parts) < 2:
        yield segment
        return
    edges = _best_edges(parts)
    for first, last in pairwise(edges):
        piece = parts[first:last]
        yield Segment(
            segment.start_ms if first == 0 else piece[0].word.start_ms,
            segment.end_ms if last == len(parts) else piece[-1].word.end_ms,
            _text(piece),
            tuple(part.word for part in piece) if segment.words else (),
        )


def _parts(text: str, words: Iterable[Word]) -> list[_Part]:
    """The text as it is written, divided where its words begin; where they are not those of the text, word for word."""
    words = list(words)
    starts, at = [], 0
    for word in words:
        at = text.find(word.text.strip(), at)
        if at < 0:
            return [_Part(word, f"{word.text.strip()} ") for word in words]
        starts.append(at)
        at += len(word.text.strip())
    starts[:1] = [0] if starts else []
    return [_Part(word, text[start:end]) for word, start, end in zip(words, starts, [*starts[1:], None], strict=True)]


def _guessed(segment: Segment) -> list[Word]:
    """Words without times of their own, each given as much of the time as it takes of the text."""
    texts, length_ms, said = segment.text.split(), segment.end_ms - segment.start_ms, 0
    total = sum(map(len, texts))
    words = []
    for text in texts:
        start_ms = segment.start_ms + length_ms * said // total
        said += len(text)
        words.append(Word(start_ms, segment.start_ms + length_ms * said // total, text))
    return words


def _best_edges(parts: list[_Part]) -> list[int]:
    """Where the pieces begin, and the end: the cheapest way to divide them, found from the back."""
    best: list[tuple[float, int]] = [(0.0, len(parts))] * (len(parts) + 1)
    for first in reversed(range(len(parts))):
        ways = []
        for last in range(first + 1, len(parts) + 1):
            piece = parts[first:last]
            if last > first + 1 and _is_long(_text(piece), piece[-1].word.end_ms - piece[0].word.start_ms):
                break
            ways.append((_cost(piece, parts[last] if last < len(parts) else None) + best[last][0], last))
        best[first] = min(ways)
    edges = [0]
    while edges[-1] < len(parts):
        edges.append(best[edges[-1]][1])
    return edges


def _cost(piece: list[_Part], following: _Part | None) -> float:
    """Low for a piece that is well filled and ends where the speaker ended something."""
    fullness = min(1.0, len(_text(piece)) / LONGEST_SIGNS)
    return (1 - fullness) ** 2 + 0.1 + (_cut_cost(piece[-1], following) if following else 0)


def _cut_cost(part: _Part, following: _Part) -> float:
    text = part.text.rstrip().rstrip("\"'»”’)]")
    if text.endswith(SENTENCE_ENDS):
        return AFTER_SENTENCE
    if following.word.start_ms - part.word.end_ms >= PAUSE_MS:
        return AFTER_PAUSE
    return AFTER_CLAUSE if text.endswith(CLAUSE_ENDS) else ELSEWHERE


def _text(piece: list[_Part]) -> str:
    return "".join(part.text for part in piece).strip()


def _is_long(text: str, length_ms: int) -> bool:
    return len(text) > LONGEST_SIGNS or length_ms > LONGEST_MS
