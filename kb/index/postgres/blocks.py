"""Posting lists packed into blocks: a few hundred words each, in order, so that one row of a table serves many. Pure.

A key is a word and the field in which it stands. Blocks hold bytes and no pickles: whatever lies in the database can
be torn or wrong, but never runs.
"""

import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Weights = NDArray[np.float32]

# What is read at once for one word, and what is read in vain with it.
KEYS, POSTINGS = 512, 16_384
# The lightest compression takes a third of the time for a tenth more bytes.
COMPRESSION = 1
# As the name of a field it would come after all of them.
AFTER_FIELDS = "~"


class Entry(NamedTuple):
    """The documents that hold a word in a field, in rising order; how much it counts in each; and at which places.

    sizes: of how many of the places each document has; all 0 in fields that no phrase is looked for in.
    """

    numbers: Numbers
    weights: Weights
    sizes: Numbers
    places: Numbers


class Block(NamedTuple):
    """first: its first key. places is apart, as only phrases need it."""

    first: bytes
    postings: bytes
    places: bytes


def key_of(field: str, term: str) -> str:
    """No word holds white space."""
    return f"{term} {field}"


def pack(entries: Iterable[tuple[str, Entry]]) -> Iterator[Block]:
    """entries: by key, in the order of keys."""
    waiting: list[tuple[str, Entry]] = []
    size = 0
    for key, entry in entries:
        waiting.append((key, entry))
        size += len(entry.numbers)
        if len(waiting) == KEYS or size >= POSTINGS:
            yield _packed(waiting)
            waiting, size = [], 0
    if waiting:
        yield _packed(waiting)


def _packed(entries: list[tuple[str, Entry]]) -> Block:
    keys = "\n".join(key for key, _ in entries).encode()
    counts = np.array([len(entry.numbers) for _, entry in entries], "<i4")
    numbers, weights, sizes, places = (np.concatenate(each) for each in zip(*(e for _, e in entries), strict=True))
    # Each as the distance from the one before, since small numbers pack well.
    steps = np.diff(numbers, prepend=0)
    begins = np.cumsum(counts) - counts
    steps[begins] = numbers[begins]
    head = np.array([len(keys), len(counts)], "<i4")
    postings = [head.tobytes(), counts.tobytes(), keys, steps.astype("<i4").tobytes(), weights.astype("<f4").tobytes()]
    return Block(
        first=entries[0][0].encode(),
        postings=zlib.compress(b"".join(postings), COMPRESSION),
        places=zlib.compress(sizes.astype("<i4").tobytes() + places.astype("<i4").tobytes(), COMPRESSION),
    )


class Postings:
    """The words of one block, as they are read."""

    def __init__(self, packed: bytes) -> None:
        raw = zlib.decompress(packed)
        length, count = (int(n) for n in np.frombuffer(raw, "<i4", 2))
        counts = np.frombuffer(raw, "<i4", count, offset=8)
        at = 8 + 4 * count
        # Each between two line ends, so that one is looked for without taking all apart.
        self._keys = b"\n%b\n" % raw[at : at + length]
        self._ends = np.cumsum(counts)
        self._begins = self._ends - counts
        self.total = int(counts.sum())
        self._steps = np.frombuffer(raw, "<i4", self.total, offset=at + length)
        self._weights = np.frombuffer(raw, "<f4", self.total, offset=at + length + 4 * self.total)

    def held(self, key: str) -> tuple[Numbers, Weights] | None:
        """Return which documents hold it, with how much it counts in each; None if it does not stand here."""
        part = self._part(key)
        return self._held(part) if part else None

    def entry(self, key: str, places: "Places") -> Entry | None:
        part = self._part(key)
        return Entry(*self._held(part), *places.of(part)) if part else None

    def entries(self, places: "Places") -> Iterator[tuple[str, Entry]]:
        parts = map(slice, self._begins.tolist(), self._ends.tolist())
        keys = self._keys.decode().split("\n")[1:-1]
        return ((key, Entry(*self._held(part), *places.of(part))) for key, part in zip(keys, parts, strict=True))

    def _held(self, part: slice) -> tuple[Numbers, Weights]:
        return np.cumsum(self._steps[part], dtype=np.int32), self._weights[part].astype(np.float32)

    def _part(self, key: str) -> slice | None:
        at = self._keys.find(b"\n%b\n" % key.encode(errors="replace"))
        if at < 0:
            return None
        n = self._keys.count(b"\n", 0, at)
        return slice(int(self._begins[n]), int(self._ends[n]))


class Places:
    """Where those words stand. total: of the postings of the block."""

    def __init__(self, packed: bytes, total: int) -> None:
        raw = zlib.decompress(packed)
        self._sizes = np.frombuffer(raw, "<i4", total)
        self._places = np.frombuffer(raw, "<i4", offset=4 * total)
        self._ends = np.concatenate([[0], np.cumsum(self._sizes)])

    def of(self, part: slice) -> tuple[Numbers, Numbers]:
        return self._sizes[part], self._places[self._ends[part.start] : self._ends[part.stop]]


def joined(entries: list[Entry], renumbered: list[Numbers]) -> Entry:
    """One entry of several segments. renumbered: of each, the new number of every document, -1 for those that left.

    New numbers rise with the old ones, and from each segment to the next.
    """
    parts = [_kept(entry, new) for entry, new in zip(entries, renumbered, strict=True)]
    if len(parts) == 1:
        return parts[0]
    return Entry(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _kept(entry: Entry, renumbered: Numbers) -> Entry:
    numbers = renumbered[entry.numbers]
    kept = numbers >= 0
    if kept.all():
        return entry._replace(numbers=numbers)
    places = entry.places[np.repeat(kept, entry.sizes)]
    return Entry(numbers[kept], entry.weights[kept], entry.sizes[kept], places)
