"""The house's names put right in what engines hear; the words keep their times. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from kb.categories.spellings import Correction, Spellings
from kb.speech.contract import Segment, Word


def spelled(segment: Segment, spellings: Spellings) -> Segment:
    return replace(
        segment, text=spellings.corrected(segment.text), words=tuple(_put_right(list(segment.words), spellings))
    )


def spelled_rows(rows: Sequence[Sequence[Any]], spellings: Spellings) -> list[list[Any]]:
    """The same for a cue's words as they are kept: of each [start_ms, end_ms, text, confidence]."""
    words = _put_right([Word(*row) for row in rows], spellings)
    return [[word.start_ms, word.end_ms, word.text, word.confidence] for word in words]


def _put_right(words: list[Word], spellings: Spellings) -> list[Word]:
    # From the end, so that the places of those before stay as they are.
    for correction in reversed(spellings.found(" ".join(word.text for word in words))):
        first, last, text = _with_edges(words, correction)
        words = [*words[:first], *_timed(text.split(), words[first : last + 1]), *words[last + 1 :]]
    return words


def _with_edges(words: list[Word], correction: Correction) -> tuple[int, int, str]:
    """From which word to which it reaches, and what those become with the commas and endings that hang on them."""
    ends = list(accumulate(len(word.text) + 1 for word in words))
    first = next(place for place, end in enumerate(ends) if correction.start < end)
    last = next(place for place, end in enumerate(ends) if correction.end < end)
    before = words[first].text[: correction.start - (ends[first] - len(words[first].text) - 1)]
    after = words[last].text[correction.end - (ends[last] - len(words[last].text) - 1) :]
    return first, last, f"{before}{correction.written}{after}"


def _timed(texts: list[str], heard: list[Word]) -> Iterable[Word]:
    """As many as were heard take over their times; others share the whole time by their length."""
    if len(texts) == len(heard):
        return [replace(word, text=text) for word, text in zip(heard, texts, strict=True)]
    start_ms, end_ms = heard[0].start_ms, heard[-1].end_ms
    shares = [0, *accumulate(map(len, texts))]
    times = [start_ms + round((end_ms - start_ms) * share / shares[-1]) for share in shares]
    # As sure as the surest of them: together they are a name that is known.
    confidence = max((word.confidence for word in heard if word.confidence is not None), default=None)
    return [Word(times[at], times[at + 1], text, confidence) for at, text in enumerate(texts)]
