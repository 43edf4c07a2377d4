"""An index in memory, for tests of what uses one: plain and slow, ranked and tested as the others are."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from kb.index import corrections
from kb.index.analysis import Analyser
from kb.index.contract import Document, Query
from kb.index.facets import Columns, facts_of
from kb.index.ranking import BOOSTS, starts_of, weight
from kb.index.scores import Held
from kb.index.searching import Searching
from kb.index.states import Seen

Texts = Iterable[tuple[str, str]]


def light_stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending)
    return word


def light_stem_german(word: str) -> str:
    return word.rstrip("n").replace("ü", "u")


ANALYSER = Analyser({"en": light_stem, "de": light_stem_german})


class MemoryState:
    """Implements kb.index.searching.State. A document's number is its place."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        self.size = len(self.documents)
        self._columns = Columns.of(map(facts_of, self.documents))
        self.languages = self._columns.languages
        self.passing, self.counted = self._columns.passing, self._columns.counted
        self._terms = [_terms(document) for document in self.documents]

    def held(self, field: str, term: str) -> Held:
        counts = np.zeros(self.size, np.float32)
        for n, terms in enumerate(self._terms):
            if count := terms[field].count(term):
                doubts = terms["doubtful"].count(term) if field == "spoken" else 0
                counts[n] = weight(count, doubts)
        numbers = np.flatnonzero(counts).astype(np.int32)
        return numbers, counts[numbers]

    def lengths(self, field: str) -> NDArray[np.int64]:
        return np.array([len(terms[field]) for terms in self._terms], np.int64)

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]:
        sought = f" {' '.join(terms)} "
        return [n for n, document in enumerate(self.documents) if sought in _in_sequence(_texts(document, field))]

    def near(self, word: str) -> Iterable[str]:
        return corrections.Vocabulary({word for terms in self._terms for word in terms["words"]}).near(word)

    def seen_by(self, visible: frozenset[str]) -> Seen:
        return Seen(self, np.array([document.id in visible for document in self.documents], np.bool_))

    def ids(self, numbers: Iterable[int]) -> list[str]:
        return [self.documents[n].id for n in numbers]

    def created_s(self) -> NDArray[np.float64]:
        return self._columns.created_s


class MemoryIndex(Searching):
    analyser = ANALYSER

    def __init__(self) -> None:
        self._state = MemoryState([])

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        gone = set(deleted)
        kept = [document for document in self._state.documents if document.id not in gone]
        self.rebuild([*kept, *documents])

    def rebuild(self, documents: Iterable[Document]) -> None:
        self._state = MemoryState({document.id: document for document in documents}.values())

    def versions(self) -> dict[str, int]:
        return {document.id: document.version for document in self._state.documents}

    def optimize(self) -> None:
        """There is nothing to merge."""

    def is_healthy(self) -> str | None:
        return None

    @contextmanager
    def reading(self, query: Query | None = None) -> Iterator[MemoryState]:
        yield self._state


def _texts(document: Document, field: str) -> Texts:
    """Each with its language."""
    more = document.translations if field == "spoken" else ()
    return [(document.language, getattr(document, field)), *more]


def _terms(document: Document) -> dict[str, list[str]]:
    tokens = {
        field: [token for language, text in _texts(document, field) for token in ANALYSER.analyse(text, language)]
        for field in (*BOOSTS, "doubtful")
    }
    written = {word for field in BOOSTS for _, text in _texts(document, field) for word in ANALYSER.written(text)}
    return {field: [token.stem for token in found] for field, found in tokens.items()} | {
        "starts": list(starts_of(ANALYSER, document.title)),
        "words": list(filter(corrections.is_ordinary, written)),
    }


def _in_sequence(texts: Texts) -> str:
    return " / ".join(
        f" {' '.join(token.stem for chunk in ANALYSER.words(text, language) for token in chunk.in_sequence)} "
        for language, text in texts
    )
