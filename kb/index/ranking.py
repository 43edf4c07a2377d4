"""From typed words to ranked documents, over the posting lists of one unchanging state of an index. Pure.

Words are matched one posting list at a time rather than by an engine's query trees: that gives the all-words hits,
the any-word hits, true totals and the unknown words in one pass. Documents are numbers here, as engines have them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from math import log
from typing import Protocol

from kb.index import corrections
from kb.index.analysis import Analyser, Chunk
from kb.index.contract import Query, Token

# Engines that add separate scores per field give a word that is rare in titles a high idf there already: a boost
# above 1 would bury what was said. 1 / .5 / .3 was the best of eight recipes measured on talks with known answers.
BOOSTS = {"title": 1.0, "about": 0.5, "spoken": 0.3, "screen": 0.3}
ENOUGH_HITS = 10
SHORTEST_START, LONGEST_START = 2, 12

# What a spoken word counts that the engine was not sure of, where one that was said for certain counts 1.
DOUBTFUL = 0.3

# What a synonym counts, where the word itself counts 1.
SYNONYM = 0.9

# BM25's own two, at their usual values.
K1, B = 1.2, 0.75

Scores = dict[int, float]
# Documents that hold something, each with how often.
Held = Sequence[tuple[int, float]]


class State(Protocol):
    def counts(self, field: str, term: str) -> Iterable[tuple[int, float]]:
        """Yield each document that has the term in that field, with how often."""

    def norms(self, field: str) -> Sequence[float]:
        """Return `norms` of that field's lengths, by document."""

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
        phrases = [self._phrase(phrase) for phrase in map(self._in_sequence, query.phrases) if phrase]
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
        groups = [self._score("starts", _start(chunk), 1.0, {}) for chunk in self._analyser.words(typed)]
        return [n for n, _ in nlargest(limit, _in_all(groups).items(), key=_best_first)]

    def spread(self, stems: Iterable[str]) -> dict[str, int]:
        """Return in how many documents that the asker may see each stem stands, in whatever field."""
        return {stem: len({n for name in BOOSTS for n, _ in self._held(name, stem)}) for stem in stems}

    def _groups(self, query: Query) -> tuple[list[Scores], dict[str, str]]:
        """For each word: the documents that hold it or, if no visible one does, its likeliest correction."""
        groups: list[Scores] = []
        corrected = {}
        synonyms: dict[int, list[Sequence[Token]]] = defaultdict(list)
        for first, end, others in query.same:
            # Of several words that have one synonym together each is met by it.
            for place in range(first, end):
                synonyms[place] += filter(None, map(self._in_sequence, others))
        for at, word in enumerate(query.words):
            if not self._analyser.words(word):
                continue
            group = self._word(word, as_start=query.last_is_prefix and at == len(query.words) - 1)
            group = self._with_synonyms(group, word, synonyms[at])
            if not group and (meant := self._meant(word)):
                corrected[word] = meant[0]
                group = _in_any([self._word(other, as_start=False) for other in meant])
            groups.append(group)
        return groups, corrected

    def _with_synonyms(self, group: Scores, word: str, synonyms: Sequence[Sequence[Token]]) -> Scores:
        """Each document by the better of the two. A synonym is weighed as if it were as frequent as the word itself."""
        found = dict(group)
        stem = self._analyser.words(word)[0].wholes[0].stem if synonyms else ""
        for tokens in synonyms:
            scores: Scores = {}
            for name, boost in BOOSTS.items():
                held = self._side_by_side(name, tokens)
                self._weigh(name, held, SYNONYM * boost, scores, as_frequent_as=self._held(name, stem) or held)
            for n, score in scores.items():
                found[n] = max(found.get(n, 0.0), score)
        return found

    def _side_by_side(self, name: str, tokens: Sequence[Token]) -> Held:
        if len(tokens) == 1:
            return self._held(name, tokens[0].stem)
        return [(n, 1.0) for n in self._state.phrase(name, [token.stem for token in tokens]) if n in self._visible]

    def _word(self, word: str, *, as_start: bool) -> Scores:
        return _in_all([self._chunk(chunk, as_start=as_start) for chunk in self._analyser.words(word)])

    def _chunk(self, chunk: Chunk, *, as_start: bool) -> Scores:
        """A compound is found whole or, in any order, by all of its parts."""
        ways = [self._term(token) for token in chunk.wholes]
        ways.append(_in_all([self._term(token) for token in chunk.parts]))
        if as_start:
            ways.append(self._score("starts", _start(chunk), 1.0, {}))
        return _in_any(ways)

    def _term(self, token: Token) -> Scores:
        found: Scores = {}
        for name, boost in BOOSTS.items():
            self._score(name, token.stem, boost, found)
        self._idf[token.stem] = log(1 + len(self._visible) / (1 + len(found)))
        return found

    def _score(self, name: str, term: str, boost: float, found: Scores) -> Scores:
        held = self._held(name, term)
        self._weigh(name, held, boost, found, as_frequent_as=held)
        return found

    def _held(self, name: str, term: str) -> Held:
        """Only what the asker may see counts, so that not even an order tells of the rest."""
        return [(n, count) for n, count in self._state.counts(name, term) if n in self._visible]

    def _weigh(self, name: str, held: Held, boost: float, found: Scores, *, as_frequent_as: Held) -> None:
        """Add BM25 in one field."""
        if held:
            norms = self._state.norms(name)
            weight = boost * (K1 + 1) * (log(len(self._visible) / (len(as_frequent_as) + 1)) + 1)
            for n, count in held:
                found[n] = found.get(n, 0.0) + weight * count / (count + norms[n])

    def _in_sequence(self, words: Sequence[str]) -> list[Token]:
        return [token for word in words for chunk in self._analyser.words(word) for token in chunk.in_sequence]

    def _phrase(self, tokens: Sequence[Token]) -> Scores:
        scores = _in_all([self._term(token) for token in tokens])
        if len(tokens) > 1:
            stems = [token.stem for token in tokens]
            holders = set().union(*(self._state.phrase(name, stems) for name in BOOSTS))
            scores = {n: score for n, score in scores.items() if n in holders}
        return scores

    def _without(self, excluded: Sequence[str], allowed: Collection[int]) -> Collection[int]:
        for word in excluded:
            gone = self._word(word, as_start=False)
            allowed = {n for n in allowed if n not in gone}
        return allowed

    def _meant(self, word: str) -> list[str]:
        """Only words of documents that the asker may see: a correction must not tell what the others hold."""
        [chunk, *others] = self._analyser.words(word)
        typed = "".join(token.exact for token in chunk.wholes)
        if others or not corrections.is_ordinary(typed):
            return []
        return corrections.best(typed, self._state.near(typed), self._seen)

    def _seen(self, word: str) -> int:
        return sum(n in self._visible for n, _ in self._state.counts("words", word))


