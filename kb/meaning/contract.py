"""What the search needs to find by meaning: texts as vectors of length 1, near each other where they mean the same."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.errors import KbError

Vectors = NDArray[np.float32]


class MeaningUnavailable(KbError):
    """There is no model that works, or its process does not answer. Search by words goes on without it."""

    status = 503
    code = "meaning-unavailable"
    title = "Search by meaning doesn't work"


class Embedder(Protocol):
    """model: what tells this model from every other; vectors of two models have nothing to do with each other."""

    @property
    def model(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a row for each text, of length 1; of length 0 for a text of which the model knows no word."""


class Said(NamedTuple):
    """A stretch of a screencast, as it is embedded."""

    start_ms: int
    end_ms: int
    text: str


class Read(NamedTuple):
    """A screencast in that version."""

    version: int
    passages: Sequence[Said]


class Near(NamedTuple):
    """The passage of a screencast that comes nearest. likeness: cosine. version: of the screencast that was read."""

    id: str
    likeness: float
    start_ms: int
    end_ms: int
    version: int
