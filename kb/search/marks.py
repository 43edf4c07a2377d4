"""A text with the searched words in it: what it is, where they stand, and how it is shown. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
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


@dataclass(frozen=True)
class Match:
    """A passage with words found. chunks: its text between white space, each with its marks."""

    passage: Passage
    chunks: tuple[tuple[str, tuple[Mark, ...]], ...]
    grades: dict[str, float]

    def said(self, heard: Heard) -> list[Said]:
        start_ms, words = self.passage.start_ms, heard.get(self.passage.cue or 0, ())
        # Edited text no longer has the engine's words; then only the passage's time holds.
        is_timed = [word.text for word in words] == [chunk for chunk, _ in self.chunks]
        return [
            Said(max(start_ms, words[at].start_ms) if is_timed else start_ms, mark.stem, mark.grade)
            for at, (_, marks) in enumerate(self.chunks)
            for mark in marks
        ]

    def html(self, *, shortened: bool = True, doubtful: Collection[int] = frozenset()) -> str:
        shown: list[str] = []
        former = -1
        for at in self._shown() if shortened else range(len(self.chunks)):
            if at != former + 1:
                shown.append("…")
            chunk = _chunk_html(*self.chunks[at])
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
            for at, (_, marks) in enumerate(self.chunks)
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
