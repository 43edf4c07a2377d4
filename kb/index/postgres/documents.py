"""From documents to the words of a segment. Pure."""

import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from kb.index.analysis import Analyser
from kb.index.contract import Document
from kb.index.corrections import is_ordinary
from kb.index.facets import Columns, Facts, facts_of
from kb.index.postgres.blocks import Entry, Numbers, key_of
from kb.index.ranking import BOOSTS, starts_of, weight

# Ordinary words as written, for corrections; and the starts of the words of titles.
WORDS, STARTS = "words", "starts"
FIELDS = (*BOOSTS, WORDS, STARTS)
# Between two texts in one field, so that no phrase reaches from one into the other.
APART = 100


class Known(NamedTuple):
    """What is known of the documents of a segment, each by its number. lengths: in words, by field."""

    ids: list[str]
    facts: list[Facts]
    lengths: dict[str, list[int]]

    def packed(self) -> bytes:
        return json.dumps(self).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> "Known":
        ids, facts, lengths = json.loads(packed)
        return cls(ids, [Facts(*each) for each in facts], lengths)

    def without(self, gone: Iterable[int]) -> "Known":
        kept = sorted(set(range(len(self.ids))).difference(gone))
        lengths = {field: [each[n] for n in kept] for field, each in self.lengths.items()}
        return Known([self.ids[n] for n in kept], [self.facts[n] for n in kept], lengths)

    def columns(self) -> Columns:
        return Columns.of(self.facts)


def all_known(several: Sequence[Known]) -> Known:
    """Of segments that become one, in their order."""
    return Known(
        [id for known in several for id in known.ids],
        [facts for known in several for facts in known.facts],
        {field: [n for known in several for n in known.lengths[field]] for field in (*BOOSTS, STARTS)},
    )


class Words:
    """The words of some documents, counted from 0."""

    def __init__(self, analyser: Analyser, documents: Iterable[Document]) -> None:
        self._analyser = analyser
        self._held: defaultdict[str, _Held] = defaultdict(_Held)
        self.versions: dict[str, int] = {}
        self.known = Known([], [], {field: [] for field in (*BOOSTS, STARTS)})
        for document in documents:
            self._add(document)

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """By key, in order."""
        return ((key, self._held[key].entry()) for key in sorted(self._held))

    def _add(self, document: Document) -> None:
        number = len(self.known.ids)
        self.known.ids.append(document.id)
        self.known.facts.append(facts_of(document))
        self.versions[document.id] = document.version
        ordinary: set[str] = set()
        for field in BOOSTS:
            self._add_texts(number, field, document, ordinary)
        starts = Counter(starts_of(self._analyser, document.title))
        self.known.lengths[STARTS].append(starts.total())
        for start, count in starts.items():
            self._held[key_of(STARTS, start)].add(number, count)
        for word in ordinary:
            self._held[key_of(WORDS, word)].add(number, 1)

    def _add_texts(self, number: int, field: str, document: Document, ordinary: set[str]) -> None:
        places: defaultdict[str, list[int]] = defaultdict(list)
        length, first = 0, 0
        for language, text in texts_of(document, field):
            place = 0
            for token, place in self._analyser.placed(text, language):
                places[token.stem].append(first + place)
                length += 1
            first += place + APART
            ordinary.update(filter(is_ordinary, self._analyser.written(text)))
        self.known.lengths[field].append(length)
        doubts = self._doubts(document) if field == "spoken" else Counter()
        for stem, found in places.items():
            self._held[key_of(field, stem)].add(number, weight(len(found), doubts[stem]), found)

    def _doubts(self, document: Document) -> Counter[str]:
        return Counter(token.stem for token, _ in self._analyser.placed(document.doubtful, document.language))


def texts_of(document: Document, field: str) -> list[tuple[str, str]]:
    """Each with its language."""
    more = document.translations if field == "spoken" else ()
    return [(document.language, getattr(document, field)), *more]


class _Held:
    """Of one word in one field."""

    __slots__ = ("numbers", "places", "sizes", "weights")

    def __init__(self) -> None:
        self.numbers, self.weights, self.sizes, self.places = array("i"), array("f"), array("i"), array("i")

    def add(self, number: int, weight: float, places: Sequence[int] = ()) -> None:
        self.numbers.append(number)
        self.weights.append(weight)
        self.sizes.append(len(places))
        self.places.extend(places)

    def entry(self) -> Entry:
        return Entry(
            np.frombuffer(self.numbers, np.int32),
            np.frombuffer(self.weights, np.float32),
            np.frombuffer(self.sizes, np.int32),
            np.frombuffer(self.places, np.int32),
        )


def renumbered(segments: Sequence[tuple[int, Sequence[int]]]) -> list[Numbers]:
    """segments: the size of each and which of it are gone. Return of each the new numbers, -1 for those that left."""
    found: list[Numbers] = []
    first = 0
    for size, gone in segments:
        stays = np.ones(size, np.bool_)
        stays[list(gone)] = False
        numbers = np.where(stays, first + np.cumsum(stays) - 1, -1).astype(np.int32)
        found.append(numbers)
        first += int(np.count_nonzero(stays))
    return found
