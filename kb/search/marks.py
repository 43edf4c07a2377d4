"""A text with the searched words in it: what it is, where they stand, and how it is shown. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import groupby
from typing import Literal, NamedTuple

Kind = Literal["speech", "screen", "chapter", "solved", "title"]

WORDS_AROUND = 6
LONGEST_TEXT = 24


class TimedWord(NamedTuple):
    start_ms: int
    end_ms: int
    text: str


# The words of a cue one by one with their own times, where an engine gave them; by the cue's id.
Heard = Mapping[int, Sequence[TimedWord]]


class Passage(NamedTuple):
    """Words with a time. cue: its id, of what is spoken. language: of the text (BCP 47).

    kind "title": the title and what else is written about the whole; without that, a screencast found by its
    description alone would fall behind those that happen to say one of the words.
    """

    start_ms: int
    end_ms: int
    text: str
    kind: Kind = "speech"
    language: str = ""
    cue: int | None = None


@dataclass(frozen=True)
class Passages:
    """Several of one kind in one language, of which few are looked at: each is made only when it is asked for.

    text: of each a line. starts_ms, ends_ms, cues: numbers with commas between them; no cues of what is not spoken.
    """

    text: str
    starts_ms: str
    ends_ms: str
    cues: str = ""
    kind: Kind = "speech"
    language: str = ""

    def __getitem__(self, at: int) -> Passage:
        starts_ms, ends_ms, cues = self._numbers
        cue = int(cues[at]) or None if cues else None
        return Passage(int(starts_ms[at]), int(ends_ms[at]), self._texts[at], self.kind, self.language, cue)

    def __iter__(self) -> Iterator[Passage]:
        return map(self.__getitem__, range(len(self._texts)))

    def chunks(self, at: int) -> list[str]:
        """Of the text between white space."""
        return self._texts[at].split()

    @cached_property
    def _texts(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _numbers(self) -> tuple[list[str], list[str], list[str]]:
        return self.starts_ms.split(","), self.ends_ms.split(","), self.cues.split(",") if self.cues else []


def together(passages: Iterable[Passage]) -> list[Passages]:
    """In the same order."""
    found = []
    for (kind, language), each in groupby(passages, key=lambda passage: (passage.kind, passage.language)):
        starts_ms, ends_ms, texts, _, _, cues = zip(*each, strict=True)
        text = "\n".join(each.replace("\n", " ") for each in texts)
        found.append(Passages(text, _numbers(starts_ms), _numbers(ends_ms), _numbers(cues), kind, language))
    return found


def _numbers(column: Iterable[int | None]) -> str:
    return ",".join(str(number or 0) for number in column)


class Mark(NamedTuple):
    """A found word within its chunk of text."""

    start: int
    end: int
    stem: str
    grade: float


class Said(NamedTuple):
    """A found word and when it is said; where only its passage's time is known, then."""

    at_ms: int
    stem: str
    grade: float


class Match(NamedTuple):
    """A passage with words found. chunks: its text between white space; marks: those of each.

    grades: of each stem found the best.
    """

    passage: Passage
    chunks: Sequence[str]
    marks: Sequence[tuple[Mark, ...] | None]
    grades: Mapping[str, float]

    def said(self, heard: Heard) -> list[Said]:
        start_ms, words = self.passage.start_ms, heard.get(self.passage.cue or 0, ())
        # Edited text no longer has the engine's words; then only the passage's time holds.
        is_timed = [word.text for word in words] == self.chunks
        return [
            Said(max(start_ms, words[at].start_ms) if is_timed else start_ms, mark.stem, mark.grade)
            for at, marks in enumerate(self.marks)
            for mark in marks or ()
        ]

    def html(self, *, shortened: bool = True, doubtful: Collection[int] = frozenset()) -> str:
        shown: list[str] = []
        former = -1
        for at in self._shown() if shortened else range(len(self.chunks)):
            if at != former + 1:
                shown.append("…")
            chunk = _chunk_html(self.chunks[at], self.marks[at] or ())
            shown.append(f'<span class="doubtful">{chunk}</span>' if at in doubtful else chunk)
            former = at
        if former != len(self.chunks) - 1:
            shown.append("…")
        # Words found side by side read as one.
        return " ".join(shown).replace("</mark> <mark>", " ")

    def _shown(self) -> list[int]:
        """Which chunks to show: all of a short passage, else those around the marks."""
        if len(self.chunks) <= LONGEST_TEXT:
            return list(range(len(self.chunks)))
        near = {
            other
            for at, marks in enumerate(self.marks)
            if marks
            for other in range(max(0, at - WORDS_AROUND), min(len(self.chunks), at + WORDS_AROUND + 1))
        }
        return sorted(near)[:LONGEST_TEXT]


def _chunk_html(text: str, marks: Sequence[Mark]) -> str:
    html = ""
    at = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.start >= at:
            html += f"{escape(text[at : mark.start])}<mark>{escape(text[mark.start : mark.end])}</mark>"
            at = mark.end
    return html + escape(text[at:])
