"""What was searched for, and searches that somebody keeps."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from kb.db import Base, new_id, now

LONGEST_LOGGED = 200


class Search(Base):
    """One search and what came of it. Who asked is for joining these alone, and shown to nobody else."""

    __tablename__ = "search"
    __table_args__ = (
        Index("ix_search_searched_at", "searched_at"),
        Index("ix_search_solved", "key", "solved_id"),
        Index("ix_search_opened", "person_id", "opened_id", "searched_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    # As typed, cut; and folded, so that the same words fall together.
    words: Mapped[str] = mapped_column(String(LONGEST_LOGGED))
    key: Mapped[str] = mapped_column(String(LONGEST_LOGGED))
    # By the names of the page's address: {"category": "…", "tag": ["…"]}.
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    total: Mapped[int]
    took_ms: Mapped[float] = mapped_column(Float)
    degraded: Mapped[bool] = mapped_column(default=False, server_default=false())
    searched_at: Mapped[datetime] = mapped_column(default=now)
    # The hit that was opened last, and where; and the screencast that solved it.
    opened_id: Mapped[str | None] = mapped_column(ForeignKey("screencast.id", ondelete="SET NULL"), index=True)
    opened_ms: Mapped[int | None]
    solved_id: Mapped[str | None] = mapped_column(ForeignKey("screencast.id", ondelete="SET NULL"), index=True)


class Upkeep(Base):
    """Something that is done to the index as a whole: rebuild, reconcile, optimize."""

    __tablename__ = "upkeep"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    # How far it is, or how much it found; and when it last said so.
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime] = mapped_column(default=now)
    # Of the present time, None until its end; and of the last that came to its end.
    ended_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]


class SavedSearch(Base):
    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("person_id", "address"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    # The search page's query string, in one order: all that makes the search.
    address: Mapped[str] = mapped_column(String(1_000))
    words: Mapped[str] = mapped_column(String(LONGEST_LOGGED))
    saved_at: Mapped[datetime] = mapped_column(default=now)
    # Hits published since then are new to them.
    seen_at: Mapped[datetime] = mapped_column(default=now)
