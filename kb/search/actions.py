"""The index follows the database: drained from the outbox by one worker, rebuilt when it is gone or out of date."""

import logging
import threading
import time

from sqlalchemy import delete, select

from kb import jobs
from kb.db import db, writing
from kb.hands import hands
from kb.index.contract import IndexBroken
from kb.outbox import Outbox
from kb.screencasts import pipeline
from kb.search.documents import BATCH, documents, every_document

log = logging.getLogger(__name__)

ASK_AGAIN_S = 300


def drain() -> int:
    """Bring what changed into the index, at most BATCH ids a commit, until the outbox is empty. Returns how many ids.

    Safe to run twice: a document is made from the database as it is now, and an entry goes only after its commit.
    """
    if reason := hands().index.is_healthy():
        log.warning("building the index", extra={"reason": reason})
        rebuild()
    count = 0
    while entries := db.session.execute(select(Outbox.id, Outbox.screencast_id).order_by(Outbox.id).limit(BATCH)).all():
        ids = list(dict.fromkeys(screencast_id for _, screencast_id in entries))
        found = documents(ids)
        db.session.rollback()
        try:
            hands().index.write(found, deleted=set(ids) - {document.id for document in found})
        except IndexBroken as broken:
            # Torn in a way that looking at it did not show; these documents are in the new one.
            log.warning("building the index anew", extra={"reason": broken.detail})
            rebuild()
        with writing() as session:
            session.execute(delete(Outbox).where(Outbox.id.in_([entry for entry, _ in entries])))
            pipeline.indexed(ids)
        count += len(ids)
    return count


def rebuild() -> None:
    """Make the index anew from the database; the old one answers until the switch."""
    hands().index.rebuild(every_document())
    db.session.rollback()


def ask_for_rebuild() -> None:
    """Once in a while, however many searches meet the broken index: each rebuild makes it whole for all of them."""
    global _asked_at
    with _asking:
        is_asked = _asked_at is not None and time.monotonic() - _asked_at < ASK_AGAIN_S
        _asked_at = _asked_at if is_asked else time.monotonic()
    if not is_asked:
        jobs.later("search.rebuild")


# In this process.
_asked_at: float | None = None
_asking = threading.Lock()
