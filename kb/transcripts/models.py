"""Words with times: what was said, in one language, and what stood on the screen."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.accounts.models import Person
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
    model: Mapped[str | None] = mapped_column(String(200))
    # Good enough to search, not to be shown as captions unasked.
    draft: Mapped[bool] = mapped_column(default=False)
    # Rises with every change, so that nobody overwrites what they have not seen.
    version: Mapped[int] = mapped_column(default=1, server_default="1")
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
    # Kept out of the index and of every page by what its author said (ScreenHiding).
    is_hidden: Mapped[bool] = mapped_column(default=False, server_default=false())


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


class HeardSegment(Base):
    """What an engine has heard so far of a recording: kept as it comes, so that who takes over goes on from there."""

    __tablename__ = "heard_segment"
    __table_args__ = (Index("ix_heard_segment_screencast_start", "screencast_id", "start_ms"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    # Whose words they are: another recording's or another engine's are of no use to who goes on.
    take: Mapped[int]
    engine: Mapped[str] = mapped_column(String(60))
    model: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(20))
    start_ms: Mapped[int]
    end_ms: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[list[list[Any]] | None] = mapped_column(JSON)


class Revision(Base):
    """A transcript as it stood after somebody's changes; what one person does in one go is one revision."""

    __tablename__ = "revision"
    __table_args__ = (Index("ix_revision_transcript", "screencast_id", "language", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(20))
    # From 1, which is what people found: an engine's words, or an upload.
    number: Mapped[int]
    # What made it: heard, uploaded, edited, proposed, glossary, restored.
    cause: Mapped[str] = mapped_column(String(12))
    # None where an engine wrote it, or who did is gone.
    by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # Of a proposal, who took it up.
    accepted_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    began_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    # How many cues are other than in the revision before.
    changed_cues: Mapped[int] = mapped_column(default=0)
    # Of each cue [start_ms, end_ms, text].
    cues: Mapped[list[list[Any]]] = mapped_column(JSON, deferred=True)

    by: Mapped[Person | None] = relationship(foreign_keys=by_id)
    accepted_by: Mapped[Person | None] = relationship(foreign_keys=accepted_by_id)


class Proposal(Base):
    """A colleague's correction of one cue, waiting for the author or a curator."""

    __tablename__ = "proposal"
    __table_args__ = (Index("ix_proposal_open", "screencast_id", "settled_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    # Which cue: the one that says `before` nearest to this time.
    start_ms: Mapped[int]
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    is_accepted: Mapped[bool | None]

    by: Mapped[Person] = relationship(foreign_keys=by_id)


class ScreenHiding(Base):
    """What its author keeps out of what is read off the screen, also when it is read again.

    text: lines that say this, anywhere; None with a range of time: whatever stands there then.
    """

    __tablename__ = "screen_hiding"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"), index=True)
    text: Mapped[str | None] = mapped_column(Text)
    start_ms: Mapped[int | None]
    end_ms: Mapped[int | None]
    by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Chapter(Base):
    """A part of a recording, from its start to the next one's; in the steps view, one step."""

    __tablename__ = "chapter"
    __table_args__ = (Index("ix_chapter_screencast_start", "screencast_id", "start_ms"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"))
    start_ms: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    # What to do in it, as people wrote it; None: what is said in it.
    text: Mapped[str | None] = mapped_column(Text)
    # Found by the site, and replaced when it looks again; what a person has touched stays.
    draft: Mapped[bool] = mapped_column(default=False)
