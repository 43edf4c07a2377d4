"""Words with times: what was said, in one language, and what stood on the screen."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.db import Base, new_id, now


class WordsFrom(enum.StrEnum):
    speech = "speech"
    upload = "upload"
    edited = "edited"


class Transcript(Base):
    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("screencast_id", "language"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(20))
    source: Mapped[WordsFrom] = mapped_column(String(10))
    engine: Mapped[str | None] = mapped_column(String(60))
    # Good enough to search, not to be shown as captions unasked.
    draft: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)

    cues: Mapped[list["Cue"]] = relationship(
        back_populates="transcript", order_by="Cue.start_ms", cascade="all, delete-orphan", passive_deletes=True
    )


class ScreenLine(Base):
    """Words that could be read on the screen, and from when to when."""

    __tablename__ = "screen_line"
    __table_args__ = (Index("ix_screen_line_screencast_start", "screencast_id", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    text: Mapped[str] = mapped_column(Text)


class Cue(Base):
    __tablename__ = "cue"
    __table_args__ = (Index("ix_cue_transcript_start", "transcript_id", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    transcript_id: Mapped[str] = mapped_column(ForeignKey("transcript.id", ondelete="CASCADE"))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    # Of each word [start_ms, end_ms, text, confidence or null], where the engine knows them.
    words: Mapped[list[list[Any]] | None] = mapped_column(JSON)

    transcript: Mapped[Transcript] = relationship(back_populates="cues")
