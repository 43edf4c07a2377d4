"""The searched words within a text: where they stand, how good each match is, and the text with them marked. Pure."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import chain, groupby
from operator import itemgetter
from typing import Literal, NamedTuple

from kb.index.analysis import DEFAULT, fold, primary_subtag
from kb.index.contract import Token
from kb.search.query import Wanted, in_sequence

Kind = Literal["speech", "screen", "chapter", "solved", "title"]
# A text and its language.
Analyse = Callable[[str, str], Sequence[Token]]

# How much of a word's weight is earned by that very form, by a synonym, another form of it, and a part of a compound.
EXACT, SYNONYM, SAME_STEM, PART = 1.0, 0.9, 0.75, 0.5
WORDS_AROUND = 6
LONGEST_TEXT = 24


# Forms of one English word differ in their last letters: of a stem all but two are in every form, and two at least.
LEFT_OUT = 2
IRREGULAR = {"die": "dy", "lie": "ly", "tie": "ty", "sky": "sk"}


class TimedWord(NamedTuple):
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Passage:
    """Words with a time. words: the same words one by one with their own times, where an engine gave them; heard: the
    same as Cue.words keeps them (JSON), told apart only for the few passages of which it is asked.

    kind "title": the title and what else is written about the whole; without that, a screencast found by its
    description alone would fall behind those that happen to say one of the words. language: of the text (BCP 47).
    """

    start_ms: int
    end_ms: int
    text: str
    kind: Kind = "speech"
    words: tuple[TimedWord, ...] = ()
    language: str = ""
    heard: str = ""

    def timed_words(self) -> Sequence[TimedWord]:
        return self.words or [TimedWord(*word[:3]) for word in json.loads(self.heard or "null") or ()]


def marked(
    text: str,
    wanted: Sequence[Wanted],
    analyse: Analyse,
    doubtful: Collection[int] = frozenset(),
    *,
    language: str = "",
) -> str:
    """Return the whole text escaped, with <mark> around the words found; for titles and transcripts.

    doubtful: which of its words, counted between white space from 0, get a <span class="doubtful">.
    """
    passage = Passage(0, 0, text, language=language)
    match = finder(tuple(wanted), analyse).match(passage)
    whole = match or Match(passage, tuple((chunk, ()) for chunk in text.split()), {})
    return whole.html(shortened=False, doubtful=doubtful)


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

    def said(self) -> list[Said]:
        start_ms, words = self.passage.start_ms, self.passage.timed_words()
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


class Finder:
    """Looks for the wanted words, in each language by their forms in that."""

    def __init__(self, wanted: Sequence[Wanted], analyse: Analyse) -> None:
        self._wanted = wanted
        self._analyse = analyse
        self._by_language: dict[str, _OneLanguage] = {}

    def match(self, passage: Passage) -> Match | None:
        language = passage.language
        if language not in self._by_language:
            self._by_language[language] = _OneLanguage(self._wanted, self._analyse, language)
        return self._by_language[language].match(passage)


class _OneLanguage:
    """What a chunk of text holds is remembered, for words are repeated."""

    def __init__(self, wanted: Sequence[Wanted], analyse: Analyse, language: str) -> None:
        self._analyse = analyse
        self._language = language
        words = [word for word in wanted if not word.stands_for]
        # The form that a word has here, and its stem as it was asked for.
        self._stems = {stem: word.stem for word in words for stem in self._stems_of(word)}
        self._exact = {word.exact: word.stem for word in words}
        self._starts = tuple(word for word in words if word.prefix)
        self._synonyms = [(self._sequence_of(word), word) for word in wanted if word.stands_for]
        # To tell words apart takes most of the time, and few passages and words are any of those that are wanted.
        is_english = primary_subtag(language) in ("", DEFAULT)
        self._may_hold = sieve(wanted).search if is_english else None
        self._known: dict[str, tuple[Mark, ...]] = {}
        self._followed: dict[str, Sequence[Token]] = {}

    def _stems_of(self, word: Wanted) -> Iterable[str]:
        if not self._language:
            return [word.stem]
        return [token.stem for token in self._tokens(word.written) if token.exact == word.exact]

    def _sequence_of(self, word: Wanted) -> list[str]:
        if not self._language:
            return [word.stem, *word.then]
        return [token.stem for chunk in word.written.split() for token in in_sequence(self._tokens(chunk))]

    def _tokens(self, text: str) -> Sequence[Token]:
        return self._analyse(text, self._language)

    def match(self, passage: Passage) -> Match | None:
        if self._is_other(passage.text):
            return None
        known = self._known
        texts = passage.text.split()
        grades: dict[str, float] = {}
        for text in texts:
            marks = known.get(text)
            if marks is None:
                marks = known[text] = tuple(self._marks(text))
            for mark in marks:
                grades[mark.stem] = max(mark.grade, grades.get(mark.stem, 0.0))
        synonyms = self._synonyms_in(texts) if self._synonyms else {}
        for mark in chain.from_iterable(synonyms.values()):
            grades[mark.stem] = max(mark.grade, grades.get(mark.stem, 0.0))
        if not grades:
            return None
        return Match(
            passage, tuple((text, known[text] + tuple(synonyms.get(at, ()))) for at, text in enumerate(texts)), grades
        )

    def _is_other(self, text: str) -> bool:
        """Whether none of the wanted words can be in it, as far as that is seen without telling its words apart."""
        return self._may_hold is not None and not self._may_hold(flat(text))

    def _marks(self, chunk: str) -> Iterable[Mark]:
        for token in () if self._is_other(chunk) else self._tokens(chunk):
            if stem := self._exact.get(token.exact):
                yield Mark(token.start, token.end, stem, PART if token.part else EXACT)
            elif stem := self._stems.get(token.stem):
                yield Mark(token.start, token.end, stem, PART if token.part else SAME_STEM)
            else:
                for word in self._starts:
                    if token.exact.startswith(word.exact):
                        yield Mark(token.start, token.end, word.stem, PART if token.part else SAME_STEM)

    def _synonyms_in(self, texts: Sequence[str]) -> dict[int, list[Mark]]:
        """By the place of a chunk. A synonym of several words may begin in one chunk and end in another."""
        found: dict[int, list[Mark]] = {}
        followed = self._followed
        tokens: list[tuple[int, Token]] = []
        for at, text in enumerate(texts):
            if text not in followed:
                followed[text] = in_sequence(self._tokens(text))
            tokens += [(at, token) for token in followed[text]]
        stems = [token.stem for _, token in tokens]
        for sought, synonym in self._synonyms:
            for start, stem in enumerate(stems):
                if stem == sought[0] and stems[start : start + len(sought)] == sought:
                    for at, held in groupby(tokens[start : start + len(sought)], key=itemgetter(0)):
                        found.setdefault(at, []).extend(_synonym_marks([token for _, token in held], synonym))
        return found


def sieve(wanted: Iterable[Wanted]) -> re.Pattern[str]:
    """What every English text that holds one of these words has, once it is `flat`: how one of their forms begins."""
    beginnings = set()
    for word in wanted:
        if word.prefix:
            beginnings.add(flat(word.exact))
        for form in {flat(word.exact), flat(word.stem), IRREGULAR.get(word.stem, "")} - {""}:
            beginnings.add(form[: max(2, len(form) - LEFT_OUT)])
    return re.compile("|".join(map(re.escape, sorted(beginnings))) if beginnings else r"(?!)")


def flat(text: str) -> str:
    """As the analysis folds words, and without what joins the parts of one."""
    return fold(text).replace("-", "").replace("'", "")


def _synonym_marks(tokens: Sequence[Token], synonym: Wanted) -> list[Mark]:
    """One for each word that it stands for; a compound is marked as a whole."""
    return [Mark(tokens[0].start, tokens[-1].end, stem, SYNONYM) for stem in synonym.stands_for]


# The hits of one page are asked for with the same words.
finder = lru_cache(maxsize=8)(Finder)


def _chunk_html(text: str, marks: Sequence[Mark]) -> str:
    html = ""
    at = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.start >= at:
            html += f"{escape(text[at : mark.start])}<mark>{escape(text[mark.start : mark.end])}</mark>"
            at = mark.end
    return html + escape(text[at:])
