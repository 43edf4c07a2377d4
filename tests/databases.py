"""Where the tests' databases lie: files of SQLite or, with --database=postgresql, a private PostgreSQL server."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest

from kb import db
from kb.config import Settings


@dataclass
class Migrated:
    """A database with its tables and no rows, made once by the migrations and copied for each test.

    As a path it is the file of SQLite, for a test that brings settings of its own.
    """

    file: Path

    def __fspath__(self) -> str:
        return str(self.file)

    def settings_for(self, settings: Settings) -> Settings:
        """The same, with a database of their own."""
        settings.make_folders()
        shutil.copy(self.file, settings.private_dir / "kb.sqlite3")
        return settings

    def filled(self, settings: Settings) -> "Migrated":
        """What was made of a copy, to be copied in its turn; nobody may be connected to it any more."""
        return Migrated(settings.private_dir / "kb.sqlite3")

    def copy(self, source: Settings, target: Settings) -> None:
        """Nobody may be connected to either."""
        shutil.copy(source.private_dir / "kb.sqlite3", target.private_dir / "kb.sqlite3")

    def forget(self, settings: Settings) -> None:
        """It is not needed any more."""


@dataclass
class MigratedOnServer(Migrated):
    server: "Server"
    numbers: Iterator[int] = field(default_factory=itertools.count)
    template: str = "migrated"

    def settings_for(self, settings: Settings) -> Settings:
        settings.make_folders()
        name = f"test_{next(self.numbers)}"
        self.server.copy(self.template, name)
        return settings.model_copy(update={"database_url": self.server.url(name)})

    def filled(self, settings: Settings) -> "Migrated":
        return replace(self, template=_name(settings))

    def copy(self, source: Settings, target: Settings) -> None:
        self.forget(target)
        self.server.copy(_name(source), _name(target))

    def forget(self, settings: Settings) -> None:
        self.server.drop(_name(settings))


def _name(settings: Settings) -> str:
    return settings.database_url.partition("?")[0].rpartition("/")[2]


@dataclass
class Server:
    """A PostgreSQL of its own on a socket that nobody else can reach; it forgets all at the end, so it never syncs."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        options = ["fsync=off", "full_page_writes=off", "autovacuum=off"]
        options += ["listen_addresses=", f"unix_socket_directories={self.folder}", "shared_buffers=32MB"]
        flags = [part for option in options for part in ("-c", option)]
        argv = [*_as_its_user(), _tool("postgres"), "-D", str(self.folder / "data"), *flags]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(argv, stdout=log, stderr=log)
        until = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, "PostgreSQL does not start"
            time.sleep(0.05)

    def kill(self) -> None:
        """As the kernel does it, with all its children."""
        assert self.process
        subprocess.run(["pkill", "-KILL", "-P", str(self.process.pid)], check=False)
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            # At once, whoever is still connected.
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)

    def url(self, name: str) -> str:
        return f"postgresql://kb@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def copy(self, source: str, target: str) -> None:
        self.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def drop(self, name: str) -> None:
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running_server() -> Iterator[Server]:
    # Below /tmp itself, since a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="kb-pg-"))
    server = Server(folder)
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        options = ["--username=kb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        argv = [*_as_its_user(), _tool("initdb"), "-D", str(folder / "data"), *options]
        subprocess.run(argv, check=True, capture_output=True)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def migrated_on(server: Server, file: Path) -> MigratedOnServer:
    server.execute('CREATE DATABASE "migrated"')
    db.migrate(_sqlalchemy(server.url("migrated")))
    return MigratedOnServer(file, server)


def _sqlalchemy(url: str) -> str:
    return Settings(database_url=url).sqlalchemy_url


def _as_its_user() -> list[str]:
    """PostgreSQL refuses to run as root. It must not outlive the tests either, however these end."""
    user = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
    return ["setpriv", *user, "--pdeathsig=QUIT", "--"]


def _tool(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    if not found:
        pytest.fail("PostgreSQL is not installed: make setup-test brings it.")
    return str(found[-1])
