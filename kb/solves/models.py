"""Who was helped by what, and who was not."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.accounts.models import Person
from kb.db import Base, new_id, now


class InsteadOf(enum.StrEnum):
    """What somebody would have done without it."""

    asking = "asking"
    searching = "searching"
    course = "course"
    ticket = "ticket"
    trying = "trying"


class Reason(enum.StrEnum):
    """Why it did not help."""

    another_problem = "another-problem"
    outdated = "outdated"
    wrong = "wrong"
    unclear = "unclear"


class Solve(Base):
    """ "This solved it": one for each person and screencast; saying it again says it anew."""

    __tablename__ = "solve"
    __table_args__ = (UniqueConstraint("screencast_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    # None once the account is gone: it helped all the same.
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # The moment that did; None where they did not say.
    at_ms: Mapped[int | None]
    minutes_saved: Mapped[int | None]
    instead_of: Mapped[InsteadOf | None] = mapped_column(String(20))
    # For what: shown to those who may see the screencast, and found by search.
    note: Mapped[str] = mapped_column(String(300), default="")
    solved_at: Mapped[datetime] = mapped_column(default=now)

    person: Mapped[Person | None] = relationship()


class Unhelped(Base):
    """ "Didn't help", with one reason; one for each person and screencast."""

    __tablename__ = "unhelped"
    __table_args__ = (UniqueConstraint("screencast_id", "person_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    reason: Mapped[Reason] = mapped_column(String(20))
    said_at: Mapped[datetime] = mapped_column(default=now)
