"""One state of the index in PostgreSQL, as one process reads it.

A segment never changes, so what was read of it is kept from one state to the next; only which of its documents are
gone is new. Words are read when they are first asked for.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.index.contract import Query
from kb.index.corrections import Vocabulary
from kb.index.facets import Mask, added
from kb.index.postgres import tables
from kb.index.postgres.blocks import Numbers, Places, Postings, key_of
from kb.index.postgres.documents import Known
from kb.index.ranking import BOOSTS, Held, norms

# Kept in memory of each process, in postings: 8 bytes each.
KEPT = 6_000_000
NOTHING: Held = np.zeros(0, np.int32), np.zeros(0, np.float32)


class Segment:
    def __init__(self, connection: tables.Connection, id: int) -> None:
        self.id = id
        self.known = Known.unpacked(tables.facts(connection, id))
        self.columns = self.known.columns()
        self.lengths = {field: np.array(each, np.int64) for field, each in self.known.lengths.items()}
        self.vocabularies: dict[str, Vocabulary] = {}
        self._firsts = tables.firsts(connection, id)
        self.visible = lru_cache(8)(self._visible)

    def blocks_of(self, term: str) -> range:
        """Where the word stands, in whatever field."""
        first = bisect_right(self._firsts, key_of("", term)) - 1
        last = bisect_right(self._firsts, key_of("\x7f", term)) - 1
        return range(max(first, 0), last + 1)

    def _visible(self, visible: frozenset[str]) -> Mask:
        return np.fromiter((id in visible for id in self.known.ids), np.bool_, len(self.known.ids))


class Words:
    """What was read of words, by segment, field and word; shared by all states that a process reads."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str, str], Held] = {}
        self._size = 0

    def read(
        self, connection: tables.Connection, segments: Iterable[Segment], fields: Sequence[str], term: str
    ) -> None:
        """Have the word of each segment, asking the database once for all that are missing."""
        missing = [each for each in segments if (each.id, fields[0], term) not in self._held]
        wanted = [(each.id, number) for each in missing for number in each.blocks_of(term)]
        packed = tables.postings(connection, wanted) if wanted else {}
        for each in missing:
            found: dict[str, Held] = {}
            for number in each.blocks_of(term):
                postings = Postings(packed[each.id, number])
                found |= {field: postings[key] for field in fields if (key := key_of(field, term)) in postings.at}
            for field in fields:
                self._keep((each.id, field, term), found.get(field, NOTHING))

    def held(self, segment: int, field: str, term: str) -> Held:
        return self._held[segment, field, term]

    def _keep(self, key: tuple[int, str, str], held: Held) -> None:
        self._held[key] = held
        # A word that is not there takes some room, too.
        self._size += len(held[0]) + 40

    def make_room(self) -> None:
        """Between two searches, as one relies on what it has read."""
        if self._size > KEPT:
            self._held.clear()
            self._size = 0


class Snapshot:
    """Implements kb.index.ranking.State. Asks the database within a transaction in which it is the latest."""

    def __init__(
        self, connection: tables.Connection, changed: int, former: Mapping[int, Segment], words: Words
    ) -> None:
        self.changed = changed
        self._connection = connection
        self._words = words
        parts = tables.parts(connection)
        self.segments = {part.id: former.get(part.id) or Segment(connection, part.id) for part in parts}
        self._each = tuple(self.segments.values())
        sizes = [part.size for part in parts]
        self._firsts = [sum(sizes[:at]) for at in range(len(sizes))]
        self.size = sum(sizes)
        self.languages = tuple(dict.fromkeys(name for each in self._each for name in each.columns.languages))
        self._stays = np.ones(self.size, np.bool_)
        for first, part in zip(self._firsts, parts, strict=True):
            self._stays[first + np.array(part.gone, np.int64)] = False
        self.norms = lru_cache(self._norms)

    def held(self, field: str, term: str) -> Held:
        fields = tuple(BOOSTS) if field in BOOSTS else (field,)
        self._words.read(self._connection, self._each, fields, term)
        found = [self._words.held(each.id, field, term) for each in self._each]
        numbers = [numbers + first for (numbers, _), first in zip(found, self._firsts, strict=True)]
        if not found:
            return NOTHING
        return np.concatenate(numbers), np.concatenate([weights for _, weights in found])

    def _norms(self, field: str) -> NDArray[np.float64]:
        return norms(_together([each.lengths[field] for each in self._each], np.int64))

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
            if key in postings.at:
                entry = postings.entry(key, Places(packed_places, postings.total))
                owners = np.repeat(entry.numbers.astype(np.int64), entry.sizes)
                return (owners << 32) + entry.places
        return np.zeros(0, np.int64)

    def near(self, word: str) -> Iterable[str]:
        letter = word[0]
        for each in self._each:
            if letter not in each.vocabularies:
                each.vocabularies[letter] = Vocabulary(tables.vocabulary(self._connection, each.id, letter))
            yield from each.vocabularies[letter].near(word)

    def seen_by(self, visible: frozenset[str]) -> Mask:
        seen: Mask = self._stays & _together([each.visible(visible) for each in self._each], np.bool_)
        return seen

    def passing(self, query: Query, now: datetime) -> Mask:
        return _together([each.columns.passing(query, now) for each in self._each], np.bool_)

    def created_s(self) -> NDArray[np.float64]:
        return _together([each.columns.created_s for each in self._each], np.float64)

    def counted(self, matched: Mask, now: datetime) -> dict[str, Mapping[str, int]]:
        parts = zip(self._firsts, self._each, strict=True)
        return {**added(each.columns.counted(matched[at : at + len(each.known.ids)], now) for at, each in parts)}

    def versions(self) -> dict[str, int]:
        return tables.versions(self._connection)

    def ids(self, numbers: Iterable[int]) -> list[str]:
        found = []
        for number in numbers:
            at = bisect_right(self._firsts, number) - 1
            found.append(self._each[at].known.ids[number - self._firsts[at]])
        return found


def _together(parts: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)
