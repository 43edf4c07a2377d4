"""The index follows the database: drained from the outbox by one worker, rebuilt when it is gone or out of date."""

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select

from kb import jobs
from kb.db import db, writing
from kb.hands import hands
from kb.index.contract import Document, IndexBroken
from kb.outbox import Outbox
from kb.screencasts.pipeline import actions as pipeline
from kb.search import upkeep
from kb.search.documents import BATCH, documents, every_document

log = logging.getLogger(__name__)
T = TypeVar("T")

# Screencasts in one commit of the index: those that changed last, so that nobody waits for thousands that somebody
# else has moved, and those that wait longest, so that none waits for ever.
NEWEST, OLDEST = 150, 50
# "kb drain" in ASCII.
DRAINER = 0x6B6220647261696E
ASK_AGAIN_S = 300
# Where a process keeps when it last asked for a rebuild, for each site that it runs.
ASKED_AT = "kb.asked_for_rebuild_at"


def drain(on_written: Callable[[int], object] = lambda screencasts: None) -> int:
    """Bring what changed into the index until the outbox is empty. Returns how many screencasts that were.

    Safe to run twice, and beside another: a document is made from the database as it is now, and an entry goes only
    after its commit. on_written: told after each commit how many screencasts it held.
    """
    count = 0
    with alone():
        if reason := hands().index.is_healthy():
            # A new site has none yet; one that broke was told of where it was met.
            log.info("building the index", extra={"reason": reason})
            count = _rebuild(on_written)
        while entries := _next():
            ids = list(dict.fromkeys(entries.values()))
            try:
                _write(ids)
            except IndexBroken as broken:
                # Torn in a way that looking at it did not show; these documents are in the new one.
                log.warning("building the index anew", extra={"reason": broken.detail})
                _rebuild(on_written)
                continue
            _done(entries)
            count += len(ids)
            on_written(len(ids))
    return count


def rebuild(on_read: Callable[[int], object] = lambda screencasts: None) -> None:
    """Make the index anew from the database; the old one answers until the switch.

    on_read: told now and then how many more screencasts it has taken in.
    """
    with alone():
        _rebuild(on_read=on_read)


@contextmanager
def alone() -> Iterator[None]:
    """One process and thread at a time: what one has read, another might have written in a newer version meanwhile."""
    with (hands().settings.private_dir / "drain.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _alone_among_machines():
            yield


@contextmanager
def _alone_among_machines() -> Iterator[None]:
    """Those with one database may have several data folders. Whoever dies or loses the connection lets go."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    with db.engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(DRAINER)))
        yield


def _next() -> dict[int, str]:
    """The entries of the outbox that one commit takes in: entry -> screencast."""
    by_screencast = select(Outbox.screencast_id).group_by(Outbox.screencast_id)
    newest = db.session.scalars(by_screencast.order_by(func.max(Outbox.id).desc()).limit(NEWEST))
    oldest = db.session.scalars(by_screencast.order_by(func.min(Outbox.id)).limit(OLDEST))
    return _waiting(Outbox.screencast_id.in_({*newest, *oldest}))


def _waiting(*which: ColumnElement[bool]) -> dict[int, str]:
    """Entries of the outbox: entry -> screencast."""
    entries = dict(db.session.execute(select(Outbox.id, Outbox.screencast_id).where(*which)).all())
    db.session.rollback()
    return entries


def _write(ids: list[str]) -> None:
    found = [document for batch in batches(ids) for document in documents(batch)]
    db.session.rollback()
    hands().index.write(found, deleted=set(ids) - {document.id for document in found})


def _rebuild(
    on_written: Callable[[int], object] = lambda screencasts: None,
    on_read: Callable[[int], object] = lambda screencasts: None,
) -> int:
    entries = _waiting()
    with upkeep.noted("rebuild", upkeep.count()) as tell:
        hands().index.rebuild(_telling(tell, on_read))
        db.session.rollback()
    _done(entries)
    ids = set(entries.values())
    on_written(len(ids))
    return len(ids)


def _telling(tell: upkeep.Tell, on_read: Callable[[int], object]) -> Iterator[Document]:
    done = told = 0
    for done, document in enumerate(every_document(), 1):
        yield document
        if done - told == BATCH:
            tell(done)
            on_read(done - told)
            told = done
    on_read(done - told)


def _done(entries: dict[int, str]) -> None:
    """The index has what these told of."""
    for batch in batches(list(entries)):
        with writing() as session:
            session.execute(delete(Outbox).where(Outbox.id.in_(batch)))
            pipeline.indexed(list(dict.fromkeys(entries[entry] for entry in batch)))


def batches(items: list[T]) -> Iterator[list[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def ask_for_rebuild() -> None:
    """Once in a while, however many searches meet the broken index: each rebuild makes it whole for all of them."""
    with _asking:
        asked_at = current_app.extensions.get(ASKED_AT)
        is_asked = asked_at is not None and time.monotonic() - asked_at < ASK_AGAIN_S
        if not is_asked:
            current_app.extensions[ASKED_AT] = time.monotonic()
    if not is_asked:
        jobs.later("search.rebuild")


# In this process.
_asking = threading.Lock()
