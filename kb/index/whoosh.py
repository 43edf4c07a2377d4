"""The index kept by Whoosh, in files below one private folder.

Written to the API that Whoosh 2.7.4 and whoosh3 share; the pinned 2.7.4 is the calmer of the two. Its files hold
pickles, so whoever can write the folder runs code: it is never restored from a backup, but rebuilt.
"""

import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import fields, formats  # type: ignore[import-untyped]
from whoosh import query as whoosh_query  # type: ignore[import-untyped]
from whoosh.analysis import Analyzer  # type: ignore[import-untyped]
from whoosh.analysis import Token as WhooshToken  # type: ignore[import-untyped]
from whoosh.index import create_in, open_dir  # type: ignore[import-untyped]
from whoosh.lang.porter2 import stem  # type: ignore[import-untyped]

from kb.errors import KbError
from kb.index.analysis import Analyser
from kb.index.contract import Document, Found, Hit, IndexBroken, Query, Token
from kb.index.folders import Folders
from kb.index.ranking import Ranking, starts_of, suggested

# Say another name whenever the fields or the analysis change: an index of the former is then rebuilt.
FORMAT = "whoosh-1"
REBUILD_BATCH = 500
PATIENCE_S = 10.0
CACHED_TERMS = 1024

ANALYSER = Analyser(stem)


class Stems(Analyzer):  # type: ignore[misc]
    def __call__(self, value: str, **kwargs: Any) -> Iterator[Any]:
        token = WhooshToken(positions=True)
        for piece, position in ANALYSER.placed(value):
            token.text, token.pos, token.boost = piece.stem, position, 1.0
            yield token


class Exact(Analyzer):  # type: ignore[misc]
    def __call__(self, value: str, **kwargs: Any) -> Iterator[Any]:
        token = WhooshToken()
        for piece, _ in ANALYSER.placed(value):
            token.text, token.boost = piece.exact, 1.0
            yield token


class Starts(Analyzer):  # type: ignore[misc]
    def __call__(self, value: str, **kwargs: Any) -> Iterator[Any]:
        token = WhooshToken()
        for start in starts_of(ANALYSER, value):
            token.text, token.boost = start, 1.0
            yield token


def _schema() -> Any:
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        version=fields.STORED,
        created=fields.STORED,
        title=fields.TEXT(Stems()),
        about=fields.TEXT(Stems()),
        spoken=fields.TEXT(Stems()),
        screen=fields.TEXT(Stems()),
        starts=fields.FieldType(formats.Frequency(), Starts(), scorable=True),
        words=fields.FieldType(formats.Existence(), Exact()),
        category=fields.ID,
        tags=fields.ID,
        author=fields.ID,
    )


