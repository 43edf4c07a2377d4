"""What is done to the index once a night: compared with the database, and what many writes have left merged."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select

from kb import outbox
from kb.db import db, writing
from kb.hands import hands
from kb.index.contract import IndexBroken
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from kb.search import upkeep
from kb.search.actions import alone, batches, rebuild

log = logging.getLogger(__name__)

# Hours of this machine's clock in which few people search.
NIGHT = range(1, 5)
ONCE_A_NIGHT = timedelta(hours=12)
# A machine that is off at night does it by day.
AT_LAST = timedelta(hours=36)


def tend(local: datetime) -> None:
    """Reconcile and optimize, if it is time. Safe to run at any time. local: by this machine's clock, aware."""
    if is_due(upkeep.last_at("optimize"), local):
        try:
            reconcile()
            optimize()
        except IndexBroken as broken:
            # Torn where nobody has searched yet: merging reads all of it.
            log.warning("building the index anew", extra={"reason": broken.detail})
            rebuild()


def is_due(last: datetime | None, local: datetime) -> bool:
    if last is None:
        return True
    return local - last > (ONCE_A_NIGHT if local.hour in NIGHT else AT_LAST)


def reconcile() -> int:
    """Put into the outbox what the index lacks, has in another version or should not have. Returns how many.

    Nothing should be found: each change tells the outbox itself. Raises IndexBroken.
    """
    with alone(), upkeep.noted("reconcile") as tell:
        held = hands().index.versions()
        wanted = dict(
            db.session.execute(select(Screencast.id, Screencast.version).where(Screencast.trashed_at.is_(None))).all()
        )
        told = set(db.session.scalars(select(Outbox.screencast_id)))
        other = {each for each in held.keys() | wanted.keys() if held.get(each) != wanted.get(each)} - told
        db.session.rollback()
        for batch in batches(sorted(other)):
            with writing():
                for screencast_id in batch:
                    outbox.changed(screencast_id)
        tell(len(other))
    if other:
        log.warning("the index was not as the database", extra={"screencasts": len(other)})
    return len(other)


def optimize() -> None:
    """Raises IndexBroken."""
    with alone(), upkeep.noted("optimize"):
        hands().index.optimize()
