"""What is in the trash, for who could take it out again."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from kb.accounts.rules import Viewer, restorable
from kb.db import db
from kb.screencasts.files.cleaning import TRASH_DAYS
from kb.screencasts.models import Screencast

AT_MOST = 500


def items(viewer: Viewer) -> list[Screencast]:
    """Last thrown away first."""
    query = select(Screencast).where(restorable(viewer, Screencast))
    newest = query.order_by(Screencast.trashed_at.desc(), Screencast.id).limit(AT_MOST)
    return list(db.session.scalars(newest.options(joinedload(Screencast.author))))


def gone_at(screencast: Screencast) -> datetime | None:
    return screencast.trashed_at + timedelta(days=TRASH_DAYS) if screencast.trashed_at else None
