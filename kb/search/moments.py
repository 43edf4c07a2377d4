"""Where in a screencast the searched words are said or shown, and how well: the second that a hit opens at. Pure.

The best 30 seconds by the weight of the searched words found in them make the first moment, which opens where those
words stand closest together; the same weight, fused with the rank of the whole document, orders the hits.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Literal, NamedTuple

from kb.index.contract import Hit, Token
from kb.search.query import Wanted

Kind = Literal["speech", "screen", "chapter", "title"]
Analyse = Callable[[str], Sequence[Token]]

WINDOW_MS = 30_000
# A sentence or two: who asks for three words wants the second where they are said together, not where the first of them
# was mentioned in passing.
CLOSE_MS = 12_000
# How much of a word's weight is earned by that very form, another form of it, and a part of a compound.
EXACT, SAME_STEM, PART = 1.0, 0.75, 0.5
# A moment much weaker than the best is noise: some common word of the query.
WORTH_SHOWING = 0.5
WORDS_AROUND = 6
LONGEST_TEXT = 24
FUSED_K = 10
WINDOW_WEIGHT = 0.5


class TimedWord(NamedTuple):
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Passage:
    """Words with a time. words: the same words one by one with their own times, where an engine gave them.

    kind "title": the title and what else is written about the whole; without that, a screencast found by its
    description alone would fall behind those that happen to say one of the words.
    """

    start_ms: int
    end_ms: int
    text: str
    kind: Kind = "speech"
    words: tuple[TimedWord, ...] = ()


@dataclass(frozen=True)
class Moment:
    """html: escaped, with <mark> around the words found. score: sum of the weights of the words found.

    score_with_title: the same, were the title said in every moment; for comparing screencasts with each other.
    """

    start_ms: int
    end_ms: int
    kind: Kind
    html: str
    score: float
    score_with_title: float = 0.0


def moments(
    passages: Iterable[Passage],
    wanted: Sequence[Wanted],
    analyse: Analyse,
    *,
    idf: Mapping[str, float] | None = None,
    limit: int = 5,
) -> list[Moment]:
    """Return the best moments, best first; each starts where its words begin to be said or shown together.

    analyse: the index's own, which never looks across white space. idf: stem → weight (1 if unknown).
    The title is a moment, at its passage's time, only if there is no other.
    """
    finder = _finder(tuple(wanted), analyse)
    weights = idf or {}
    found = [match for passage in passages if (match := finder.match(passage))]
    timed = sorted((match for match in found if match.passage.kind != "title"), key=lambda m: m.passage.start_ms)
    titles = [match for match in found if match.passage.kind == "title"]
    best = _apart(_windows(timed, weights), limit) or _windows(titles, weights)[:1]
    return [window.moment(titles) for window in best]


def marked(text: str, wanted: Sequence[Wanted], analyse: Analyse) -> str:
    """Return the whole text escaped, with <mark> around the words found; for titles."""
    match = _finder(tuple(wanted), analyse).match(Passage(0, 0, text))
    return match.html(shortened=False) if match else escape(" ".join(text.split()))


def window_score(found: Sequence[Moment]) -> float:
    """How well a screencast holds the searched words in its title and best moment, for `fuse`; 0 if not at all."""
    return max((moment.score_with_title for moment in found), default=0.0)


def fuse(hits: Sequence[Hit], window_scores: Mapping[str, float]) -> list[Hit]:
    """Reorder hits by reciprocal ranks of the document and of its best window.

    hits: in the index's order, and the same set for every page that is cut out of the result. Scores are of ranks
    alone, and so tell nothing about documents that are not among the hits.
    """
    scores = [window_scores.get(hit.id, 0.0) for hit in hits]
    fused = []
    for rank, (hit, score) in enumerate(zip(hits, scores, strict=True), 1):
        # Equals share a rank, and whoever comes after them pays for all: half of the words is no near miss.
        window_rank = 1 + sum(other > score for other in scores)
        of_window = WINDOW_WEIGHT / (FUSED_K + window_rank) if score else 0.0
        fused.append(Hit(hit.id, 1 / (FUSED_K + rank) + of_window))
    return sorted(fused, key=lambda hit: -hit.score)


class _Mark(NamedTuple):
    """A found word within its chunk of text."""

    start: int
    end: int
    stem: str
    grade: float


class _Said(NamedTuple):
    """A found word and when it is said; where only its passage's time is known, then."""

    at_ms: int
    stem: str
    grade: float


@dataclass(frozen=True)
class _Match:
    """A passage with words found. chunks: its text between white space, each with its marks."""

    passage: Passage
    chunks: tuple[tuple[str, tuple[_Mark, ...]], ...]
    grades: dict[str, float]

    def said(self) -> list[_Said]:
        start_ms, words = self.passage.start_ms, self.passage.words
        # Edited text no longer has the engine's words; then only the passage's time holds.
        is_timed = [word.text for word in words] == [chunk for chunk, _ in self.chunks]
        return [
            _Said(max(start_ms, words[at].start_ms) if is_timed else start_ms, mark.stem, mark.grade)
            for at, (_, marks) in enumerate(self.chunks)
            for mark in marks
        ]

    def html(self, *, shortened: bool = True) -> str:
        shown: list[str] = []
        former = -1
        for at in self._shown() if shortened else range(len(self.chunks)):
            if at != former + 1:
                shown.append("…")
            shown.append(_chunk_html(*self.chunks[at]))
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


