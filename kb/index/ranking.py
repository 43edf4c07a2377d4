"""From typed words to ranked documents, over the posting lists of one unchanging state of an index. Pure.

Words are matched one posting list at a time rather than by an engine's query trees: that gives the all-words hits,
the any-word hits, true totals and the unknown words in one pass. Documents are numbers here, as engines have them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from math import log
from typing import Protocol

from kb.index import corrections
from kb.index.analysis import Analyser, Chunk, Piece
from kb.index.contract import Query

# Engines that add separate scores per field give a word that is rare in titles a high idf there already: a boost
# above 1 would bury what was said. 1 / .5 / .3 was the best of eight recipes measured on talks with known answers.
BOOSTS = {"title": 1.0, "about": 0.5, "spoken": 0.3, "screen": 0.3}
ENOUGH_HITS = 10
SHORTEST_START, LONGEST_START = 2, 12

# BM25's own two, at their usual values.
K1, B = 1.2, 0.75

Scores = dict[int, float]


class State(Protocol):
    def counts(self, field: str, term: str) -> Iterable[tuple[int, float]]:
        """Yield each document that has the term in that field, with how often."""

    def lengths(self, field: str) -> Sequence[int]:
        """Return how many words that field has, by document."""

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]: ...
    def near(self, word: str) -> Iterable[str]: ...


@dataclass
class Ranked:
    """documents: best first, as many as asked for. matched: all that there are."""

    documents: list[tuple[int, float]] = field(default_factory=list)
    corrected: dict[str, str] = field(default_factory=dict)
    idf: dict[str, float] = field(default_factory=dict)
    matched: frozenset[int] = frozenset()


class Ranking:
    """One search. visible: what the asker may see, by which words are weighed; allowed: what passes the filters too."""

    def __init__(self, state: State, analyser: Analyser, *, visible: Collection[int], allowed: Collection[int]) -> None:
        self._state = state
        self._analyser = analyser
        self._visible = visible
        self._allowed = allowed
        self._idf: dict[str, float] = {}

    def search(self, query: Query, *, limit: int) -> Ranked:
        words, corrected = self._groups(query)
        # A phrase is asked for as such: nothing without it is a hit, even where any of the words would do.
        phrases = [self._phrase(phrase) for phrase in query.phrases]
        allowed = set(self._allowed).intersection(*phrases) if phrases else self._allowed
        allowed = self._without(query.excluded, allowed)
        groups = [{n: score for n, score in group.items() if n in allowed} for group in words + phrases]
        if not groups:
            return Ranked(corrected=corrected, idf=self._idf)
        every = _in_all(groups)
        hits = nlargest(limit, every.items(), key=_best_first)
        if len(every) >= ENOUGH_HITS:
            return Ranked(hits, corrected, self._idf, frozenset(every))
        some = _in_any(groups)
        matched = frozenset(some)
        for n in every:
            del some[n]
        hits += nlargest(limit - len(hits), some.items(), key=_best_first)
        return Ranked(hits, corrected, self._idf, matched)

    def suggest(self, typed: str, *, limit: int) -> list[int]:
        """Return the documents whose titles have every typed word, or a word that begins with it."""
        starts = [chunk.wholes[0].exact for chunk in self._analyser.words(typed)]
        groups = [self._scores("starts", start[:LONGEST_START]) for start in starts]
        return [n for n, _ in nlargest(limit, _in_all(groups).items(), key=_best_first)]

    def _groups(self, query: Query) -> tuple[list[Scores], dict[str, str]]:
        """For each word: the documents that hold it or, if no visible one does, its likeliest correction."""
        groups: list[Scores] = []
        corrected = {}
        for at, word in enumerate(query.words):
            group = self._word(word, as_start=query.last_is_prefix and at == len(query.words) - 1)
            if not group and (meant := self._meant(word)):
                corrected[word] = meant[0]
                group = _in_any([self._word(other, as_start=False) for other in meant])
            groups.append(group)
        return groups, corrected

    def _word(self, word: str, *, as_start: bool) -> Scores:
        return _in_all([self._chunk(chunk, as_start=as_start) for chunk in self._analyser.words(word)])

    def _chunk(self, chunk: Chunk, *, as_start: bool) -> Scores:
        """A compound is found whole or, in any order, by all of its parts."""
        ways = [self._term(piece) for piece in chunk.wholes]
        if chunk.parts:
            ways.append(_in_all([self._term(piece) for piece in chunk.parts]))
        if as_start and len(start := chunk.wholes[0].exact) >= SHORTEST_START:
            ways.append(self._scores("starts", start[:LONGEST_START]))
        return _in_any(ways)

    def _term(self, piece: Piece) -> Scores:
        by_field = [(boost, self._scores(name, piece.stem)) for name, boost in BOOSTS.items()]
        found = _in_any([{n: boost * score for n, score in scores.items()} for boost, scores in by_field])
        self._idf[piece.stem] = log(1 + len(self._visible) / (1 + len(found)))
        return found

    def _scores(self, name: str, term: str) -> Scores:
        """BM25 in one field. Only what the asker may see counts, so that not even an order tells of the rest."""
        held = [(n, count) for n, count in self._state.counts(name, term) if n in self._visible]
        if not held:
            return {}
        lengths = self._state.lengths(name)
        average = sum(lengths) / len(lengths) or 1.0
        telling = (log(len(self._visible) / (len(held) + 1)) + 1) * (K1 + 1)
        return {n: telling * count / (count + K1 * (1 - B + B * lengths[n] / average)) for n, count in held}

    def _phrase(self, words: Sequence[str]) -> Scores:
        pieces = [piece for word in words for chunk in self._analyser.words(word) for piece in chunk.in_sequence]
        holders: set[int] = set()
        for name in BOOSTS:
            holders.update(self._state.phrase(name, tuple(piece.stem for piece in pieces)))
        return {n: score for n, score in _in_all([self._term(piece) for piece in pieces]).items() if n in holders}

    def _without(self, excluded: Sequence[str], allowed: Collection[int]) -> Collection[int]:
        for word in excluded:
            gone = self._word(word, as_start=False)
            allowed = {n for n in allowed if n not in gone}
        return allowed

    def _meant(self, word: str) -> list[str]:
        """Only words of documents that the asker may see: a correction must not tell what the others hold."""
        chunks = self._analyser.words(word)
        typed = chunks[0].wholes[0].exact if len(chunks) == 1 and chunks[0].wholes else ""
        if not corrections.is_ordinary(typed):
            return []
        return corrections.best(typed, self._state.near(typed), self._seen)

    def _seen(self, word: str) -> int:
        return sum(n in self._visible for n, _ in self._state.counts("words", word))


def _in_all(groups: Sequence[Mapping[int, float]]) -> Scores:
    if not groups:
        return {}
    smallest, *others = sorted(groups, key=len)
    return {
        n: score + sum(other[n] for other in others) for n, score in smallest.items() if all(n in o for o in others)
    }


def _in_any(groups: Sequence[Mapping[int, float]]) -> Scores:
    found: Scores = {}
    for group in groups:
        for n, score in group.items():
            found[n] = found.get(n, 0.0) + score
    return found


def _best_first(item: tuple[int, float]) -> tuple[float, int]:
    """Equals stand in the order of the index, so that a page never repeats what the former showed."""
    return item[1], -item[0]


def starts_of(analyser: Analyser, text: str) -> Iterable[str]:
    """Yield the starts of each word of a title, as the field `starts` holds them."""
    for chunk in analyser.words(text):
        for piece in chunk.pieces:
            for length in range(SHORTEST_START, min(len(piece.exact), LONGEST_START) + 1):
                yield piece.exact[:length]
