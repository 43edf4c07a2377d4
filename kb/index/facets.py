"""What is counted of the documents found, and what they are narrowed by. Pure.

A document is a number here, as engines have them; what is known of each stands in columns, so that thousands are
counted in a moment.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.index.analysis import primary_subtag
from kb.index.contract import AGES_DAYS, LENGTHS_MS, Document, Query

# Of every number whether it is meant.
Mask = NDArray[np.bool_]
Numbers = NDArray[np.int32]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, DAY_S = timedelta(seconds=1), 86_400.0


class Facts(NamedTuple):
    """Of one document. created_s: since 1970, in UTC."""

    categories: tuple[str, ...]
    tags: tuple[str, ...]
    author: str
    languages: tuple[str, ...]
    duration_ms: int | None
    created_s: float


def facts_of(document: Document) -> Facts:
    languages = {primary_subtag(language) for language in (document.language, *dict(document.translations))}
    return Facts(
        document.category_path,
        document.tags,
        document.author,
        tuple(sorted(languages - {""})),
        document.duration_ms,
        _seconds(document.created_at),
    )


class Columns:
    """Of the documents 0, 1, 2 …"""

    def __init__(self, facts: Iterable[Facts]) -> None:
        every = list(facts)
        self._values = {
            "category": _Values([each.categories for each in every]),
            "tag": _Values([each.tags for each in every]),
            "author": _Values([(each.author,) if each.author else () for each in every]),
            "language": _Values([each.languages for each in every]),
        }
        durations = np.array([-1 if each.duration_ms is None else each.duration_ms for each in every], np.int64)
        # In the place of the first limit that is not exceeded; -1 where the length is unknown.
        self._length = np.where(durations < 0, -1, np.searchsorted(LENGTHS_MS, durations))
        self.created_s = np.array([each.created_s for each in every], np.float64)
        self.languages = self._values["language"].names

    def passing(self, query: Query, now: datetime | None) -> Mask:
        """Which documents pass all filters of the query but its words."""
        passing = np.ones(len(self.created_s), np.bool_)
        asked = [("category", query.category), ("author", query.author), *(("tag", tag) for tag in query.tags)]
        if query.language is not None:
            asked.append(("language", primary_subtag(query.language)))
        for name, value in asked:
            if value is not None:
                passing &= self._values[name].having(value)
        if query.length is not None:
            passing &= self._length == query.length
        if query.age is not None:
            passing &= self._age(now) == query.age
        if query.since is not None:
            passing &= self.created_s >= _seconds(query.since)
        if query.until is not None:
            passing &= self.created_s < _seconds(query.until)
        return passing

    def counted(self, matched: Mask, now: datetime | None) -> dict[str, Counter[str]]:
        counted = {name: values.counted(matched) for name, values in self._values.items()}
        counted["length"] = _places(self._length[matched])
        counted["age"] = _places(self._age(now)[matched])
        return counted

    def _age(self, now: datetime | None) -> NDArray[np.intp]:
        ages_s = _seconds(now or datetime.now(UTC)) - self.created_s
        return np.searchsorted(np.array(AGES_DAYS) * DAY_S, ages_s)


class _Values:
    """A column of which a document has none, one or several values."""

    def __init__(self, of_each: Sequence[Sequence[str]]) -> None:
        codes: dict[str, int] = {}
        self._codes = np.array([codes.setdefault(each, len(codes)) for values in of_each for each in values], np.int32)
        self._numbers = np.repeat(np.arange(len(of_each)), [len(values) for values in of_each])
        self._documents = len(of_each)
        self._by_name = codes
        self.names = tuple(codes)

    def having(self, value: str) -> Mask:
        found = np.zeros(self._documents, np.bool_)
        if value in self._by_name:
            found[self._numbers[self._codes == self._by_name[value]]] = True
        return found

    def counted(self, matched: Mask) -> Counter[str]:
        counts = np.bincount(self._codes[matched[self._numbers]])
        found = np.flatnonzero(counts)
        return Counter(dict(zip([self.names[code] for code in found.tolist()], counts[found].tolist(), strict=True)))


def added(counted: Iterable[Mapping[str, Counter[str]]]) -> dict[str, Counter[str]]:
    """What several parts of an index counted, taken together."""
    total: dict[str, Counter[str]] = {}
    for each in counted:
        for name, counts in each.items():
            total.setdefault(name, Counter()).update(counts)
    return total


def _places(places: NDArray[np.intp]) -> Counter[str]:
    return Counter({str(place): int(count) for place, count in enumerate(np.bincount(places + 1)[1:]) if count})


def _seconds(moment: datetime) -> float:
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) / SECOND
