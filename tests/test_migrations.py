"""The migrations on both databases: they make what the models say, keep what is there, and lead back."""

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kb import db
from kb.app import create_app
from kb.config import Settings
from tests.databases import Server

MAIN_TABLES = {"person", "team", "category", "tag", "screencast", "step", "source", "transcript", "cue", "outbox"}


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kb.sqlite3'}"
    server: Server = request.getfixturevalue("postgresql")
    name = f"empty_{uuid.uuid4().hex}"
    server.execute(f'CREATE DATABASE "{name}"')
    return Settings(database_url=server.url(name)).sqlalchemy_url


@pytest.fixture
def connect(url: str) -> Iterator[Callable[[], sa.Connection]]:
    engine = sa.create_engine(url)
    yield engine.connect
    engine.dispose()


def tables(connect: Callable[[], sa.Connection]) -> set[str]:
    with connect() as connection:
        return set(sa.inspect(connection).get_table_names()) - {"alembic_version"}


def test_they_make_exactly_what_the_models_say(url: str, connect: Callable[[], sa.Connection], tmp_path: Path) -> None:
    db.migrate(url)
    # Loads every model.
    create_app(Settings(data_dir=tmp_path / "data", speech="none"))
    with connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.Base.metadata) == []


def test_they_lead_back_and_forth(url: str, connect: Callable[[], sa.Connection]) -> None:
    db.migrate(url)
    everything = tables(connect)
    assert everything > MAIN_TABLES
    db.migrate(url, "base")
    assert tables(connect) == set()
    db.migrate(url)
    assert tables(connect) == everything
    db.migrate(url)
    assert tables(connect) == everything


def test_what_the_first_release_held_is_there_after_the_next(url: str, connect: Callable[[], sa.Connection]) -> None:
    db.migrate(url)
    db.migrate(url, "0001")
    at = datetime(2026, 3, 1, 12)
    with connect() as connection:
        old = sa.MetaData()
        old.reflect(connection)

        def put(table: str, **values: object) -> None:
            connection.execute(old.tables[table].insert().values(values))

        put(
            "person",
            id="ada",
            email="ada@test.example",
            name="Ada",
            active=True,
            role="admin",
            fs_uniquifier="u",
            created_at=at,
        )
        put("category", id="network", name="Network", slug="network", position=0, created_at=at)
        put("tag", name="vpn", created_at=at)
        put(
            "screencast",
            id="one",
            title="Über den Tunnel",
            purpose="",
            description="",
            category_id="network",
            author_id="ada",
            visibility="everyone",
            created_at=at,
            version=1,
            solved_count=0,
            filename="",
            original_bytes=0,
            state="ready",
            progress=1.0,
            captions=[],
        )
        put("screencast_tag", screencast_id="one", tag_name="vpn")
        connection.commit()
    db.migrate(url)
    with connect() as connection:
        new = sa.MetaData()
        new.reflect(connection)
        [screencast] = connection.execute(new.tables["screencast"].select()).mappings()
        assert (screencast["title"], screencast["category_id"], screencast["author_id"]) == (
            "Über den Tunnel",
            "network",
            "ada",
        )
        [category] = connection.execute(new.tables["category"].select()).mappings()
        assert (category["name"], category["description"]) == ("Network", "")
        assert connection.execute(new.tables["screencast_tag"].select()).all() == [("one", "vpn")]
        [site] = connection.execute(new.tables["site"].select()).mappings()
        assert site["name"] == "Showhow"
