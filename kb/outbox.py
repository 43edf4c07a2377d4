"""Screencasts whose words changed: written in the transaction that changed them, drained by the one index worker."""

from datetime import datetime

from sqlalchemy import Select, insert
from sqlalchemy.orm import Mapped, mapped_column

from kb import jobs
from kb.db import Base, db, now


class Outbox(Base):
    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    # No foreign key: what is deleted for good must still leave the index.
    screencast_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


def changed(screencast_id: str) -> None:
    """Say inside the transaction that the index has something to do."""
    db.session.add(Outbox(screencast_id=screencast_id))
    jobs.later("search.drain")


def all_changed(screencast_ids: Select[str]) -> None:
    """As `changed`, for all that a query names, in one statement however many they are."""
    db.session.execute(insert(Outbox).from_select(["screencast_id"], screencast_ids))
    jobs.later("search.drain")
