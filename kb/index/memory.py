"""An index in memory, for tests of what uses one: slow and plain, held to the same contract as the others."""

from collections import Counter
from collections.abc import Iterable
from math import log

from kb.index import corrections
from kb.index.analysis import Analyser
from kb.index.contract import Document, Found, Hit, Query, Token

ENOUGH = 10


def light_stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending)
    return word


class MemoryIndex:
    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._analyser = Analyser(light_stem)

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        for gone in deleted:
            self._documents.pop(gone, None)
        self._documents |= {document.id: document for document in documents}

    def rebuild(self, documents: Iterable[Document]) -> None:
        self._documents = {document.id: document for document in documents}

    def versions(self) -> dict[str, int]:
        return {document.id: document.version for document in self._documents.values()}

    def is_healthy(self) -> str | None:
        return None

    def analyse(self, text: str) -> list[Token]:
        return self._analyser.analyse(text)

    def search(self, query: Query, *, visible: frozenset[str], offset: int = 0, limit: int = 20) -> Found:
        seen = [document for document in self._documents.values() if document.id in visible]
        words, corrected = self._corrected(query, seen)
        allowed = [document for document in seen if self._passes(document, query)]
        if not words and not query.phrases:
            newest = sorted(allowed, key=lambda document: document.created_at, reverse=True)
            hits = tuple(Hit(document.id, 0.0) for document in newest[offset : offset + limit])
            return Found(hits, len(newest), matched=frozenset(document.id for document in newest))
        scores = {document.id: self._matches(document, words, query.last_is_prefix) for document in allowed}
        full = {each for each, count in scores.items() if count == len(words)}
        kept = full if len(full) >= ENOUGH else {each for each, count in scores.items() if count or not words}
        ranked = sorted(kept, key=lambda each: (-scores[each], each))
        idf = {stem: self._idf(stem, seen) for word in words for stem in self._stems(word)}
        hits = tuple(Hit(each, float(scores[each])) for each in ranked[offset : offset + limit])
        return Found(hits, len(ranked), corrected, idf, frozenset(ranked))

    def suggest(self, typed: str, *, visible: frozenset[str], limit: int = 6) -> list[str]:
        starts = [token.exact for token in self.analyse(typed) if not token.part]
        found = []
        for document in self._documents.values():
            words = [token.exact for token in self.analyse(document.title)]
            if starts and document.id in visible and all(any(w.startswith(s) for w in words) for s in starts):
                found.append(document.id)
        return found[:limit]

    def _corrected(self, query: Query, seen: list[Document]) -> tuple[list[str], dict[str, str]]:
        held = Counter(word for document in seen for word in {t.exact for t in self.analyse(_all(document))})
        vocabulary = corrections.Vocabulary(filter(corrections.is_ordinary, held))
        corrected = {}
        for word in query.words:
            as_start = query.last_is_prefix and word == query.words[-1]
            if corrections.is_ordinary(word) and not any(self._matches(d, [word], as_start) for d in seen):
                typed = word.lower()
                for better in corrections.best(typed, vocabulary.near(typed), held.__getitem__)[:1]:
                    corrected[word] = better
        return [corrected.get(word, word) for word in query.words], corrected

    def _passes(self, document: Document, query: Query) -> bool:
        text = " ".join(self._in_sequence([_all(document)]))
        return (
            (query.category is None or query.category in document.category_path)
            and set(query.tags) <= set(document.tags)
            and query.author in (None, document.author)
            and not any(self._matches(document, [word], False) for word in query.excluded)
            and all(" ".join(self._in_sequence(phrase)) in text for phrase in query.phrases)
        )

    def _matches(self, document: Document, words: list[str], last_is_prefix: bool) -> int:
        stems = self._stems(_all(document))
        starts = [token.exact for token in self.analyse(document.title)]
        count = 0
        for at, word in enumerate(words):
            chunks = self._analyser.words(word)
            wholes = {piece.stem for chunk in chunks for piece in chunk.wholes}
            parts = {piece.stem for chunk in chunks for piece in chunk.parts}
            as_start = last_is_prefix and at == len(words) - 1 and len(word) > 1
            count += bool(
                wholes & stems
                or (parts and parts <= stems)
                or (as_start and any(start.startswith(word.lower()) for start in starts))
            )
        return count

    def _idf(self, stem: str, seen: list[Document]) -> float:
        return log(1 + len(seen) / (1 + sum(stem in self._stems(_all(document)) for document in seen)))

    def _stems(self, text: str) -> set[str]:
        return {token.stem for token in self.analyse(text)}

    def _in_sequence(self, phrase: Iterable[str]) -> list[str]:
        return [piece.stem for word in phrase for chunk in self._analyser.words(word) for piece in chunk.in_sequence]


def _all(document: Document) -> str:
    return "\n".join((document.title, document.about, document.spoken, document.screen))
