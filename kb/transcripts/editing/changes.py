"""What a person's changes make of a transcript: which cues become which, and which words keep their times. Pure.

Text and times, split, join, delete and insert are all the same thing: some cues become others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nsmallest
from itertools import chain
from typing import Any

from kb.errors import Conflict, Invalid
from kb.transcripts.cues import MOST_CUES, TimedText, cleaned

# Of each word [start_ms, end_ms, text, confidence or null]: as the column keeps them.
Spoken = list[list[Any]]
# More words than stand in any one place that people work on; beyond them only whole cues are compared.
MOST_COMPARED = 4_000
# Of so many changes that can't be done it is told what stands there now, and of so many cues each time. Who sends more
# than that tries again with the others.
MOST_MISSED = 50
MOST_THEIRS = 50


@dataclass(frozen=True)
class Change:
    """These cues, as its maker saw them, become those. Either may be empty, not both."""

    before: tuple[TimedText, ...]
    after: tuple[TimedText, ...]


@dataclass(frozen=True)
class Missed:
    """The change at this place of a batch was made to words that are not there any more; there stand these instead."""

    place: int
    theirs: list[TimedText]


class WordsChanged(Conflict):
    code = "words-changed"

    def __init__(self, missed: Sequence[Missed]) -> None:
        super().__init__("Somebody changed the same words meanwhile. Look at what stands there now.")
        self.missed = missed


def checked(changes: Iterable[Change]) -> list[Change]:
    """As they are kept. Raises Invalid for a cue without text or with impossible times."""
    return [Change(change.before, _checked(change.after)) for change in changes if change.before != change.after]


def fitted(cues: Iterable[TimedText], changes: Sequence[Change]) -> list[Change]:
    """Those of the changes that are still to be done, one after the other; what was done before (an answer that
    got lost) is passed over.

    Raises WordsChanged with the first changes whose cues are not there as they were seen; Invalid if too few or too
    many cues would be left.
    """
    present = _Present(cues)
    to_do, missed = [], []
    for place, change in enumerate(changes):
        if present.replace(change):
            to_do.append(change)
        elif not change.after or not present.holds(change.after):
            missed.append(Missed(place, present.around(change.before)))
        if len(missed) == MOST_MISSED:
            break
    if missed:
        raise WordsChanged(missed)
    if to_do and not 0 < len(present) <= MOST_CUES:
        text = f"At most {MOST_CUES:,} lines fit here." if len(present) else "One line at least must stay."
        raise Invalid(text, errors={"changes": [text]})
    return to_do


def difference(before: Sequence[TimedText], after: Sequence[TimedText]) -> list[Change]:
    """The changes that lead from one whole to the other; each as small as whole cues allow."""
    return [
        Change(tuple(before[a:b]), tuple(after[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes()
        if kind != "equal"
    ]


def carried(before: Sequence[tuple[TimedText, Spoken | None]], after: Sequence[TimedText]) -> list[Spoken | None]:
    """The words with times of cues that came of others: what was not touched keeps time and confidence.

    A word that a person wrote gets its share of the time of those that it replaced, and no confidence: it is not in
    doubt. None where the times were not known before.
    """
    if len(before) == len(after):
        return [_moved(*pair, new) for pair, new in zip(before, after, strict=True)]
    if not before or any(spoken is None for _, spoken in before):
        return [None] * len(after)
    return list(_dealt_out(list(chain.from_iterable(spoken or () for _, spoken in before)), after))


def _moved(cue: TimedText, spoken: Spoken | None, new: TimedText) -> Spoken | None:
    if spoken is None or new == cue:
        return spoken
    by_ms = new.start_ms - cue.start_ms if new.end_ms - cue.end_ms == new.start_ms - cue.start_ms else 0
    here = [[start_ms + by_ms, end_ms + by_ms, *rest] for start_ms, end_ms, *rest in spoken]
    return next(_dealt_out(here, [new]))


def _dealt_out(spoken: Spoken, after: Sequence[TimedText]) -> Iterator[Spoken | None]:
    texts = [cue.text.split() for cue in after]
    if len(spoken) + sum(map(len, texts)) > MOST_COMPARED:
        yield from [None] * len(after)
        return
    timed = _aligned(spoken, list(chain.from_iterable(texts)), after[0].start_ms if after else 0)
    at = 0
    for cue, words in zip(after, texts, strict=True):
        yield [
            [*_within(cue, start_ms, end_ms), text, confidence]
            for start_ms, end_ms, text, confidence in timed[at : at + len(words)]
        ]
        at += len(words)


def _aligned(spoken: Spoken, texts: list[str], start_ms: int) -> Spoken:
    found: Spoken = []
    matcher = SequenceMatcher(None, [str(word[2]).strip() for word in spoken], texts, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found += [[word[0], word[1], text, word[3]] for word, text in zip(spoken[a:b], texts[c:d], strict=True)]
        elif d > c:
            # Nothing was said there before: it takes no time of its own.
            at = spoken[a - 1][1] if a else start_ms
            begins, ends = (spoken[a][0], spoken[b - 1][1]) if b > a else (at, at)
            found += _spread(texts[c:d], begins, ends)
    return found


def _spread(texts: list[str], start_ms: int, end_ms: int) -> Spoken:
    """By their length: a long word takes longer to say."""
    letters = sum(map(len, texts))
    spread, said = [], 0
    for text in texts:
        from_ms, said = start_ms + (end_ms - start_ms) * said // letters, said + len(text)
        spread.append([from_ms, start_ms + (end_ms - start_ms) * said // letters, text, None])
    return spread


def _within(cue: TimedText, start_ms: int, end_ms: int) -> tuple[int, int]:
    from_ms = min(max(start_ms, cue.start_ms), cue.end_ms)
    return from_ms, min(max(end_ms, from_ms), cue.end_ms)


def _checked(cues: Sequence[TimedText]) -> tuple[TimedText, ...]:
    kept = cleaned(cues)
    if len(kept) < len(cues):
        text = "Each line needs words, and must end after it starts and within a day."
        raise Invalid(text, errors={"changes": [text]})
    return tuple(kept)


class _Present:
    """The cues that are there, found by what they are: they have no name of their own that a reader knows."""

    def __init__(self, cues: Iterable[TimedText]) -> None:
        self._count = Counter(cues)

    def __len__(self) -> int:
        return self._count.total()

    def holds(self, cues: Sequence[TimedText]) -> bool:
        return all(self._count[cue] >= wanted for cue, wanted in Counter(cues).items())

    def replace(self, change: Change) -> bool:
        """Whether there was something to replace; of what was to be added only, whether it is new."""
        if not (self.holds(change.before) if change.before else not self.holds(change.after)):
            return False
        self._count.subtract(change.before)
        self._count.update(change.after)
        return True

    def around(self, cues: Sequence[TimedText]) -> list[TimedText]:
        """What stands where these stood."""
        start_ms, end_ms = min(cue.start_ms for cue in cues), max(cue.end_ms for cue in cues)
        found = [cue for cue in self._count.elements() if cue.start_ms < end_ms and cue.end_ms > start_ms]
        return nsmallest(MOST_THEIRS, found, key=lambda cue: (cue.start_ms, cue.end_ms))
