"""A site of several machines: one database on a server, the index in it, and a data folder for each."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from kb import copying
from kb.accounts.rules import Viewer
from kb.app import create_app
from kb.cli import kb
from kb.config import Settings
from kb.db import db, migrate
from kb.doctor.findings import Finding, examine
from kb.search import actions as search
from kb.search import upkeep
from kb.search.answers import answer
from kb.search.asked import Asked
from kb.seed import author_of_rows, read, seed
from tests.databases import Server

ROWS = [
    {
        "id": "vpn",
        "title": "Reset the VPN",
        "language": "en",
        "cues": [{"start": 3, "end": 6, "text": "open the tunnels"}],
    },
    {"id": "pods", "title": "Restart a pod", "screen": [{"start": 1, "end": 9, "text": "CrashLoopBackOff"}]},
]


@pytest.fixture
def database(postgresql: Server) -> Iterator[str]:
    postgresql.execute("CREATE DATABASE machines")
    migrate(Settings(database_url=postgresql.url("machines")).sqlalchemy_url)
    yield postgresql.url("machines")
    postgresql.drop("machines")


@pytest.fixture
def machine(database: str, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """(name) → one of the machines."""
    with ExitStack() as stack:

        def made(name: str) -> Flask:
            settings = Settings(
                data_dir=tmp_path / name, database_url=database, search_url="postgresql:", speech="none"
            )
            settings.make_folders()
            site = create_app(settings, send=lambda *_: None)
            stack.callback(let_go, site)
            return site

        yield made


def let_go(site: Flask) -> None:
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


def added(site: Flask, *rows: dict[str, object]) -> None:
    with site.app_context():
        seed(read([json.dumps(row).encode() for row in rows]), by=author_of_rows(None))
        search.drain()


def found(site: Flask, typed: str) -> list[str]:
    with site.app_context():
        given = answer(Viewer(person_id="anybody"), Asked(typed))
        assert not given.degraded
        return [hit.screencast.title for hit in given.hits]


def test_what_one_machine_takes_in_every_other_finds_at_once(machine: Callable[[str], Flask]) -> None:
    one, other = machine("one"), machine("other")
    added(one, ROWS[0])
    assert (found(other, "tunnel"), found(other, "crashloopbackoff")) == (["Reset the VPN"], [])
    added(other, ROWS[1])
    assert [found(each, "crashloopbackoff") for each in (one, other)] == [["Restart a pod"]] * 2


def test_of_two_machines_one_at_a_time_brings_changes_into_the_index(machine: Callable[[str], Flask]) -> None:
    one, other = machine("one"), machine("other")
    added(one, *ROWS)
    is_alone, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        with one.app_context(), search.alone():
            is_alone.set()
            assert go_on.wait(20)

    def drain() -> None:
        with other.app_context():
            search.drain()
            done.set()

    threads = [threading.Thread(target=hold), threading.Thread(target=drain)]
    threads[0].start()
    assert is_alone.wait(20)
    threads[1].start()
    # Time for the second to get ahead, were there nothing that holds it.
    assert not done.wait(1)
    go_on.set()
    for thread in threads:
        thread.join()
    assert done.is_set()


def test_an_index_that_is_gone_answers_from_the_database_until_a_machine_has_made_it_anew(
    machine: Callable[[str], Flask], postgresql: Server
) -> None:
    site = machine("one")
    added(site, *ROWS)
    with site.app_context():
        assert finding().ok
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA search_index CASCADE"))
        given = answer(Viewer(person_id="anybody"), Asked("vpn"))
        assert (given.degraded, [hit.screencast.title for hit in given.hits]) == (True, ["Reset the VPN"])
        assert (finding().ok, finding().command) == (False, "kb reindex")
    settings = site.extensions["kb.settings"]
    environment = {
        "KB_DATA_DIR": str(settings.data_dir),
        "KB_DATABASE_URL": settings.database_url,
        "KB_SEARCH_URL": "postgresql:",
    }
    done = CliRunner().invoke(kb, ["reindex"], env=environment, catch_exceptions=False)
    assert done.output.splitlines()[-1] == "2 screencasts are in the index."
    assert found(site, "tunnel") == ["Reset the VPN"]


def finding() -> Finding:
    return next(finding for finding in examine() if finding.name == "index")


def test_the_schema_of_the_index_is_no_concern_of_migrations_and_copies(
    machine: Callable[[str], Flask], database: str, tmp_path: Path
) -> None:
    site = machine("one")
    added(site, *ROWS)
    url = site.extensions["kb.settings"].sqlalchemy_url
    migrate(url)
    back = f"sqlite:///{tmp_path / 'back.sqlite3'}"
    copying.copy(url, back)
    assert found(site, "tunnel") == ["Reset the VPN"]


def test_the_files_of_a_former_index_are_not_counted(machine: Callable[[str], Flask], tmp_path: Path) -> None:
    site = machine("one")
    folder = tmp_path / "one" / "private" / "index"
    folder.mkdir(exist_ok=True)
    (folder / "former").write_bytes(bytes(1_000))
    with site.app_context():
        assert upkeep.state().size_bytes == 0
