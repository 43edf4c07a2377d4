"""The tables of the index in PostgreSQL, in a schema of their own that no migration looks at.

    state       one row: the format of what is there, and a number that each change replaces
    segments    documents written together, which never change; `gone` are those deleted or replaced since
    documents   where each one is, and in which version
    blocks      the words of a segment with their postings, see kb.index.postgres.blocks
    vocabulary  the ordinary words of a segment by their first letter, a word a line

Whoever reads does so in one transaction that sees one state of all of them, so that no reader waits for a writer, and
a writer who dies has changed nothing.
"""

import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg import errors

from kb.index.contract import IndexBroken, IndexBusy
from kb.index.postgres.blocks import COMPRESSION, Block

Connection = psycopg.Connection[tuple[Any, ...]]
Connect = Callable[[], Connection]

# "kb index" in ASCII: whoever holds it may write.
WRITER = 0x6B6220696E646578
# After so long without a word from a writer its machine is taken to be dead: the server ends it, and others may write.
SILENCE = "10min"

TABLES = """
    CREATE SCHEMA search_index;
    CREATE SEQUENCE search_index.numbers START {start};
    CREATE TABLE search_index.state (format text NOT NULL, changed bigint NOT NULL);
    CREATE TABLE search_index.segments (
        id bigint PRIMARY KEY, size integer NOT NULL, gone integer[] NOT NULL, facts bytea NOT NULL
    );
    CREATE TABLE search_index.documents (
        id text PRIMARY KEY, version bigint NOT NULL, segment bigint NOT NULL, number integer NOT NULL
    );
    CREATE TABLE search_index.blocks (
        segment bigint, number integer, first bytea NOT NULL, postings bytea NOT NULL, places bytea NOT NULL,
        PRIMARY KEY (segment, number)
    );
    CREATE TABLE search_index.vocabulary (
        segment bigint, letter text, words bytea NOT NULL, PRIMARY KEY (segment, letter)
    );
    -- They come compressed.
    ALTER TABLE search_index.segments ALTER facts SET STORAGE EXTERNAL;
    ALTER TABLE search_index.blocks ALTER postings SET STORAGE EXTERNAL, ALTER places SET STORAGE EXTERNAL;
    ALTER TABLE search_index.vocabulary ALTER words SET STORAGE EXTERNAL;
"""
STATE = "SELECT format, changed FROM search_index.state"
NAMES = ("state", "segments", "documents", "blocks", "vocabulary")


class Part(NamedTuple):
    """A segment as the table names it."""

    id: int
    size: int
    gone: Sequence[int]


def begin_to_read(connection: Connection, format: str) -> int:
    """One state of all tables until `end`, whoever writes meanwhile. The connection commits by itself.

    Return the number that each change replaces. Raises IndexBroken if there is no index of this format.
    """
    # In one round trip, which is most of what a search costs that finds its words in memory.
    cursor = connection.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {STATE}")
    cursor.nextset()
    return _changed(cursor.fetchone(), format)


def end(connection: Connection) -> None:
    connection.execute("ROLLBACK")


@contextmanager
def writing(connect: Connect, *, patience_s: float) -> Iterator[Connection]:
    """One transaction of the one writer. Raises IndexBusy after `patience_s`."""
    with connect() as connection, connection.transaction():
        connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{SILENCE}'")
        connection.execute(f"SET LOCAL lock_timeout = '{max(1, int(patience_s * 1000))}ms'")
        try:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER])
        except errors.LockNotAvailable:
            raise IndexBusy("The search index is being written by another process.") from None
        yield connection