def _in_all(groups: Sequence[Scores]) -> Scores:
    if not groups:
        return {}
    smallest, *others = sorted(groups, key=len)
    return {
        n: score + sum(other[n] for other in others) for n, score in smallest.items() if all(n in o for o in others)
    }


def _in_any(groups: Sequence[Scores]) -> Scores:
    if not groups:
        return {}
    largest, *others = sorted(groups, key=len, reverse=True)
    found = dict(largest)
    for group in others:
        for n, score in group.items():
            found[n] = found.get(n, 0.0) + score
    return found


def weight(count: int, doubtful: int) -> float:
    """How often a word counts as said. doubtful: of how many of the times the engine was not sure."""
    return count - (1 - DOUBTFUL) * min(count, doubtful)


def norms(lengths: Sequence[int]) -> list[float]:
    """The part of BM25 that tells how long a field is, for each document."""
    average = sum(lengths) / len(lengths) if any(lengths) else 1.0
    return [K1 * (1 - B + B * length / average) for length in lengths]


def _best_first(item: tuple[int, float]) -> tuple[float, int]:
    """Equals stand in the order of the index, so that a page never repeats what the former showed."""
    return item[1], -item[0]


def _start(chunk: Chunk) -> str:
    return chunk.tokens[0].exact[:LONGEST_START]


def starts_of(analyser: Analyser, text: str) -> Iterable[str]:
    """Yield the starts of each word of a title, as the field `starts` holds them."""
    for chunk in analyser.words(text):
        for token in chunk.tokens:
            for length in range(SHORTEST_START, min(len(token.exact), LONGEST_START) + 1):
                yield token.exact[:length]
