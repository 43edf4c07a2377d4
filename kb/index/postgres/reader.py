"""What one process has read of the index, and the connection on which it reads."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg
from psycopg import errors

from kb.errors import KbError, NoRoom
from kb.index.contract import IndexBroken
from kb.index.postgres import tables
from kb.index.postgres.snapshot import Snapshot
from kb.index.postgres.tables import Connect, Connection


class DatabaseAway(KbError):
    """Nothing is wrong with the index, and a rebuild would not help."""

    status = 503
    code = "busy"
    title = "Busy for a moment"


@dataclass
class _Open:
    """process: who opened it. A fork shares its parent's connection and must not speak on it."""

    connection: Connection
    process: int = field(default_factory=os.getpid)
    snapshot: Snapshot | None = None

    def latest(self, changed: int) -> Snapshot:
        if not self.snapshot or self.snapshot.changed != changed:
            self.snapshot = Snapshot(self.connection, changed, self.snapshot.segments if self.snapshot else {})
        self.snapshot.make_room()
        return self.snapshot


class Reader:
    def __init__(self, connect: Connect, format: str) -> None:
        self._connect = connect
        self._format = format
        self._lock = threading.Lock()
        self._open: _Open | None = None
        # Of the process from which this one was forked. Kept, since forgetting it would end it for that one as well.
        self._inherited: list[_Open] = []

    @contextmanager
    def latest(self) -> Iterator[Snapshot]:
        """Lend the latest state. One at a time, on one connection: the work holds the GIL anyway."""
        with self._lock, said(), broken_if_torn():
            try:
                changed = self._begin()
                assert self._open
                yield self._open.latest(changed)
            finally:
                if self._open:
                    with suppress(psycopg.Error):
                        tables.end(self._open.connection)

    def _begin(self) -> int:
        """On the connection that there is, unless the server has ended it since."""
        if opened := self._own():
            try:
                return tables.begin_to_read(opened.connection, self._format)
            except psycopg.OperationalError:
                opened.connection.close()
                self._open = None
        opened = self._open = _Open(self._connect())
        opened.connection.autocommit = True
        return tables.begin_to_read(opened.connection, self._format)

    def _own(self) -> _Open | None:
        if self._open and self._open.process != os.getpid():
            self._inherited.append(self._open)
            self._open = None
        return self._open


@contextmanager
def said() -> Iterator[None]:
    """What the server refuses, in our words."""
    try:
        yield
    except (errors.UndefinedTable, errors.InvalidSchemaName, errors.UndefinedColumn) as error:
        raise IndexBroken("There is no search index yet; it has to be built.", code="index-missing") from error
    except errors.InsufficientPrivilege as error:
        raise IndexBroken("The site's user may not make the search index in the database: GRANT CREATE.") from error
    except errors.DiskFull as error:
        raise NoRoom("There is no room left for the search index.") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseAway("The database did not answer. Try again in a moment.") from error


@contextmanager
def broken_if_torn() -> Iterator[None]:
    """Rows that are torn or gone are met with whatever their bytes lead to (zlib, value, index errors …)."""
    try:
        yield
    except (KbError, psycopg.OperationalError, psycopg.InterfaceError, psycopg.ProgrammingError):
        raise
    except Exception as error:
        raise IndexBroken("The search index can't be read.") from error
