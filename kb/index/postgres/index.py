"""Reading and writing the index in PostgreSQL.

Postings, ranking and permissions are those of the other engines, on rows of tables in place of files: so the same
words find the same screencasts, whichever engine a site has.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain

import numpy as np

from kb.errors import KbError
from kb.index.analysis import DEFAULT
from kb.index.contract import Document, Found, Hit, Query, Token
from kb.index.postgres import tables, writing
from kb.index.postgres.reader import Reader, broken_if_torn, said
from kb.index.postgres.tables import Connect, Connection
from kb.index.ranking import Ranking
from kb.index.whoosh.words import ANALYSER

# Say another name whenever the analysis changes or what the tables hold: an index of the former is then rebuilt.
FORMAT = "postgres-1"


class PostgresIndex:
    """Safe to share between threads; a fork connects anew. Readers never wait for a writer.

    connect: makes a connection that nobody else uses, to a database in which schemas may be made.
    """

    def __init__(self, connect: Connect, *, patience_s: float = 10.0) -> None:
        self._connect = connect
        self._patience_s = patience_s
        self._reader = Reader(connect, FORMAT)

    def search(
        self,
        query: Query,
        *,
        visible: frozenset[str],
        offset: int = 0,
        limit: int = 20,
        facets: bool = False,
        now: datetime | None = None,
    ) -> Found:
        now = now or datetime.now(UTC)
        with self._reader.latest() as state:
            state.read(_stems(query, state.languages))
            seen = state.seen_by(visible)
            allowed = seen & state.passing(query, now)
            ranking = Ranking(state, ANALYSER, visible=seen, allowed=allowed, fields=query.fields)
            if query.words or query.phrases:
                ranked = ranking.search(query, limit=offset + limit)
            else:
                ranked = ranking.newest(state.created_s(), limit=offset + limit)
            hits = ranked.documents[offset:]
            matched = state.ids(np.flatnonzero(ranked.matched))
            return Found(
                hits=tuple(map(Hit, state.ids([n for n, _ in hits]), [score for _, score in hits])),
                total=len(matched),
                corrected=ranked.corrected,
                idf=ranked.idf,
                matched=frozenset(matched),
                facets=state.counted(ranked.matched, now) | {"source": ranked.fields} if facets else {},
            )

    def suggest(self, typed: str, *, visible: frozenset[str], limit: int = 6) -> list[str]:
        with self._reader.latest() as state:
            seen = state.seen_by(visible)
            return state.ids(Ranking(state, ANALYSER, visible=seen, allowed=seen).suggest(typed, limit=limit))

    def spread(self, stems: Iterable[str], *, visible: frozenset[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in stems:
            # Lent anew for each, so that a search in between need not wait for all of them.
            with self._reader.latest() as state:
                seen = state.seen_by(visible)
                found |= Ranking(state, ANALYSER, visible=seen, allowed=seen).spread([each])
        return found

    def analyse(self, text: str, language: str = "") -> list[Token]:
        return ANALYSER.analyse(text, language)

    def versions(self) -> dict[str, int]:
        with self._reader.latest() as state:
            return state.versions()

    def is_healthy(self) -> str | None:
        try:
            with self._reader.latest():
                return None
        except KbError as error:
            return error.detail

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        latest = {document.id: document for document in documents}
        with self._writing() as connection, broken_if_torn():
            tables.check(connection, FORMAT)
            tables.forget(connection, {*deleted, *latest})
            writing.add(connection, ANALYSER, latest.values())
            writing.merge_small(connection)
            tables.change(connection, FORMAT)

    def optimize(self) -> None:
        with self._writing() as connection, broken_if_torn():
            tables.check(connection, FORMAT)
            if writing.merge_all(connection):
                tables.change(connection, FORMAT)

    def rebuild(self, documents: Iterable[Document]) -> None:
        with self._writing() as connection:
            tables.make(connection, FORMAT)
        with self._writing() as connection:
            tables.clear(connection)
            writing.add(connection, ANALYSER, documents)
            writing.merge_all(connection)
            tables.change(connection, FORMAT)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with said(), tables.writing(self._connect, patience_s=self._patience_s) as connection:
            yield connection


def _stems(query: Query, languages: Iterable[str]) -> set[str]:
    """What will be looked for, so that it is read at once and not a word after another."""
    synonyms = (word for same in query.same for other in same.others for word in other)
    words = chain(query.words, *query.phrases, query.excluded, synonyms)
    return {stem for stems in ANALYSER.stems(" ".join(words), (DEFAULT, *languages)).values() for stem in stems}
