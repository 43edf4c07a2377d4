from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kb.index.contract import Index
from kb.index.memory import MemoryIndex
from kb.index.postgres import PostgresIndex
from kb.index.postgres.tables import Connect, Connection
from kb.index.whoosh import WhooshIndex
from tests.databases import Server
from tests.index.shelf import SHELF
from tests.index.two_documents import DOCUMENTS


@pytest.fixture(params=["memory", "whoosh", "postgresql"])
def make_index(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Index]:
    """Every engine, for the tests of what they must do alike."""
    if request.param == "postgresql":
        connect: Connect = request.getfixturevalue("connect")
        return lambda: PostgresIndex(connect)
    return MemoryIndex if request.param == "memory" else lambda: WhooshIndex(tmp_path / "index")


@pytest.fixture
def index(make_index: Callable[[], Index]) -> Index:
    """Of every engine, with what tests/index/shelf.py holds."""
    index = make_index()
    index.rebuild(SHELF)
    return index


@pytest.fixture
def connect(postgresql: Server) -> Iterator[Connect]:
    """To a database that holds no index yet."""
    postgresql.execute("DROP SCHEMA IF EXISTS search_index CASCADE")
    made: list[Connection] = []

    def connect() -> Connection:
        made.append(psycopg.connect(postgresql.url("postgres")))
        return made[-1]

    yield connect
    for connection in made:
        connection.close()


@pytest.fixture
def built(connect: Connect) -> Connect:
    """To a database whose index holds two documents."""
    PostgresIndex(connect).rebuild(DOCUMENTS)
    return connect


def execute(connect: Connect, statement: str) -> list[tuple[object, ...]]:
    with connect() as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def segments(connect: Connect) -> int:
    return len(execute(connect, "SELECT id FROM search_index.segments"))
