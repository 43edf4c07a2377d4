"""Reading and writing the index in PostgreSQL.

Postings, ranking and permissions are those of the other engines, on rows of tables in place of files: so the same
words find the same screencasts, whichever engine a site has.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain

from kb.errors import KbError
from kb.index.analysis import DEFAULT, VERSION
from kb.index.contract import Document, Query
from kb.index.postgres import tables, writing
from kb.index.postgres.reader import Reader, broken_if_torn, said
from kb.index.postgres.snapshot import Snapshot
from kb.index.postgres.tables import Connect, Connection
from kb.index.searching import Searching
from kb.index.stemming import ANALYSER

# Say another number whenever what the tables hold changes: an index of the former is then rebuilt.
FORMAT = f"postgres-3 of words {VERSION}"


class PostgresIndex(Searching):
    """Safe to share between threads; a fork connects anew. Readers never wait for a writer.

    connect: makes a connection that nobody else uses, to a database in which schemas may be made.
    """

    analyser = ANALYSER

    def __init__(self, connect: Connect, *, patience_s: float = 10.0) -> None:
        self._connect = connect
        self._patience_s = patience_s
        self._reader = Reader(connect, FORMAT)

    @contextmanager
    def reading(self, query: Query | None = None) -> Iterator[Snapshot]:
        with self._reader.latest() as state:
            if query:
                state.read(_stems(query, state.languages))
            yield state

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
