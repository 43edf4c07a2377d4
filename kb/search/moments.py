"""Where in a screencast the searched words are said or shown, and how well: the second that a hit opens at. Pure.

The best 30 seconds by the weight of the searched words found in them make the first moment, which opens where those
words stand closest together; the same weight, fused with the score of the whole document, orders the hits.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from kb.index.contract import Hit
from kb.search.finder import Analyse, finder
from kb.search.marks import Heard, Kind, Match, Passages, Said
from kb.search.query import Wanted

WINDOW_MS = 30_000
# A sentence or two: who asks for three words wants the second where they are said together, not where the first of them
# was mentioned in passing.
CLOSE_MS = 12_000
# A moment much weaker than the best is noise: some common word of the query.
WORTH_SHOWING = 0.5
MOST_MOMENTS = 5
# What is said together counts more than how often: see docs/decisions/0023.
WINDOW_WEIGHT = 4.0


@dataclass(frozen=True)
class Moment:
    """html: escaped, with <mark> around the words found. score: sum of the weights of the words found.

    solved: how many were helped there.
    """

    start_ms: int
    end_ms: int
    kind: Kind
    html: str
    score: float
    solved: int = 0


class _Window(NamedTuple):
    """Matches that start within 30 s; only those are kept that add a word or a better form of it."""

    matches: tuple[Match, ...]
    score: float
    weights: Mapping[str, float]

    @property
    def span_ms(self) -> int:
        return self.matches[-1].passage.start_ms - self.matches[0].passage.start_ms

    def is_beside(self, other: "_Window") -> bool:
        (first_ms, last_ms), (others_first_ms, others_last_ms) = self._reach, other._reach
        return first_ms <= others_last_ms + CLOSE_MS and others_first_ms <= last_ms + CLOSE_MS

    @property
    def _reach(self) -> tuple[int, int]:
        return self.matches[0].passage.start_ms, self.matches[-1].passage.start_ms

    def moment(self, heard: Heard) -> Moment:
        said = {id(match): match.said(heard) for match in self.matches}
        # Each once: where only the passage's time is known, a word that it repeats is said at the same one.
        every = dict.fromkeys(chain.from_iterable(said.values()))
        together = set(_closest(list(every), self.weights))
        shown = [match for match in self.matches if together.intersection(said[id(match)])]
        start_ms = min(said.at_ms for said in together)
        end_ms = max(start_ms, shown[-1].passage.end_ms)
        strongest = max(shown, key=lambda match: _score(match.grades, self.weights))
        html = " … ".join(match.html() for match in shown)
        return Moment(start_ms, end_ms, strongest.passage.kind, html, self.score)


@dataclass(frozen=True)
class Looked:
    """What a screencast holds of the searched words.

    windows: the best that are not beside each other, best first; the title's only if there is no other. held: the stems
    of the words that it holds anywhere. score: how well it holds them in its title and one of these together, for
    `fuse`; 0 if not at all.
    """

    windows: Sequence[_Window] = ()
    held: frozenset[str] = frozenset()
    score: float = 0.0

    def cues(self) -> list[int]:
        """Those whose words one by one make its moments more exact."""
        matches = chain.from_iterable(window.matches for window in self.windows)
        return [match.passage.cue for match in matches if match.passage.cue is not None]

    def moments(self, heard: Heard | None = None) -> list[Moment]:
        """Best first; each starts where its words begin to be said or shown together."""
        return [window.moment(heard or {}) for window in self.windows]


def look(
    passages: Iterable[Passages],
    wanted: Sequence[Wanted],
    analyse: Analyse,
    *,
    idf: Mapping[str, float] | None = None,
) -> Looked:
    """analyse: the index's own, which never looks across white space. idf: stem → weight (1 if unknown)."""
    weights = idf or {}
    found = finder(tuple(wanted), analyse).matches(passages)
    timed = sorted((match for match in found if match.passage.kind != "title"), key=_by_time)
    titles = [match for match in found if match.passage.kind == "title"]
    windows = _apart(_windows(timed, weights)) or _windows(titles, weights)[:1]
    if not windows:
        return Looked()
    score = max(_score(_best_grades([*window.matches, *titles]), weights) for window in windows)
    return Looked(windows, frozenset(_best_grades(found)), score)


