"""The record of what is done to the index as a whole: how far it is, and when it was done last."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from kb.db import db, now, writing
from kb.hands import hands
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from kb.search.models import Upkeep

# Whoever works on it says so more often; who was silent for longer was killed.
SILENT = timedelta(minutes=2)

Tell = Callable[[int], None]


@dataclass(frozen=True)
class State:
    """waiting: screencasts of which the index has not the latest; since when the longest of them waits.

    rebuilding: how many screencasts of how many are in the new index; None if none is made. size_bytes: of its files, 0
    where it has none.
    """

    waiting: int
    waiting_since: datetime | None
    rebuilding: tuple[int, int] | None
    size_bytes: int
    done_at: dict[str, datetime]


def state() -> State:
    settings = hands().settings
    waiting, since = db.session.execute(
        select(func.count(Outbox.screencast_id.distinct()), func.min(Outbox.created_at))
    ).one()
    rows = {row.name: row for row in db.session.scalars(select(Upkeep))}
    rebuild = rows.get("rebuild")
    is_rebuilding = rebuild and not rebuild.ended_at and now() - rebuild.told_at < SILENT
    return State(
        waiting=waiting,
        waiting_since=since,
        rebuilding=(rebuild.done, rebuild.total) if rebuild and is_rebuilding else None,
        size_bytes=_size(settings.index_dir) if settings.search_url == "whoosh:" else 0,
        done_at={name: row.last_at for name, row in rows.items() if row.last_at},
    )


def last_at(name: str) -> datetime | None:
    """When this was last done to its end."""
    row = db.session.get(Upkeep, name)
    return row.last_at if row else None


@contextmanager
def noted(name: str, total: int = 0) -> Iterator[Tell]:
    """Write down that something begins, how far it is whenever it says so, and that it has come to its end."""
    with writing() as session:
        session.merge(Upkeep(name=name, told_at=now(), ended_at=None, done=0, total=total))

    def tell(done: int) -> None:
        with writing() as session:
            row = session.get_one(Upkeep, name)
            row.done, row.told_at = done, now()

    yield tell
    with writing() as session:
        row = session.get_one(Upkeep, name)
        row.told_at = row.ended_at = row.last_at = now()


def count() -> int:
    """How many screencasts belong in the index."""
    return db.session.scalar(select(func.count()).where(Screencast.trashed_at.is_(None))) or 0


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        # A commit deletes what it has merged.
        with suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() else 0
    return total
