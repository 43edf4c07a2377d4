"""What was read from one of Whoosh's segments, which never change: decoding them is most of the cost of a search."""

import warnings
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.index.corrections import Vocabulary
from kb.index.facets import Columns, Facts, Numbers
from kb.index.scores import Held
from kb.index.whoosh.codec import LAST_PLACE, Postings, vocabulary

with warnings.catch_warnings():
    # See kb/index/whoosh/schema.py.
    warnings.simplefilter("ignore")
    from whoosh.reading import TermNotFound  # type: ignore[import-untyped]

# Eight bytes each, and some hundred for each term.
CACHED_POSTINGS, OF_A_TERM = 2_000_000, 20

NOWHERE: Held = np.zeros(0, np.int32), np.zeros(0, np.float32)
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
        self.columns = Columns.of(Facts(*stored[n]["facts"]) if n in stored else NOBODY for n in range(self.size))
        self._held: OrderedDict[tuple[str, str], Held] = OrderedDict()
        self._cached = 0
        self._lengths: dict[str, NDArray[np.int64]] = {}
        self._vocabularies: dict[str, Vocabulary] = {}

    def held(self, reader: Any, field: str, term: str) -> Held:
        key = field, term
        if key in self._held:
            self._held.move_to_end(key)
        else:
            postings = _read(reader, field, term)
            self._held[key] = (postings.numbers, postings.weights) if postings else NOWHERE
            self._cached += len(self._held[key][0]) + OF_A_TERM
            while self._cached > CACHED_POSTINGS and len(self._held) > 1:
                _, (numbers, _) = self._held.popitem(last=False)
                self._cached -= len(numbers) + OF_A_TERM
        return self._held[key]

    def phrase(self, reader: Any, field: str, terms: Sequence[str]) -> Numbers:
        """Which documents have the terms one after the other."""
        words = [postings for term in terms if (postings := _read(reader, field, term)) and len(postings.places)]
        if len(words) < len(terms):
            return NOWHERE[0]
        [found, *others] = sorted((_occurrences(word, at) for at, word in enumerate(words)), key=len)
        for other in others:
            places = np.searchsorted(other, found).clip(max=len(other) - 1)
            found = found[other[places] == found]
        return np.unique(found // (2 * LAST_PLACE)).astype(np.int32)

    def lengths(self, reader: Any, field: str) -> NDArray[np.int64]:
        if field not in self._lengths:
            length = reader.doc_field_length
            self._lengths[field] = np.array([length(n, field) or 0 for n in range(self.size)], np.int64)
        return self._lengths[field]

    def near(self, reader: Any, word: str) -> list[str]:
        letter = word[0]
        if letter not in self._vocabularies:
            self._vocabularies[letter] = Vocabulary(vocabulary(reader, letter))
        return self._vocabularies[letter].near(word)


def _read(reader: Any, field: str, term: str) -> Postings | None:
    try:
        matcher = reader.postings(field, term)
    except TermNotFound:
        return None
    # What leaves out the deleted, one posting at a time, is wrapped around it.
    postings: Postings = getattr(matcher, "child", matcher)
    return postings


def _occurrences(postings: Postings, ahead: int) -> NDArray[np.int64]:
    """Where the word stands, in rising order: the document and the place in one number. ahead: places before that."""
    documents = np.repeat(postings.numbers.astype(np.int64), postings.sizes)
    return documents * (2 * LAST_PLACE) + postings.places - ahead + LAST_PLACE // 2
