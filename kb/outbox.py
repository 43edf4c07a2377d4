"""Screencasts whose words changed: written in the transaction that changed them, drained by the one index worker."""

from datetime import datetime

from sqlalchemy import Index, Select, false, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from kb import jobs
from kb.db import Base, db, now

WIDENS = text("widens")


class Outbox(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_widens", "screencast_id", sqlite_where=WIDENS, postgresql_where=WIDENS),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    # No foreign key: what is deleted for good must still leave the index.
    screencast_id: Mapped[str] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Whether more people may see it since then: the index may hold words that were taken out before.
    widens: Mapped[bool] = mapped_column(default=False, server_default=false())


def changed(screencast_id: str, *, widens: bool = False) -> None:
    """Say inside the transaction that the index has something to do.

    widens: whether more people may see it now; no search answers with it before the index has caught up.
    """
    db.session.add(Outbox(screencast_id=screencast_id, widens=widens))
    jobs.later("search.drain")


def people_see_more() -> None:
    """Say inside the transaction in which somebody joins the site or a team: what waits may be new to them."""
    db.session.execute(update(Outbox).where(~Outbox.widens).values(widens=True))


def widened() -> frozenset[str]:
    """Screencasts that more people may see than when the index last read them."""
    return frozenset(db.session.scalars(select(Outbox.screencast_id).where(Outbox.widens)))


def all_changed(screencast_ids: Select[str]) -> None:
    """As `changed`, for all that a query names, in one statement however many they are."""
    db.session.execute(insert(Outbox).from_select(["screencast_id"], screencast_ids))
    jobs.later("search.drain")
