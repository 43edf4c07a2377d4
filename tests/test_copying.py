"""From SQLite to PostgreSQL and back, with nothing lost."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import create_engine

from kb import copying
from kb.app import create_app
from kb.categories import actions as categories
from kb.cli import kb
from kb.config import Settings
from kb.db import Base, db
from kb.errors import Conflict, Invalid
from kb.seed import author_of_rows, read, seed
from kb.supervise import take_data_folder
from tests.conftest import People
from tests.databases import Server

CUES = [{"start": 0, "end": 2, "text": "first the zanzibar"}, {"start": 2, "end": 4, "text": "Ünïcödé — 日本 🙂"}]
ROWS = [
    {"id": "a", "title": "One", "category": "Network/VPN", "tags": ["vpn"], "cues": CUES, "screen": CUES[:1]},
    {"id": "b", "title": "Two", "category": "Network", "description": "Line\nand line"},
]


def everything(url: str) -> dict[str, list[Any]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(table.select()).all()))
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return found


@pytest.fixture
def empty(postgresql: Server, tmp_path: Path) -> Settings:
    name = f"copy_{tmp_path.name}".lower()
    postgresql.execute(f'CREATE DATABASE "{name}"')
    return Settings(database_url=postgresql.url(name), data_dir=tmp_path / "other", speech="none")


@pytest.fixture
def filled(in_site: Flask, people: People) -> str:
    """The address of a database with something in most tables, a parent that was made after its child among it."""
    child = categories.add("Child", by=people.admin)
    parent = categories.add("Parent", by=people.admin)
    categories.change(child.id, by=people.admin, move=True, parent_id=parent.id)
    seed(read([json.dumps(row).encode() for row in ROWS]), by=author_of_rows(None))
    url: str = in_site.extensions["kb.settings"].sqlalchemy_url
    db.session.remove()
    return url


def test_every_row_is_there_and_the_site_goes_on_with_it(filled: str, empty: Settings, tmp_path: Path) -> None:
    told: list[str] = []
    count = copying.copy(filled, empty.sqlalchemy_url, told.append)
    assert everything(empty.sqlalchemy_url) == everything(filled)
    assert count == sum(map(len, everything(filled).values()))
    assert told == [table.name for table in Base.metadata.sorted_tables]
    with create_app(empty, send=lambda *_: None).app_context():
        # What counts by itself goes on where it was: audit, outbox, cues, lines.
        more = json.dumps(ROWS[0] | {"id": "c"}).encode()
        assert seed(read([more]), by=author_of_rows(None)).new == 1
        db.session.remove()
        db.engine.dispose()
    back = f"sqlite:///{tmp_path / 'back.sqlite3'}"
    copying.copy(empty.sqlalchemy_url, back)
    assert everything(back) == everything(empty.sqlalchemy_url)


def test_nothing_is_mixed_with_what_is_there(filled: str, empty: Settings) -> None:
    copying.copy(filled, empty.sqlalchemy_url)
    before = everything(empty.sqlalchemy_url)
    with pytest.raises(Conflict, match="take an empty one"):
        copying.copy(filled, empty.sqlalchemy_url)
    assert everything(empty.sqlalchemy_url) == before


def test_a_database_that_does_not_answer_is_said(filled: str) -> None:
    with pytest.raises(Invalid, match="does not answer"):
        copying.copy(filled, "postgresql+psycopg://kb@/none?host=/nowhere")


@pytest.fixture
def command(in_site: Flask) -> Callable[[str], str]:
    """(address) -> what `kb copy-database` says."""
    settings = in_site.extensions["kb.settings"]

    def run(url: str) -> str:
        done = CliRunner().invoke(kb, ["copy-database", url], env={"KB_DATA_DIR": str(settings.data_dir)})
        return done.output if done.exit_code == 0 else str(done.exception)

    return run


def test_the_command_copies_what_the_settings_name(filled: str, empty: Settings, command: Callable[[str], str]) -> None:
    count = sum(map(len, everything(filled).values()))
    said = command(empty.database_url).splitlines()[-1]
    assert said == f"Copied {count:,} rows. Now set KB_DATABASE_URL to that address and start the site."


def test_a_running_site_is_not_copied(in_site: Flask, command: Callable[[str], str]) -> None:
    lock = take_data_folder(in_site.extensions["kb.settings"].private_dir)
    try:
        assert "already running" in command("sqlite:///never")
    finally:
        os.close(lock)


def test_an_address_that_is_none_is_named(command: Callable[[str], str]) -> None:
    assert "write a sqlite: or postgresql: URL" in command("mysql://x")
