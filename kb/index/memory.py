"""An index in memory, for tests of what uses one: plain and slow, ranked and tested as the others are."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from kb.index import corrections
from kb.index.analysis import Analyser
from kb.index.contract import Document, Found, Hit, Query, Token
from kb.index.ranking import BOOSTS, Ranking, norms, starts_of, weight


def light_stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending)
    return word


ANALYSER = Analyser(light_stem)


class MemoryState:
    """Implements kb.index.ranking.State. A document's number is its place."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = list(documents)
        self._terms = [_terms(document) for document in self.documents]

    def counts(self, field: str, term: str) -> Iterator[tuple[int, float]]:
        for n, terms in enumerate(self._terms):
            if count := terms[field].count(term):
                doubts = terms["doubtful"].count(term) if field == "spoken" else 0
                yield n, weight(count, doubts)

    def norms(self, field: str) -> Sequence[float]:
        return norms([len(terms[field]) for terms in self._terms])

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]:
        sought = f" {' '.join(terms)} "
        return [n for n, document in enumerate(self.documents) if sought in _in_sequence(getattr(document, field))]

    def near(self, word: str) -> Iterable[str]:
        return corrections.Vocabulary({word for terms in self._terms for word in terms["words"]}).near(word)


class MemoryIndex:
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

    def is_healthy(self) -> str | None:
        return None

    def analyse(self, text: str) -> list[Token]:
        return ANALYSER.analyse(text)

    def search(self, query: Query, *, visible: frozenset[str], offset: int = 0, limit: int = 20) -> Found:
        allowed = {n for n in self._numbers(visible) if _passes(self._state.documents[n], query)}
        if not query.words and not query.phrases:
            newest = sorted(allowed, key=lambda n: (self._state.documents[n].created_at, n), reverse=True)
            return self._found([(n, 0.0) for n in newest[offset : offset + limit]], allowed)
        ranking = Ranking(self._state, ANALYSER, visible=self._numbers(visible), allowed=allowed)
        ranked = ranking.search(query, limit=offset + limit)
        found = self._found(ranked.documents[offset:], ranked.matched)
        return Found(found.hits, found.total, ranked.corrected, ranked.idf, found.matched)

    def suggest(self, typed: str, *, visible: frozenset[str], limit: int = 6) -> list[str]:
        seen = self._numbers(visible)
        found = Ranking(self._state, ANALYSER, visible=seen, allowed=seen).suggest(typed, limit=limit)
        return [self._state.documents[n].id for n in found]

    def spread(self, stems: Iterable[str], *, visible: frozenset[str]) -> dict[str, int]:
        seen = self._numbers(visible)
        return Ranking(self._state, ANALYSER, visible=seen, allowed=seen).spread(stems)

    def _numbers(self, visible: frozenset[str]) -> set[int]:
        return {n for n, document in enumerate(self._state.documents) if document.id in visible}

    def _found(self, documents: Iterable[tuple[int, float]], matched: Collection[int]) -> Found:
        ids = [document.id for document in self._state.documents]
        hits = tuple(Hit(ids[n], score) for n, score in documents)
        return Found(hits, len(matched), matched=frozenset(ids[n] for n in matched))


def _terms(document: Document) -> dict[str, list[str]]:
    terms = {field: [token.stem for token in ANALYSER.analyse(getattr(document, field))] for field in BOOSTS}
    exact = {token.exact for field in BOOSTS for token in ANALYSER.analyse(getattr(document, field))}
    return terms | {
        "doubtful": [token.stem for token in ANALYSER.analyse(document.doubtful)],
        "starts": list(starts_of(ANALYSER, document.title)),
        "words": list(filter(corrections.is_ordinary, exact)),
    }


def _in_sequence(text: str) -> str:
    return f" {' '.join(token.stem for chunk in ANALYSER.words(text) for token in chunk.in_sequence)} "


def _passes(document: Document, query: Query) -> bool:
    return (
        query.category in (None, *document.category_path)
        and query.author in (None, document.author)
        and set(query.tags) <= set(document.tags)
    )
