"""The index follows the database: drained from the outbox by one worker, rebuilt when it is gone or out of date."""

import logging

from sqlalchemy import delete, select

from kb import jobs
from kb.db import db, writing
from kb.hands import hands
from kb.outbox import Outbox
from kb.screencasts import pipeline
from kb.search.documents import BATCH, documents, every_document

log = logging.getLogger(__name__)


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
        hands().index.write(found, deleted=set(ids) - {document.id for document in found})
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
    jobs.later("search.rebuild")