def fuse(hits: Sequence[Hit], window_scores: Mapping[str, float]) -> list[Hit]:
    """Reorder hits by how near each comes to the best of them as a whole, and WINDOW_WEIGHT times that by its moment.

    hits: best first, and the same set for every page that is cut out of the result.
    """
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    best_window = max(window_scores.values(), default=0.0) or 1.0
    fused = [
        Hit(hit.id, hit.score / best + WINDOW_WEIGHT * window_scores.get(hit.id, 0.0) / best_window) for hit in hits
    ]
    return sorted(fused, key=lambda hit: -hit.score)


def _windows(matches: Sequence[Match], weights: Mapping[str, float]) -> list[_Window]:
    """One window for each match that could be its first, best first; of equals the tightest, then the earliest. Not
    those that are not worth showing.

    From the last match to the first, as a file of captions may have thousands within the same 30 s.
    """
    windows: list[_Window] = []
    least = 0.0
    starts_ms = [match.passage.start_ms for match in matches]
    # Word -> how good a form of it -> the next match that has it.
    coming: dict[str, dict[float, int]] = defaultdict(dict)
    for at in range(len(matches) - 1, -1, -1):
        for stem, grade in matches[at].grades.items():
            coming[stem][grade] = at
        until_ms = starts_ms[at] + WINDOW_MS
        grades: dict[str, float] = {}
        for stem, places in coming.items():
            for grade, place in places.items():
                if grade > grades.get(stem, 0.0) and starts_ms[place] < until_ms:
                    grades[stem] = grade
        score = _score(grades, weights)
        if score >= least:
            least = max(least, WORTH_SHOWING * score)
            kept = {place for stem in grades for place in _rising(coming[stem]) if starts_ms[place] < until_ms}
            windows.append(_Window(tuple(matches[place] for place in sorted(kept)), score, weights))
    windows.reverse()
    return sorted(windows, key=lambda w: (-w.score, w.span_ms, w.matches[0].passage.start_ms))


def _rising(places: Mapping[float, int]) -> Iterator[int]:
    """The next place of a word, then those of better and better forms of it."""
    best = 0.0
    for place, grade in sorted((place, grade) for grade, place in places.items()):
        if grade > best:
            best = grade
            yield place


def _closest(said: Sequence[Said], weights: Mapping[str, float]) -> list[Said]:
    """The words within CLOSE_MS that weigh most; of equals those that are said in the shortest time, then the earliest.

    said: in order of time.
    """
    best: tuple[float, int, list[Said]] = (-1.0, 0, [])
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


def _apart(windows: Sequence[_Window]) -> list[_Window]:
    """The best windows that are not beside each other; those with the very words of a better one only after others."""
    apart: list[_Window] = []
    again: list[_Window] = []
    known: set[tuple[str, ...]] = set()
    for window in windows:
        if window.score < WORTH_SHOWING * windows[0].score or len(apart) == MOST_MOMENTS:
            break
        if any(window.is_beside(other) for other in apart + again):
            continue
        texts = tuple(match.passage.text for match in window.matches)
        if texts not in known:
            known.add(texts)
            apart.append(window)
        elif len(again) < MOST_MOMENTS:
            again.append(window)
    return [*apart, *again][:MOST_MOMENTS]


def _by_time(match: Match) -> tuple[int, int]:
    """What is shown stands before what is said at the same time."""
    return match.passage.start_ms, match.passage.cue or 0


def _best_grades(matches: Iterable[Match]) -> dict[str, float]:
    grades: dict[str, float] = {}
    for match in matches:
        for stem, grade in match.grades.items():
            grades[stem] = max(grade, grades.get(stem, 0.0))
    return grades


def _score(grades: Mapping[str, float], weights: Mapping[str, float]) -> float:
    # Rounded, so that the same words in another order tie.
    return round(sum(grade * weights.get(stem, 1.0) for stem, grade in grades.items()), 6)
