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

    def __init__(
        self, values: Mapping[str, "_Values"], length: NDArray[np.intp], created_s: NDArray[np.float64]
    ) -> None:
        """length: the place of the first limit that is not exceeded; -1 where it is unknown."""
        self._values = values
        self._length = length
        self.created_s = created_s
        self.languages = values["language"].names

    @classmethod
    def of(cls, facts: Iterable[Facts]) -> "Columns":
        every = list(facts)
        values = {
            "category": _Values.of([each.categories for each in every]),
            "tag": _Values.of([each.tags for each in every]),
            "author": _Values.of([(each.author,) if each.author else () for each in every]),
            "language": _Values.of([each.languages for each in every]),
        }
        durations = np.array([-1 if each.duration_ms is None else each.duration_ms for each in every], np.int64)
        length = np.where(durations < 0, -1, np.searchsorted(LENGTHS_MS, durations))
        return cls(values, length, np.array([each.created_s for each in every], np.float64))

    @classmethod
    def together(cls, parts: Sequence["Columns"]) -> "Columns":
        """The documents of one part after those of another, so that they are counted at once."""
        if not parts:
            return cls.of([])
        return cls(
            {name: _Values.together([part._values[name] for part in parts]) for name in parts[0]._values},
            np.concatenate([part._length for part in parts]),
            np.concatenate([part.created_s for part in parts]),
        )

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
            passing &= _ages(self.created_s, now) == query.age
        if query.since is not None:
            passing &= self.created_s >= _seconds(query.since)
        if query.until is not None:
            passing &= self.created_s < _seconds(query.until)
        return passing

    def counted(self, numbers: NDArray[np.intp], now: datetime | None) -> dict[str, Counter[str]]:
        counted = {name: values.counted(numbers) for name, values in self._values.items()}
        counted["length"] = _places(self._length[numbers])
        counted["age"] = _places(_ages(self.created_s[numbers], now))
        return counted


class _Values:
    """A column of which a document has none, one or several values."""

    def __init__(self, names: Sequence[str], codes: Numbers, ends: NDArray[np.intp]) -> None:
        """codes: the place of each value in the names, those of a document after another's. ends: where its own do."""
        self.names = tuple(names)
        self._codes = codes
        self._ends = ends
        self._sizes = np.diff(ends, prepend=0)

    @classmethod
    def of(cls, of_each: Sequence[Sequence[str]]) -> "_Values":
        places: dict[str, int] = {}
        codes = np.array([places.setdefault(each, len(places)) for values in of_each for each in values], np.int32)
        return cls(tuple(places), codes, np.cumsum([len(values) for values in of_each], dtype=np.intp))

    @classmethod
    def together(cls, parts: Sequence["_Values"]) -> "_Values":
        places: dict[str, int] = {}
        codes, ends, before = [], [], 0
        for part in parts:
            new = np.array([places.setdefault(name, len(places)) for name in part.names], np.int32)
            codes.append(new[part._codes])
            ends.append(part._ends + before)
            before += len(part._codes)
        return cls(tuple(places), np.concatenate(codes), np.concatenate(ends))

    def having(self, value: str) -> Mask:
        found = np.zeros(len(self._ends), np.bool_)
        if value in self.names:
            at = np.flatnonzero(self._codes == self.names.index(value))
            found[np.searchsorted(self._ends, at, side="right")] = True
        return found

    def counted(self, numbers: NDArray[np.intp]) -> Counter[str]:
        ends, sizes = self._ends[numbers], self._sizes[numbers]
        # Of each document its first place among the codes, then the next …
        at = np.repeat(ends - np.cumsum(sizes), sizes) + np.arange(sizes.sum())
        counts = np.bincount(self._codes[at])
        found = np.flatnonzero(counts)
        return Counter(dict(zip([self.names[code] for code in found.tolist()], counts[found].tolist(), strict=True)))


def _ages(created_s: NDArray[np.float64], now: datetime | None) -> NDArray[np.intp]:
    return np.searchsorted(np.array(AGES_DAYS) * DAY_S, _seconds(now or datetime.now(UTC)) - created_s)


def _places(places: NDArray[np.intp]) -> Counter[str]:
    return Counter({str(place): int(count) for place, count in enumerate(np.bincount(places + 1)[1:]) if count})


def _seconds(moment: datetime) -> float:
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) / SECOND