class Snapshot:
    """One state of the index, which no writer changes any more. Implements kb.index.ranking.State."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index = open_dir(str(folder), schema=_schema(), readonly=True)
        # Read before the searcher is made: if a commit falls between the two we only reopen once more.
        self._generation = self._index.latest_generation()
        self._searcher = self._index.searcher()
        self.size = self._searcher.doc_count()
        self.stored = dict(self._searcher.reader().iter_docs())
        self.numbers = {stored["id"]: n for n, stored in self.stored.items()}
        self.scores = lru_cache(CACHED_TERMS)(self._scores)
        self.seen_by = lru_cache(16)(self._seen_by)

    def is_latest(self) -> bool:
        return bool(self._index.latest_generation() == self._generation)

    def close(self) -> None:
        self._searcher.close()

    def _seen_by(self, visible: frozenset[str]) -> frozenset[int]:
        return frozenset(n for id, n in self.numbers.items() if id in visible)

    def _scores(self, field: str, term: str) -> Mapping[int, float]:
        return self._collect(whoosh_query.Term(field, term))

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]:
        return self._collect(whoosh_query.Phrase(field, list(terms)))

    def near(self, word: str, edits: int) -> Iterable[str]:
        if not self.size:
            return ()
        words: Iterable[str] = self._searcher.reader().terms_within("words", word, edits, prefix=1)
        return words

    def _collect(self, query: Any) -> dict[int, float]:
        found: dict[int, float] = {}
        for leaf, base in self._searcher.leaf_searchers():
            matcher = query.matcher(leaf, leaf.context())
            while matcher.is_active():
                found[base + matcher.id()] = matcher.score()
                matcher.next()
        return found


class WhooshIndex:
    """Safe to share between threads; a fork opens its own. Readers never wait for a writer."""

    def __init__(self, folder: Path) -> None:
        self._folders = Folders(folder, format=FORMAT)
        self._lock = threading.Lock()
        self._open: tuple[int, Snapshot] | None = None

    def search(self, query: Query, *, visible: frozenset[str], offset: int = 0, limit: int = 20) -> Found:
        with self._reading() as state:
            seen = state.seen_by(visible)
            allowed = _filtered(state, query, seen)
            if not query.words and not query.phrases:
                newest = sorted(allowed, key=lambda n: (state.stored[n]["created"], n), reverse=True)
                hits = tuple(Hit(state.stored[n]["id"], 0.0) for n in newest[offset : offset + limit])
                return Found(hits, len(newest), matched=frozenset(state.stored[n]["id"] for n in newest))
            ranked = Ranking(state, ANALYSER, visible=seen, allowed=allowed).search(query, limit=offset + limit)
            hits = tuple(Hit(state.stored[n]["id"], score) for n, score in ranked.documents[offset:])
            matched = frozenset(state.stored[n]["id"] for n in ranked.matched)
            return Found(hits, ranked.total, ranked.corrected, ranked.idf, matched)

    def suggest(self, typed: str, *, visible: frozenset[str], limit: int = 6) -> list[str]:
        with self._reading() as state:
            found = suggested(state, ANALYSER, typed, visible=state.seen_by(visible), limit=limit)
            return [state.stored[n]["id"] for n in found]

    def analyse(self, text: str) -> list[Token]:
        return ANALYSER.analyse(text)

    def versions(self) -> dict[str, int]:
        with self._reading() as state:
            return {stored["id"]: stored["version"] for stored in state.stored.values()}

    def is_healthy(self) -> str | None:
        try:
            self.versions()
        except IndexBroken as broken:
            return broken.detail
        return None

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        with self._folders.writing(patience_s=PATIENCE_S):
            folder = self._folders.current()
            with _broken_if_torn():
                index = open_dir(str(folder), schema=_schema())
                writer = index.writer(timeout=PATIENCE_S)
            # Of two documents for one id the later counts; update_document would keep both.
            latest = {document.id: document for document in documents}
            with writer, index.searcher() as searcher:
                for id in {*deleted, *latest}:
                    writer.delete_by_term("id", id, searcher=searcher)
                for document in latest.values():
                    writer.add_document(**_fields(document))

    def rebuild(self, documents: Iterable[Document]) -> None:
        with self._folders.writing(patience_s=PATIENCE_S):
            folder = self._folders.fresh()
            index = create_in(str(folder), _schema())
            waiting = iter(documents)
            while batch := list(islice(waiting, REBUILD_BATCH)):
                with index.writer(limitmb=128) as writer:
                    for document in batch:
                        writer.add_document(**_fields(document))
            self._folders.switch_to(folder)

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        """Lend the latest state. One at a time: Whoosh doesn't promise more, and the work holds the GIL anyway."""
        with self._lock, _broken_if_torn():
            yield self._latest()

    def _latest(self) -> Snapshot:
        folder, process = self._folders.current(), os.getpid()
        if self._open:
            opener, snapshot = self._open
            if opener == process and snapshot.folder == folder and snapshot.is_latest():
                return snapshot
            self._open = None
            if opener == process:
                snapshot.close()
        snapshot = Snapshot(folder)
        self._open = process, snapshot
        return snapshot


@contextmanager
def _broken_if_torn() -> Iterator[None]:
    """Whoosh meets torn files with whatever their bytes lead to (struct, pickle, assertion, index errors …)."""
    try:
        yield
    except KbError:
        raise
    except Exception as error:
        raise IndexBroken("The search index can't be read.") from error


def _filtered(state: Snapshot, query: Query, seen: frozenset[int]) -> Collection[int]:
    wanted = [("category", query.category), ("author", query.author), *(("tags", tag) for tag in query.tags)]
    for field, value in wanted:
        if value is not None:
            seen = seen.intersection(state.scores(field, value))
    return seen


def _fields(document: Document) -> dict[str, Any]:
    texts = {
        "title": document.title,
        "about": document.about,
        "spoken": document.spoken,
        "screen": document.screen,
    }
    return {
        **texts,
        "id": document.id,
        "version": document.version,
        "created": _sortable(document.created_at),
        "starts": document.title,
        "words": "\n".join(texts.values()),
        "category": list(document.category_path),
        "tags": list(document.tags),
        "author": document.author,
    }


def _sortable(moment: datetime) -> str:
    return moment.isoformat()
