"""What a search asks of documents, put together from posting lists: which have it, and how much it counts there. Pure.

Which have it is told of all documents at once. How much it counts is told of those asked about alone: where each of
the words stands in thousands, a hundred may have all of them.
"""

from collections.abc import Sequence
from functools import cached_property, reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.index.facets import Mask, Numbers

Counts = NDArray[np.float32]
Scores = NDArray[np.float64]
# The numbers of the documents that hold something, each once, in rising order, and how often each does.
Held = tuple[Numbers, Counts]
# Numbers of documents, in rising order.
Among = NDArray[np.intp]

# BM25's own two, at their usual values.
K1, B = 1.2, 0.75
# To look up one document in a list takes as long as to go through so many of the list.
LOOKED_UP = 8


class Scored(Protocol):
    @property
    def holders(self) -> Mask:
        """Of every document whether it has it."""

    def scores(self, among: Among) -> Scores:
        """Return how much it counts in each of these documents; 0 where they don't have it."""


class Listed:
    """What is held in one field, weighed by BM25. lengths: of that field, in words, of every document."""

    def __init__(self, held: Held, weight: float, lengths: NDArray[np.int64], average_length: float) -> None:
        self._numbers, self._counts = held
        self._weight = weight
        self._lengths = lengths
        self._average_length = average_length

    @cached_property
    def holders(self) -> Mask:
        found = np.zeros(len(self._lengths), np.bool_)
        found[self._numbers] = True
        return found

    def scores(self, among: Among) -> Scores:
        numbers, counts = self._numbers, self._counts
        if len(among) * LOOKED_UP > len(numbers):
            every = np.zeros(len(self._lengths))
            every[numbers] = self._weighed(numbers, counts)
            return every[among]
        places = np.searchsorted(numbers, among.astype(numbers.dtype)).clip(max=len(numbers) - 1)
        found = np.flatnonzero(numbers[places] == among)
        places = places[found]
        scores = np.zeros(len(among))
        scores[found] = self._weighed(numbers[places], counts[places])
        return scores

    def _weighed(self, numbers: Numbers, counts: Counts) -> Scores:
        norms = K1 * (1 - B + B * (self._lengths[numbers] / self._average_length))
        return np.asarray(self._weight * (K1 + 1) * counts / (counts + norms), np.float64)


class Any:
    """What has any of them: the more, the better. size: how many documents there are."""

    def __init__(self, parts: Sequence[Scored], size: int) -> None:
        self._parts = parts
        self._size = size

    @cached_property
    def holders(self) -> Mask:
        return reduce(np.logical_or, (part.holders for part in self._parts), np.zeros(self._size, np.bool_))

    def scores(self, among: Among) -> Scores:
        return sum((part.scores(among) for part in self._parts), np.zeros(len(among)))


class Some(Any):
    """What has any of them, where all were asked for: so as what has any, times the share of them that it has, squared.

    A title counts several times what is said; without this one word in a title would stand before three in a sentence.
    """

    def scores(self, among: Among) -> Scores:
        held = sum((part.holders[among] for part in self._parts), np.zeros(len(among)))
        return super().scores(among) * (held / len(self._parts)) ** 2


class All:
    """What has every one of them; nothing if there are none."""

    def __init__(self, parts: Sequence[Scored], size: int) -> None:
        self._parts = parts
        self._size = size

    @cached_property
    def holders(self) -> Mask:
        first = np.full(self._size, bool(self._parts))
        return reduce(np.logical_and, (part.holders for part in self._parts), first)

    def scores(self, among: Among) -> Scores:
        total = sum((part.scores(among) for part in self._parts), np.zeros(len(among)))
        return np.where(self.holders[among], total, 0)


class Better:
    """What has the one or the other, by that of them which counts more."""

    def __init__(self, one: Scored, other: Scored) -> None:
        self._one, self._other = one, other

    @cached_property
    def holders(self) -> Mask:
        return self._one.holders | self._other.holders

    def scores(self, among: Among) -> Scores:
        return np.maximum(self._one.scores(among), self._other.scores(among))


class Only:
    """Of what has it these documents alone."""

    def __init__(self, part: Scored, documents: Mask) -> None:
        self._part = part
        self.holders: Mask = part.holders & documents

    def scores(self, among: Among) -> Scores:
        return np.where(self.holders[among], self._part.scores(among), 0)


def best(scores: Scores, limit: int, *, among: Among) -> list[tuple[int, float]]:
    """Return document and score. scores: of those documents. Equals stand in the order of the index, so that no page
    repeats another.
    """
    if limit <= 0:
        return []
    places = np.arange(len(among))
    if len(among) > limit:
        least = np.partition(scores, len(among) - limit)[len(among) - limit]
        places = np.flatnonzero(scores >= least)
    ordered = places[np.argsort(-scores[places], kind="stable")][:limit]
    return [(int(among[place]), float(scores[place])) for place in ordered]
