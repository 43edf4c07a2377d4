"""Scores of documents, as arrays by their number: a document that holds nothing of what is asked has 0. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kb.index.facets import Mask

Scores = NDArray[np.float64]


def in_all(groups: Sequence[Scores], size: int) -> Scores:
    """The sum of what those have that are in every group."""
    if not groups:
        return np.zeros(size)
    if len(groups) == 1:
        return groups[0]
    total = np.sum(groups, axis=0)
    for group in groups:
        total[group == 0] = 0
    return np.asarray(total, np.float64)


def in_any(groups: Sequence[Scores], size: int) -> Scores:
    return np.asarray(np.sum(groups, axis=0), np.float64) if len(groups) > 1 else in_all(groups, size)


def best(scores: Scores, limit: int, *, among: Mask) -> list[tuple[int, float]]:
    """Return document and score. Equals stand in the order of the index, so that no page repeats another."""
    numbers = np.flatnonzero(among)
    if limit <= 0:
        return []
    if len(numbers) > limit:
        least = np.partition(scores[numbers], len(numbers) - limit)[len(numbers) - limit]
        numbers = numbers[scores[numbers] >= least]
    ordered = numbers[np.argsort(-scores[numbers], kind="stable")][:limit]
    return [(int(n), float(scores[n])) for n in ordered]
