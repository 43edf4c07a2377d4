"""What was read from one of Whoosh's segments, which never change: decoding them is most of the cost of a search."""

from array import array
from collections.abc import Sequence
from typing import Any

from kb.index.corrections import Vocabulary

CACHED_TERMS = 512

# The numbers of the documents that hold a term, and how often each does.
Postings = tuple[Sequence[int], Sequence[float]]


class Segment:
    """Kept from one state of the index to the next; each of these brings its own reader for what is not known yet.

    Documents that were deleted when it was read are left out, which is right for every later state as well.
    """

    def __init__(self, reader: Any) -> None:
        self.stored: dict[int, dict[str, Any]] = dict(reader.iter_docs())
        self._counts: dict[tuple[str, str], Postings] = {}
        self._lengths: dict[str, list[int]] = {}
        self._vocabulary: Vocabulary | None = None

    def counts(self, reader: Any, field: str, term: str) -> Postings:
        if (field, term) not in self._counts:
            if len(self._counts) == CACHED_TERMS:
                self._counts.clear()
            self._counts[field, term] = _read_postings(reader, field, term)
        return self._counts[field, term]

    def lengths(self, reader: Any, field: str) -> list[int]:
        if field not in self._lengths:
            length = reader.doc_field_length
            self._lengths[field] = [length(n, field) or 0 for n in range(reader.doc_count_all())]
        return self._lengths[field]

    def vocabulary(self, reader: Any) -> Vocabulary:
        if self._vocabulary is None:
            self._vocabulary = Vocabulary(word.decode() for word in reader.lexicon("words"))
        return self._vocabulary


def _read_postings(reader: Any, field: str, term: str) -> Postings:
    numbers, counts = array("L"), array("f")
    if (field, term) in reader:
        matcher = reader.postings(field, term)
        while matcher.is_active():
            numbers.append(matcher.id())
            counts.append(matcher.weight())
            matcher.next()
    return numbers, counts