def make(connection: Connection, format: str) -> None:
    """Make the tables anew unless they are there and of this format.

    Numbers begin at the time, so that none comes again after tables that were thrown away.
    """
    [found] = connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'search_index' AND tablename = ANY(%s)", [list(NAMES)]
    )
    if found[0] == len(NAMES):
        made_as = connection.execute("SELECT format FROM search_index.state").fetchone()
        if made_as in (None, (format,)):
            return
    connection.execute("DROP SCHEMA IF EXISTS search_index CASCADE")
    for statement in TABLES.format(start=time.time_ns() // 1000).split(";")[:-1]:
        connection.execute(statement)  # type: ignore[arg-type]


def check(connection: Connection, format: str) -> None:
    """Raises IndexBroken if there is no index of this format."""
    _changed(connection.execute(STATE).fetchone(), format)


def _changed(state: tuple[Any, ...] | None, format: str) -> int:
    if not state:
        raise IndexBroken("There is no search index yet; it has to be built.", code="index-missing")
    if state[0] != format:
        raise IndexBroken("The search index was made by another version of this program.")
    return int(state[1])


def change(connection: Connection, format: str) -> None:
    """Tell the readers, who see it when the transaction ends."""
    connection.execute("DELETE FROM search_index.state")
    connection.execute("INSERT INTO search_index.state SELECT %s, nextval('search_index.numbers')", [format])


def clear(connection: Connection) -> None:
    for table in NAMES[1:]:
        connection.execute(f"DELETE FROM search_index.{table}")  # type: ignore[arg-type]  # noqa: S608 - words of ours


def parts(connection: Connection) -> list[Part]:
    rows = connection.execute("SELECT id, size, gone FROM search_index.segments ORDER BY id")
    return [Part(*row) for row in rows]


def facts(connection: Connection, segment: int) -> bytes:
    [row] = connection.execute("SELECT facts FROM search_index.segments WHERE id = %s", [segment], binary=True)
    return zlib.decompress(row[0])


def firsts(connection: Connection, segment: int) -> list[str]:
    """The first key of each block."""
    statement = "SELECT first FROM search_index.blocks WHERE segment = %s ORDER BY number"
    return [first.decode() for (first,) in connection.execute(statement, [segment], binary=True)]


def postings(connection: Connection, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """wanted: segments and numbers of blocks."""
    segments, numbers = zip(*wanted, strict=True)
    rows = connection.execute(
        "SELECT segment, number, postings FROM search_index.blocks"
        " JOIN unnest(%s::bigint[], %s::integer[]) AS wanted (segment, number) USING (segment, number)",
        [list(segments), list(numbers)],
        binary=True,
    )
    return {(segment, number): packed for segment, number, packed in rows}


def block(connection: Connection, segment: int, number: int) -> tuple[bytes, bytes]:
    [row] = connection.execute(
        "SELECT postings, places FROM search_index.blocks WHERE segment = %s AND number = %s",
        [segment, number],
        binary=True,
    )
    return row[0], row[1]


def vocabulary(connection: Connection, segment: int, letter: str) -> list[str]:
    row = connection.execute(
        "SELECT words FROM search_index.vocabulary WHERE segment = %s AND letter = %s", [segment, letter], binary=True
    ).fetchone()
    return zlib.decompress(row[0]).decode().split("\n") if row else []


def versions(connection: Connection) -> dict[str, int]:
    return dict(connection.execute("SELECT id, version FROM search_index.documents").fetchall())


def forget(connection: Connection, ids: Iterable[str]) -> None:
    """These documents are not found any more; what was written of them stays until their segment is merged."""
    rows = connection.execute(
        "DELETE FROM search_index.documents WHERE id = ANY(%s) RETURNING segment, number", [list(ids)]
    )
    gone: dict[int, list[int]] = defaultdict(list)
    for segment, number in rows:
        gone[segment].append(number)
    for segment, numbers in gone.items():
        connection.execute(
            "UPDATE search_index.segments SET gone = gone || %s::integer[] WHERE id = %s", [numbers, segment]
        )


def add(connection: Connection, versions: Mapping[str, int], facts: bytes) -> int:
    """A new segment, still without words. versions: of its documents, in their order."""
    [row] = connection.execute("SELECT nextval('search_index.numbers')")
    segment = int(row[0])
    connection.execute(
        "INSERT INTO search_index.segments VALUES (%s, %s, '{}', %b)",
        [segment, len(versions), zlib.compress(facts, COMPRESSION)],
    )
    connection.execute(
        "INSERT INTO search_index.documents SELECT id, version, %s, number - 1"
        " FROM unnest(%s::text[], %s::bigint[]) WITH ORDINALITY AS added (id, version, number)",
        [segment, list(versions), list(versions.values())],
    )
    return segment


def add_blocks(connection: Connection, segment: int, first: int, blocks: Iterable[Block]) -> None:
    """first: the number of the first of these."""
    rows = [(segment, number, *block) for number, block in enumerate(blocks, first)]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO search_index.blocks VALUES (%s, %s, %b, %b, %b)", rows)


def add_vocabulary(connection: Connection, segment: int, words: Mapping[str, Iterable[str]]) -> None:
    """words: by their first letter."""
    rows = [(segment, letter, zlib.compress("\n".join(each).encode(), COMPRESSION)) for letter, each in words.items()]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO search_index.vocabulary VALUES (%s, %s, %b)", rows)


def take_documents(connection: Connection, segments: Sequence[int]) -> dict[str, int]:
    """Return the versions of the documents that these segments still have, in order, and forget where they are."""
    rows = connection.execute(
        "DELETE FROM search_index.documents WHERE segment = ANY(%s) RETURNING segment, number, id, version",
        [list(segments)],
    )
    return {id: version for _, _, id, version in sorted(rows)}


def drop(connection: Connection, segments: Sequence[int]) -> None:
    for table, column in (("segments", "id"), ("blocks", "segment"), ("vocabulary", "segment")):
        statement = f"DELETE FROM search_index.{table} WHERE {column} = ANY(%s)"  # noqa: S608 - words of ours
        connection.execute(statement, [list(segments)])  # type: ignore[arg-type]
