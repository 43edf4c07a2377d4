"""The database: models' base, transactions that write, migrations."""

import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator, event, make_url
from sqlalchemy.orm import DeclarativeBase, Session, registry

# No vowels, no look-alikes: an id never spells a word and can be read out. 14 of 27 signs are 66 bits.
ID_SIGNS = "bcdfghjkmnpqrstvwxyz2345678"
ID_LENGTH = 14
WRITING = "kb_writing"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime in Python, a naive UTC one in every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    # Given as a registry, since Flask-SQLAlchemy makes a subclass of this base and a map can't be inherited.
    registry = registry(type_annotation_map={datetime: UtcDateTime})
    # Names for every constraint, so that a migration can drop what an earlier one made.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def new_id() -> str:
    return "".join(secrets.choice(ID_SIGNS) for _ in range(ID_LENGTH))


def now() -> datetime:
    return datetime.now(UTC)


def init(app: Flask, url: str) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # Nobody keeps a connection while a body streams or a tool runs (see `let_go`), so few serve many threads. What
    # people typed, and hashes, don't belong in the log of a statement that failed.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_timeout": 10, "hide_parameters": True} | _options(url)
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _prepare_sqlite)
            event.listen(db.engine, "begin", _begin_sqlite)


def _options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        # How many seconds to wait for another's write; PostgreSQL waits by itself.
        return {"connect_args": {"timeout": 30}, "pool_size": 10, "max_overflow": 20}
    # A server that was started anew is met by a question before each use, and not by the first who comes. Both web
    # processes together stay far below the 100 connections that PostgreSQL gives; a worker needs one for each thread.
    return {"pool_size": 5, "max_overflow": 15, "pool_pre_ping": True, "connect_args": {"connect_timeout": 5}}


def let_go() -> None:
    """End what is being read and give its connection back, before something that takes long. Loads anew on next use."""
    db.session.rollback()


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction that writes; commits at the end, rolls back on an error. Inside another, it is part of that one.

    SQLite refuses at once, whatever the timeout, to turn a read that is older than another's commit into a write. So a
    read that is still open ends here (what was loaded loads again on its next use) and the write lock is taken first.
    """
    session = db.session()
    if session.info.get(WRITING):
        yield session
        return
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside a writing() block")
    session.rollback()
    session.info[WRITING] = True
    try:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITING, None)


def migrate(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision; made for the start, when nothing else writes yet."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    with _one_at_a_time(url):
        (command.upgrade if revision == "head" else command.downgrade)(config, revision)


@contextmanager
def _one_at_a_time(url: str) -> Iterator[None]:
    """A command may meet the first start of the site. SQLite locks no schema; PostgreSQL's lock is in env.py."""
    path = make_url(url).database
    if not url.startswith("sqlite") or not path:
        yield
        return
    with Path(f"{path}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin late and never IMMEDIATE: take them over (see _begin_sqlite).
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
