"""One state of the index as readers see it."""

import time
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.index.facets import Columns
from kb.index.scores import Held
from kb.index.states import Seen
from kb.index.whoosh.schema import schema
from kb.index.whoosh.segment import Segment

with warnings.catch_warnings():
    # See kb/index/whoosh/schema.py.
    warnings.simplefilter("ignore")
    from whoosh.index import open_dir  # type: ignore[import-untyped]


class Snapshot:
    """No writer changes it any more. Implements kb.index.searching.State."""

    def __init__(self, folder: Path, former: Mapping[str, Segment]) -> None:
        self.folder = folder
        self._index = opened(folder)
        # Read before the searcher is made: if a commit falls between the two we only reopen once more.
        self._generation = self._index.latest_generation()
        self._searcher = self._index.searcher()
        self.segments: dict[str, Segment] = {}
        self._leaves: list[tuple[Any, int, Segment]] = []
        self._ids: list[str] = []
        for reader, base in self._searcher.reader().leaf_readers():
            if reader.segment():  # An empty index has a reader of nothing.
                self._add(reader, base, former)
        self.size = len(self._ids)
        self._columns = Columns.together([segment.columns for _, _, segment in self._leaves])
        self.languages = self._columns.languages
        self.passing, self.counted = self._columns.passing, self._columns.counted
        self.lengths = lru_cache(self._lengths)
        self.seen_by = lru_cache(16)(self._seen_by)

    def _add(self, reader: Any, base: int, former: Mapping[str, Segment]) -> None:
        name = reader.segment().segment_id()
        segment = self.segments[name] = former.get(name) or Segment(reader)
        self._leaves.append((reader, base, segment))
        self._ids += segment.ids
        for n in reader.segment().deleted_docs():
            self._ids[base + n] = ""

    def is_latest(self) -> bool:
        return bool(self._index.latest_generation() == self._generation)

    def close(self) -> None:
        self._searcher.close()

    def ids(self, numbers: Iterable[int]) -> list[str]:
        return [self._ids[n] for n in numbers]

    def versions(self) -> Iterator[tuple[str, int]]:
        for _, base, segment in self._leaves:
            for n, version in enumerate(segment.versions, base):
                if self._ids[n]:
                    yield self._ids[n], version

    def held(self, field: str, term: str) -> Held:
        found = [(base, *segment.held(reader, field, term)) for reader, base, segment in self._leaves]
        parts = [(numbers + np.int32(base), counts) for base, numbers, counts in found if len(numbers)]
        if not parts:
            return np.zeros(0, np.int32), np.zeros(0, np.float32)
        numbers, counts = zip(*parts, strict=True)
        return np.concatenate(numbers), np.concatenate(counts)

    def _lengths(self, field: str) -> NDArray[np.int64]:
        return np.concatenate([segment.lengths(reader, field) for reader, _, segment in self._leaves])

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]:
        return [n for reader, base, s in self._leaves for n in (s.phrase(reader, field, terms) + base).tolist()]

    def near(self, word: str) -> Iterable[str]:
        for reader, _, segment in self._leaves:
            yield from segment.near(reader, word)

    def created_s(self) -> NDArray[np.float64]:
        return self._columns.created_s

    def _seen_by(self, visible: frozenset[str]) -> Seen:
        return Seen(self, np.fromiter((each in visible for each in self._ids), np.bool_, self.size))


def opened(folder: Path) -> Any:
    """A commit deletes the table of contents before it, perhaps between Whoosh's seeing and its opening that."""
    try:
        return open_dir(str(folder), schema=schema())
    except FileNotFoundError:
        time.sleep(0.02)
        return open_dir(str(folder), schema=schema())
