import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from kb import audit
from kb.app import create_app
from kb.audit import AuditEntry
from kb.config import Settings
from kb.db import db, now, writing
from tests.databases import migrated_on, running_server


@pytest.mark.only_sqlite
def test_sqlite_is_set_up_as_promised(in_site: Flask) -> None:
    def pragma(name: str) -> object:
        return db.session.execute(text(f"PRAGMA {name}")).scalar()

    assert (pragma("journal_mode"), pragma("foreign_keys")) == ("wal", 1)


def test_a_read_that_turns_into_a_write_waits_for_the_other_writer(in_site: Flask) -> None:
    """A plain BEGIN would be refused at once here, since the read is older than the other's commit."""
    db.session.scalars(select(AuditEntry)).all()
    other_began, errors = threading.Event(), []

    def write_meanwhile() -> None:
        with in_site.app_context():
            try:
                with writing():
                    audit.record("other", "test", None, by=None)
                    other_began.set()
            except Exception as error:
                errors.append(error)

    thread = threading.Thread(target=write_meanwhile)
    thread.start()
    other_began.wait()
    with writing():
        audit.record("mine", "test", None, by=None)
    thread.join()
    assert not errors
    assert {entry.act for entry in db.session.scalars(select(AuditEntry))} == {"mine", "other"}


def test_many_writers_at_once_lose_nothing(in_site: Flask) -> None:
    def write(number: int) -> None:
        with in_site.app_context():
            for turn in range(5):
                db.session.scalars(select(AuditEntry)).all()
                with writing():
                    audit.record(f"{number}-{turn}", "test", None, by=None)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.query(AuditEntry).count() == 40


def test_an_error_takes_everything_back(in_site: Flask) -> None:
    with pytest.raises(RuntimeError, match="no"), writing():
        audit.record("never", "test", None, by=None)
        raise RuntimeError("no")
    assert db.session.query(AuditEntry).count() == 0


def test_a_change_outside_of_writing_is_a_mistake(in_site: Flask) -> None:
    audit.record("lost", "test", None, by=None)
    with pytest.raises(RuntimeError, match="outside"), writing():
        pass


def test_times_come_back_aware_and_in_utc(in_site: Flask) -> None:
    there = timezone(timedelta(hours=5))
    at = datetime(2026, 3, 1, 12, tzinfo=there)
    with writing():
        db.session.add(AuditEntry(act="a", kind="test", at=at))
    entry = db.session.scalars(select(AuditEntry)).one()
    assert entry.at == at
    assert entry.at.tzinfo is UTC
    assert now().tzinfo is UTC


def test_a_server_that_was_killed_and_started_again_is_met_as_if_nothing_were(
    tmp_path: Path, settings: Settings
) -> None:
    with running_server() as server:
        on_server = migrated_on(server, tmp_path / "none").settings_for(settings)
        site = create_app(on_server, send=lambda *_: None)
        with site.app_context():
            with writing() as session:
                # As a server does that is not one for tests: what was committed is on the disk.
                session.execute(text("SET LOCAL synchronous_commit TO on"))
                audit.record("before", "test", None, by=None)
            server.kill()
            with pytest.raises(OperationalError):
                db.session.scalars(select(AuditEntry)).all()
            db.session.rollback()
            server.start()
            assert [entry.act for entry in db.session.scalars(select(AuditEntry))] == ["before"]
            db.session.remove()
            db.engine.dispose()


def test_all_processes_together_leave_connections_to_others(settings: Settings) -> None:
    """PostgreSQL gives 100 as it is installed, three of them to its admin alone."""
    on_server = settings.model_copy(update={"database_url": "postgresql://nobody@nowhere/none"})
    with create_app(on_server, pages=False).app_context():
        pool = db.engine.pool
        of_web = 2 * (pool.size() + pool._max_overflow)  # type: ignore[attr-defined]
    of_workers = 4 + 2 + 1
    assert of_web + of_workers < 97 / 2
