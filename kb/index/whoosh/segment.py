"""What was read from one of Whoosh's segments, which never change: decoding them is most of the cost of a search."""

import warnings
from collections import OrderedDict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.index.corrections import Vocabulary
from kb.index.facets import Columns, Facts
from kb.index.ranking import Held

with warnings.catch_warnings():
    # See words.py.
    warnings.simplefilter("ignore")
    from whoosh.codec.whoosh3 import W3LeafMatcher  # type: ignore[import-untyped]

# Eight bytes each, and some hundred for each term.
CACHED_POSTINGS, OF_A_TERM = 2_000_000, 20

NOBODY = Facts((), (), "", (), None, 0.0)


class Segment:
    """Kept from one state of the index to the next; each of these brings its own reader for what is not known yet.

    Documents that were deleted are among the numbers: who asks leaves them out, as states differ in them.
    """

    def __init__(self, reader: Any) -> None:
        self.size: int = reader.doc_count_all()
        stored = dict(reader.iter_docs())
        self.ids: list[str] = [stored[n]["id"] if n in stored else "" for n in range(self.size)]
        self.versions: list[int] = [stored[n]["version"] if n in stored else 0 for n in range(self.size)]
        self.columns = Columns(Facts(*stored[n]["facts"]) if n in stored else NOBODY for n in range(self.size))
        self._held: OrderedDict[tuple[str, str], Held] = OrderedDict()
        self._cached = 0
        self._lengths: dict[str, NDArray[np.int64]] = {}
        self._vocabulary: Vocabulary | None = None

    def held(self, reader: Any, field: str, term: str) -> Held:
        key = field, term
        if key in self._held:
            self._held.move_to_end(key)
        else:
            self._held[key] = _read_postings(reader, field, term)
            self._cached += len(self._held[key][0]) + OF_A_TERM
            while self._cached > CACHED_POSTINGS and len(self._held) > 1:
                _, (numbers, _) = self._held.popitem(last=False)
                self._cached -= len(numbers) + OF_A_TERM
        return self._held[key]

    def lengths(self, reader: Any, field: str) -> NDArray[np.int64]:
        if field not in self._lengths:
            length = reader.doc_field_length
            self._lengths[field] = np.array([length(n, field) or 0 for n in range(self.size)], np.int64)
        return self._lengths[field]

    def vocabulary(self, reader: Any) -> Vocabulary:
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(word.decode() for word in reader.lexicon("words"))
        return self._vocabulary


def _read_postings(reader: Any, field: str, term: str) -> Held:
    numbers: list[int] = []
    counts: list[float] = []
    if (field, term) in reader:
        matcher = reader.postings(field, term)
        # Leaves out what is deleted, one posting at a time.
        matcher = getattr(matcher, "child", matcher)
        while matcher.is_active():
            if isinstance(matcher, W3LeafMatcher):
                # Whole blocks: its own way, posting by posting, takes ten times as long.
                matcher._read_ids()
                matcher._read_weights()
                numbers += matcher._ids
                counts += matcher._weights
                matcher._next_block()
            else:
                numbers.append(matcher.id())
                counts.append(matcher.weight())
                matcher.next()
    return np.array(numbers, np.int32), np.array(counts, np.float32)
