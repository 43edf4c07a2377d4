"""One unchanging state of an index, and how much of it somebody may see. Pure."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kb.index.facets import Mask
from kb.index.scores import Held


class State(Protocol):
    """size: how many numbers there are. languages: primary subtags of all texts, of whoever's documents."""

    @property
    def size(self) -> int: ...
    @property
    def languages(self) -> Sequence[str]: ...

    def held(self, field: str, term: str) -> Held:
        """Return which documents have the term in that field, with how often."""

    def lengths(self, field: str) -> NDArray[np.int64]:
        """Return how many words each document has in that field."""

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]: ...
    def near(self, word: str) -> Iterable[str]: ...


class Seen:
    """Which documents of a state its asker may see, how many, and how long their fields are on average."""

    def __init__(self, state: State, mask: Mask) -> None:
        self.mask = mask
        self.count = int(np.count_nonzero(mask))
        self._state = state
        self._averages: dict[str, float] = {}

    def average(self, field: str) -> float:
        if field not in self._averages:
            lengths = self._state.lengths(field)[self.mask]
            self._averages[field] = float(lengths.mean()) if lengths.any() else 1.0
        return self._averages[field]
