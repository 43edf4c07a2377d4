"""One state of the index in PostgreSQL, as one process reads it.

A segment never changes, so what was read of it is kept from one state to the next; only which of its documents are
gone is new. Words are read when they are first asked for.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.index.corrections import Vocabulary
from kb.index.facets import Columns, Mask
from kb.index.postgres import tables
from kb.index.postgres.blocks import AFTER_FIELDS, Numbers, Places, Postings, key_of
from kb.index.postgres.documents import FIELDS, Known
from kb.index.scores import Held
from kb.index.states import Seen

# Of each segment, in memory of each process: postings, 8 bytes each, and blocks of small segments, of which all are.
KEPT_POSTINGS, KEPT_BLOCKS = 4_000_000, 24
NOTHING: Held = np.zeros(0, np.int32), np.zeros(0, np.float32)


class Segment:
    """held: what was read of words, by word and field. blocks: by number; in a segment of few they stay."""

    def __init__(self, connection: tables.Connection, id: int) -> None:
        self.id = id
        known = Known.unpacked(tables.facts(connection, id))
        self.ids = np.array(known.ids, np.object_)
        self.columns = known.columns()
        self.lengths = {field: np.array(each, np.int64) for field, each in known.lengths.items()}
        self.vocabularies: dict[str, Vocabulary] = {}
        self.visible = lru_cache(8)(self._visible)
        self._firsts = tables.firsts(connection, id)
        self._is_small = len(self._firsts) <= KEPT_BLOCKS
        self._blocks: dict[int, Postings] = {}
        self._held: dict[str, dict[str, Held]] = {}
        self._size = 0

    def missing(self, terms: Iterable[str]) -> set[int]:
        """Which blocks are to be read for these words, and for others of a small segment soon."""
        if self._is_small:
            return set(range(len(self._firsts))) - self._blocks.keys()
        return {number for term in terms if term not in self._held for number in self.blocks_of(term)}

    def blocks_of(self, term: str) -> range:
        """Where the word stands, in whatever field."""
        first = bisect_right(self._firsts, key_of("", term)) - 1
        last = bisect_right(self._firsts, key_of(AFTER_FIELDS, term)) - 1
        return range(max(first, 0), last + 1)

    def take(self, terms: Iterable[str], packed: Mapping[int, bytes]) -> None:
        """packed: the missing blocks of these words."""
        blocks = self._blocks if self._is_small else {}
        blocks |= {number: Postings(each) for number, each in packed.items()}
        for term in terms:
            if term not in self._held:
                self._held[term] = found = self._found(term, blocks)
                # A word that is not there takes some room, too.
                self._size += 40 + sum(len(numbers) for numbers, _ in found.values())

    def _found(self, term: str, blocks: Mapping[int, Postings]) -> dict[str, Held]:
        found: dict[str, Held] = {}
        for number in self.blocks_of(term):
            for field in FIELDS:
                if held := blocks[number].held(key_of(field, term)):
                    found[field] = held
        return found

    def held(self, field: str, term: str) -> Held:
        """Of a word that was taken."""
        return self._held[term].get(field, NOTHING)

    def make_room(self) -> None:
        if self._size > KEPT_POSTINGS:
            self._held.clear()
            self._size = 0

    def _visible(self, visible: frozenset[str]) -> Mask:
        return np.fromiter((id in visible for id in self.ids), np.bool_, len(self.ids))


class Snapshot:
    """Implements kb.index.searching.State. Asks the database within a transaction in which it is the latest."""

    def __init__(self, connection: tables.Connection, changed: int, former: Mapping[int, Segment]) -> None:
        self.changed = changed
        self._connection = connection
        parts = tables.parts(connection)
        self.segments = {part.id: former.get(part.id) or Segment(connection, part.id) for part in parts}
        self._each = tuple(self.segments.values())
        sizes = [part.size for part in parts]
        self._firsts = [sum(sizes[:at]) for at in range(len(sizes))]
        self.size = sum(sizes)
        self._columns = Columns.together([each.columns for each in self._each])
        self.languages = self._columns.languages
        self.passing, self.counted = self._columns.passing, self._columns.counted
        self._stays = np.ones(self.size, np.bool_)
        for first, part in zip(self._firsts, parts, strict=True):
            self._stays[first + np.array(part.gone, np.int64)] = False
        self._ids = _together([each.ids for each in self._each], np.object_)
        self.lengths = lru_cache(self._lengths)
        self.seen_by = lru_cache(8)(self._seen_by)

    def make_room(self) -> None:
        """Between two searches, as one relies on what it has read."""
        for each in self._each:
            each.make_room()

    def read(self, terms: Collection[str]) -> None:
        """Have these words, asking the database once for all that are missing."""
        missing = {(each.id, number) for each in self._each for number in each.missing(terms)}
        packed: dict[int, dict[int, bytes]] = defaultdict(dict)
        for (segment, number), bytes_ in tables.postings(self._connection, missing).items() if missing else ():
            packed[segment][number] = bytes_
        for each in self._each:
            each.take(terms, packed[each.id])

    def held(self, field: str, term: str) -> Held:
        self.read([term])
        found = [(first, *each.held(field, term)) for first, each in zip(self._firsts, self._each, strict=True)]
        parts = [(numbers + np.int32(first), weights) for first, numbers, weights in found if len(numbers)]
        if not parts:
            return NOTHING
        numbers, weights = zip(*parts, strict=True)
        return np.concatenate(numbers), np.concatenate(weights)

    def _lengths(self, field: str) -> NDArray[np.int64]:
        return _together([each.lengths[field] for each in self._each], np.int64)

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]:
        return [
            first + int(n)
            for first, each in zip(self._firsts, self._each, strict=True)
            for n in self._phrase_in(each, field, terms)
        ]

    def _phrase_in(self, segment: Segment, field: str, terms: Sequence[str]) -> Numbers:
        """Where the places of each word, moved to where the phrase would begin, are the same."""
        begins: NDArray[np.int64] | None = None
        for at, term in enumerate(terms):
            places = self._places(segment, key_of(field, term), term) - at
            begins = places if begins is None else np.intersect1d(begins, places, assume_unique=True)
            if not len(begins):
                break
        return np.unique((begins if begins is not None else np.zeros(0, np.int64)) >> 32).astype(np.int32)

    def _places(self, segment: Segment, key: str, term: str) -> NDArray[np.int64]:
        """Each as one number, of the document and the place in it."""
        for number in segment.blocks_of(term):
            packed, packed_places = tables.block(self._connection, segment.id, number)
            postings = Postings(packed)
            if entry := postings.entry(key, Places(packed_places, postings.total)):
                owners = np.repeat(entry.numbers.astype(np.int64), entry.sizes)
                return (owners << 32) + entry.places
        return np.zeros(0, np.int64)

    def near(self, word: str) -> Iterable[str]:
        letter = word[0]
        for each in self._each:
            if letter not in each.vocabularies:
                each.vocabularies[letter] = Vocabulary(tables.vocabulary(self._connection, each.id, letter))
            yield from each.vocabularies[letter].near(word)

    def _seen_by(self, visible: frozenset[str]) -> Seen:
        return Seen(self, self._stays & _together([each.visible(visible) for each in self._each], np.bool_))

    def created_s(self) -> NDArray[np.float64]:
        return self._columns.created_s

    def versions(self) -> dict[str, int]:
        return tables.versions(self._connection)

    def ids(self, numbers: Sequence[int] | NDArray[np.intp]) -> list[str]:
        return list(self._ids[numbers])


def _together(parts: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)
