"""From typed words to ranked documents, over the posting lists of one unchanging state of an index. Pure.

Words are matched one posting list at a time rather than by an engine's query trees: that gives the all-words hits,
the any-word hits, true totals and the unknown words in one pass. Documents are numbers here, as engines have them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from kb.index import corrections
from kb.index.analysis import DEFAULT, Analyser, Chunk
from kb.index.contract import Query, Token
from kb.index.facets import Mask, Numbers
from kb.index.scores import All, Any, Better, Held, Listed, Only, Scored, Some, best
from kb.index.states import Seen, State

# Engines that add separate scores per field give a word that is rare in titles a high idf there already: a boost
# above 1 would bury what was said. 1 / .5 / .3 was the best of eight recipes measured on talks with known answers.
BOOSTS = {"title": 1.0, "about": 0.5, "spoken": 0.3, "screen": 0.3}
ENOUGH_HITS = 10
# Of a title's words, as somebody begins to type them; a search that was sent means no word by one letter of it.
SHORTEST_START, LONGEST_START = 1, 12
SHORTEST_SENT = 2

# What a spoken word counts that the engine was not sure of, where one that was said for certain counts 1.
DOUBTFUL = 0.3

# What a synonym counts, where the word itself counts 1.
SYNONYM = 0.9


@dataclass
class Ranked:
    """documents: best first, as many as asked for. matched: all of them. fields: how many hold a word in each."""

    matched: Mask
    documents: list[tuple[int, float]] = field(default_factory=list)
    corrected: dict[str, str] = field(default_factory=dict)
    idf: dict[str, float] = field(default_factory=dict)
    fields: Counter[str] = field(default_factory=Counter)


class Ranking:
    """One search. seen: what the asker may see, by which words are weighed; allowed: what passes the filters too.

    fields: where words are looked for; everywhere if empty.
    """

    def __init__(
        self, state: State, analyser: Analyser, *, seen: Seen, allowed: Mask, fields: Collection[str] = ()
    ) -> None:
        self._state = state
        self._analyser = analyser
        self._seen = seen
        self._allowed = allowed
        self._boosts = {name: boost for name, boost in BOOSTS.items() if name in fields or not fields}
        self._languages = tuple(dict.fromkeys((DEFAULT, *state.languages)))
        self._idf: dict[str, float] = {}
        self._where: defaultdict[str, list[Scored]] = defaultdict(list)

    def search(self, query: Query, *, limit: int) -> Ranked:
        allowed = self._allowed & ~self._excluded(query.excluded)
        words, corrected = self._groups(query)
        phrases = [self._phrase(phrase) for phrase in query.phrases if self._in_sequence(phrase)]
        # A phrase is asked for as such: nothing without it is a hit, even where any of the words would do.
        for phrase in phrases:
            allowed = allowed & phrase.holders
        groups = words + phrases
        every = self._all(groups)
        matched = allowed & every.holders
        documents = _best(every, limit, matched)
        if np.count_nonzero(matched) < ENOUGH_HITS and len(groups) > 1:
            some = Some(groups, self._state.size)
            others = allowed & some.holders & ~matched
            documents += _best(some, limit - len(documents), others)
            matched = matched | others
        return Ranked(matched, documents, corrected, self._idf, self._fields(matched))

    def newest(self, created_s: NDArray[np.float64], *, limit: int) -> Ranked:
        """All that pass the filters, where no words are asked for. created_s: by document."""
        # The later in the index of equals first, as if it were younger.
        last = self._state.size - 1
        among = np.flatnonzero(self._allowed[::-1])
        return Ranked(self._allowed, [(last - n, 0.0) for n, _ in best(created_s[last - among], limit, among=among)])

    def suggest(self, typed: str, *, limit: int) -> list[int]:
        """Return the documents whose titles have every typed word, or a word that begins with it."""
        every = self._all([self._starting(chunk) for chunk in self._analyser.words(typed)])
        return [n for n, _ in _best(every, limit, self._allowed & every.holders)]

    def spread(self, stems: Iterable[str]) -> dict[str, int]:
        """Return in how many documents that the asker may see each stem stands, in whatever field."""
        return {
            stem: len(np.unique(np.concatenate([self._held(name, (stem,))[0] for name in BOOSTS]))) for stem in stems
        }

    def _excluded(self, words: Sequence[str]) -> Mask:
        excluded = np.zeros(self._state.size, np.bool_)
        for word in words:
            excluded |= self._word(word, as_start=False).holders
        # Where they stand and how rare they are is nobody's question.
        self._where.clear()
        self._idf.clear()
        return excluded

    def _fields(self, matched: Mask) -> Counter[str]:
        """In how many of these documents each field holds a word."""
        held = {name: self._any(listed).holders for name, listed in self._where.items()}
        return +Counter({name: int(np.count_nonzero(holders & matched)) for name, holders in held.items()})

    def _all(self, parts: Sequence[Scored]) -> Scored:
        return parts[0] if len(parts) == 1 else All(parts, self._state.size)

    def _any(self, parts: Sequence[Scored]) -> Scored:
        return parts[0] if len(parts) == 1 else Any(parts, self._state.size)

    def _groups(self, query: Query) -> tuple[list[Scored], dict[str, str]]:
        """For each word: the documents that hold it or, if no visible one does, its likeliest correction."""
        groups: dict[int, Scored] = {}
        corrected = {}
        synonyms: dict[int, list[Sequence[str]]] = defaultdict(list)
        for first, end, others in query.same:
            # Of several words that have one synonym together each is met by it.
            for place in range(first, end):
                synonyms[place] += filter(self._in_sequence, others)
        for at, word in enumerate(query.words):
            if not self._analyser.words(word):
                continue
            group = self._word(word, as_start=query.last_is_prefix and at == len(query.words) - 1)
            groups[at] = self._with_synonyms(group, word, synonyms[at])
        known = [group for group in groups.values() if group.holders.any()]
        for at in groups:
            if not groups[at].holders.any() and (meant := self._meant(query.words[at], known)):
                corrected[query.words[at]] = meant[0]
                groups[at] = self._any([self._word(other, as_start=False) for other in meant])
        return list(groups.values()), corrected

    def _with_synonyms(self, group: Scored, word: str, synonyms: Sequence[Sequence[str]]) -> Scored:
        """Each document by the better of the two. A synonym is weighed as if it were as frequent as the word itself."""
        if not synonyms:
            return group
        [token, *_] = self._analyser.words(word)[0].tokens
        stems = self._stems(word)[token.exact]
        for synonym in synonyms:
            listed: list[Scored] = []
            for name, boost in self._boosts.items():
                held = self._side_by_side(name, synonym)
                as_frequent_as = self._held(name, stems)
                listed += self._listed(name, held, SYNONYM * boost, as_frequent_as if len(as_frequent_as[0]) else held)
            group = Better(group, self._any(listed))
        return group

    def _side_by_side(self, name: str, words: Sequence[str]) -> Held:
        [first, *others] = self._in_sequence(words)
        if not others:
            return self._held(name, self._stems(" ".join(words))[first.exact])
        numbers = self._phrase_in(name, words)
        return numbers, np.ones(len(numbers), np.float32)

    def _word(self, word: str, *, as_start: bool) -> Scored:
        stems = self._stems(word)
        return self._all([self._chunk(chunk, stems, as_start=as_start) for chunk in self._analyser.words(word)])

    def _chunk(self, chunk: Chunk, stems: Mapping[str, tuple[str, ...]], *, as_start: bool) -> Scored:
        """A compound is found whole or, in any order, by all of its parts."""
        ways = [self._term(token, stems[token.exact]) for token in chunk.wholes]
        if chunk.parts:
            ways.append(self._all([self._term(token, stems[token.exact]) for token in chunk.parts]))
        if as_start and "title" in self._boosts and len(chunk.tokens[0].exact) >= SHORTEST_SENT:
            ways.append(self._starting(chunk))
        return self._any(ways)

    def _term(self, token: Token, stems: Sequence[str]) -> Scored:
        listed: list[Scored] = []
        for name, boost in self._boosts.items():
            held = self._held(name, stems)
            listed += self._listed(name, held, boost, held)
        term = self._any(listed)
        self._idf[token.stem] = log(1 + self._seen.count / (1 + np.count_nonzero(term.holders)))
        return term

    def _starting(self, chunk: Chunk) -> Scored:
        """By the titles that have a word which begins so."""
        held = self._held("starts", (chunk.tokens[0].exact[:LONGEST_START],))
        return self._any(self._listed("starts", held, 1.0, held))

    def _held(self, name: str, stems: Sequence[str]) -> Held:
        """Only what the asker may see counts, so that not even an order tells of the rest."""
        found = [held for stem in stems if len((held := self._state.held(name, stem))[0])]
        if not found:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        numbers, counts = found[0]
        if len(found) > 1:
            counted = np.zeros(self._state.size, np.float32)
            for numbers, counts in found:
                counted[numbers] += counts
            numbers = np.flatnonzero(counted).astype(np.int32)
            counts = counted[numbers]
        seen = self._seen.mask[numbers]
        return (numbers, counts) if seen.all() else (numbers[seen], counts[seen])

    def _listed(self, name: str, held: Held, boost: float, as_frequent_as: Held) -> list[Scored]:
        """Weighed in one field; nothing of what stands nowhere."""
        if not len(held[0]):
            return []
        weight = boost * (log(self._seen.count / (len(as_frequent_as[0]) + 1)) + 1)
        listed = Listed(held, weight, self._state.lengths(name), self._seen.average(name))
        self._where["title" if name == "starts" else name].append(listed)
        return [listed]

    def _stems(self, text: str) -> dict[str, tuple[str, ...]]:
        return self._analyser.stems(text, self._languages)

    def _in_sequence(self, words: Sequence[str], language: str = "") -> list[Token]:
        return [token for chunk in self._analyser.words(" ".join(words), language) for token in chunk.in_sequence]

    def _phrase(self, words: Sequence[str]) -> Scored:
        tokens = self._in_sequence(words)
        stems = self._stems(" ".join(words))
        phrase = self._all([self._term(token, stems[token.exact]) for token in tokens])
        if len(tokens) > 1:
            holders = np.zeros(self._state.size, np.bool_)
            for name in self._boosts:
                holders[self._phrase_in(name, words)] = True
            phrase = Only(phrase, holders)
        return phrase

    def _phrase_in(self, name: str, words: Sequence[str]) -> Numbers:
        """Which visible documents hold them one after the other, in one of the languages."""
        ways = {tuple(token.stem for token in self._in_sequence(words, language)) for language in self._languages}
        numbers = np.array(sorted({n for stems in ways for n in self._state.phrase(name, stems)}), np.int32)
        return numbers[self._seen.mask[numbers]]

    def _meant(self, word: str, known: Sequence[Scored]) -> list[str]:
        """Only words of documents that the asker may see: a correction must not tell what the others hold.

        known: what the other words of the search find. A word that stands beside these changes the subject least.
        """
        [chunk, *others] = self._analyser.words(word)
        typed = "".join(token.exact for token in chunk.wholes)
        if others or not corrections.is_ordinary(typed):
            return []
        beside = self._all(known).holders
        if not beside.any():
            beside = self._any(known).holders

        def count(other: str) -> tuple[int, int]:
            numbers, _ = self._held("words", (other,))
            return int(np.count_nonzero(beside[numbers])), len(numbers)

        return corrections.best(typed, self._state.near(typed), count)


def _best(scored: Scored, limit: int, which: Mask) -> list[tuple[int, float]]:
    if limit <= 0:
        return []
    among = np.flatnonzero(which)
    return best(scored.scores(among), limit, among=among)


def weight(count: int, doubtful: int) -> float:
    """How often a word counts as said. doubtful: of how many of the times the engine was not sure."""
    return count - (1 - DOUBTFUL) * min(count, doubtful)


def starts_of(analyser: Analyser, text: str) -> Iterable[str]:
    """Yield the starts of each word of a title, as the field `starts` holds them."""
    for chunk in analyser.words(text):
        for token in chunk.tokens:
            for length in range(SHORTEST_START, min(len(token.exact), LONGEST_START) + 1):
                yield token.exact[:length]