@dataclass(frozen=True)
class _Window:
    """Matches that start within 30 s; only those are kept that add a word or a better form of it."""

    matches: tuple[_Match, ...]
    score: float
    weights: Mapping[str, float] = field(repr=False)

    @property
    def span_ms(self) -> int:
        return self.matches[-1].passage.start_ms - self.matches[0].passage.start_ms

    def moment(self, titles: Sequence[_Match]) -> Moment:
        together = set(_closest([said for match in self.matches for said in match.said()], self.weights))
        shown = [match for match in self.matches if together.intersection(match.said())]
        start_ms = min(said.at_ms for said in together)
        end_ms = max(start_ms, shown[-1].passage.end_ms)
        strongest = max(shown, key=lambda match: _score(match.grades, self.weights))
        html = " … ".join(match.html() for match in shown)
        with_title = _score(_best_grades([*self.matches, *titles]), self.weights)
        return Moment(start_ms, end_ms, strongest.passage.kind, html, self.score, with_title)


class _Finder:
    """Looks for the wanted words. What a chunk of text holds is remembered, for words are repeated."""

    def __init__(self, wanted: Sequence[Wanted], analyse: Analyse) -> None:
        self._analyse = analyse
        self._stems = {word.stem for word in wanted}
        self._exact = {word.exact: word.stem for word in wanted}
        self._starts = tuple(word for word in wanted if word.prefix)
        self._known: dict[str, tuple[_Mark, ...]] = {}

    def match(self, passage: Passage) -> _Match | None:
        known = self._known
        texts = passage.text.split()
        grades: dict[str, float] = {}
        for text in texts:
            marks = known.get(text)
            if marks is None:
                marks = known[text] = tuple(self._marks(text))
            for mark in marks:
                grades[mark.stem] = max(mark.grade, grades.get(mark.stem, 0.0))
        return _Match(passage, tuple((text, known[text]) for text in texts), grades) if grades else None

    def _marks(self, chunk: str) -> Iterable[_Mark]:
        for token in self._analyse(chunk):
            if stem := self._exact.get(token.exact):
                yield _Mark(token.start, token.end, stem, PART if token.part else EXACT)
            elif token.stem in self._stems:
                yield _Mark(token.start, token.end, token.stem, PART if token.part else SAME_STEM)
            else:
                for word in self._starts:
                    if token.exact.startswith(word.exact):
                        yield _Mark(token.start, token.end, word.stem, PART if token.part else SAME_STEM)


# The hits of one page are asked for with the same words.
_finder = lru_cache(maxsize=8)(_Finder)


def _windows(matches: Sequence[_Match], weights: Mapping[str, float]) -> list[_Window]:
    """One window for each match that could be its first, best first; of equals the tightest, then the earliest."""
    windows = []
    for at, first in enumerate(matches):
        grades: dict[str, float] = {}
        kept = []
        for match in matches[at:]:
            if match.passage.start_ms >= first.passage.start_ms + WINDOW_MS:
                break
            better = {stem: grade for stem, grade in match.grades.items() if grade > grades.get(stem, 0.0)}
            if better:
                grades |= better
                kept.append(match)
        windows.append(_Window(tuple(kept), _score(grades, weights), weights))
    return sorted(windows, key=lambda w: (-w.score, w.span_ms, w.matches[0].passage.start_ms))


def _closest(said: Sequence[_Said], weights: Mapping[str, float]) -> list[_Said]:
    """The words within CLOSE_MS that weigh most; of equals those that are said in the shortest time, then the earliest.

    said: in order of time.
    """
    best: tuple[float, int, list[_Said]] = (-1.0, 0, [])
    for at, first in enumerate(said):
        grades: dict[str, float] = {}
        together = []
        for word in said[at:]:
            if word.at_ms > first.at_ms + CLOSE_MS:
                break
            if word.grade > grades.get(word.stem, 0.0):
                grades[word.stem] = word.grade
                together.append(word)
        found = (_score(grades, weights), first.at_ms - together[-1].at_ms, together)
        if found[:2] > best[:2]:
            best = found
    return best[2]


def _apart(windows: Sequence[_Window], limit: int) -> list[_Window]:
    """The best windows that share no passage."""
    taken: set[int] = set()
    apart: list[_Window] = []
    for window in windows:
        ids = {id(match) for match in window.matches}
        if window.score < WORTH_SHOWING * windows[0].score or len(apart) == limit:
            break
        if not ids & taken:
            apart.append(window)
            taken |= ids
    return apart


def _best_grades(matches: Iterable[_Match]) -> dict[str, float]:
    grades: dict[str, float] = {}
    for match in matches:
        for stem, grade in match.grades.items():
            grades[stem] = max(grade, grades.get(stem, 0.0))
    return grades


def _score(grades: Mapping[str, float], weights: Mapping[str, float]) -> float:
    # Rounded, so that the same words in another order tie.
    return round(sum(grade * weights.get(stem, 1.0) for stem, grade in grades.items()), 6)


def _chunk_html(text: str, marks: Sequence[_Mark]) -> str:
    html = ""
    at = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if mark.start >= at:
            html += f"{escape(text[at : mark.start])}<mark>{escape(text[mark.start : mark.end])}</mark>"
            at = mark.end
    return html + escape(text[at:])
