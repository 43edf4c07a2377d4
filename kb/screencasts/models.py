"""A recording and its life."""

import enum
import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, String, Table, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from kb.accounts.models import Person, Team
from kb.categories.models import Category, Tag
from kb.db import Base, new_id, now

screencast_tag = Table(
    "screencast_tag",
    Base.metadata,
    Column("screencast_id", ForeignKey("screencast.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_name", ForeignKey("tag.name", onupdate="CASCADE", ondelete="CASCADE"), primary_key=True, index=True),
)


class State(enum.StrEnum):
    processing = "processing"
    ready = "ready"
    failed = "failed"


class StepState(enum.StrEnum):
    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"
    skipped = "skipped"


# What a step in one of these states leaves to those that need it: nothing more will come.
ENDED = (StepState.done, StepState.failed, StepState.skipped)

IN_TRASH = text("trashed_at IS NOT NULL")


class Screencast(Base):
    __tablename__ = "screencast"
    __table_args__ = (
        Index("ix_screencast_newest", "created_at", "id"),
        # With all that decides who may see a row, so that counting by category reads the index alone.
        Index(
            "ix_screencast_category_newest",
            *("category_id", "created_at", "id"),
            *("visibility", "team_id", "author_id", "published_at", "trashed_at"),
        ),
        Index("ix_screencast_author_newest", "author_id", "created_at", "id"),
        Index("ix_screencast_team_newest", "team_id", "created_at", "id"),
        Index("ix_screencast_solved", "solved_count", "created_at", "id"),
        Index("ix_screencast_title", "title_key", "id"),
        # Of the few in the trash: with the others in it, every list would be looked up by it and then sorted.
        Index("ix_screencast_trashed_at", "trashed_at", sqlite_where=IN_TRASH, postgresql_where=IN_TRASH),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    # By what lists are sorted; by code point, so that every database has the same order.
    title_key: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"), server_default=""
    )
    purpose: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    category_id: Mapped[str | None] = mapped_column(ForeignKey("category.id"))
    author_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    visibility: Mapped[str] = mapped_column(String(16), default="everyone")
    team_id: Mapped[str | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))
    external_id: Mapped[str | None] = mapped_column(String(200), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # None while it is a draft, which its author alone sees.
    published_at: Mapped[datetime | None]
    trashed_at: Mapped[datetime | None]
    # Rises with every change of words or place; the index keeps the number that it has seen.
    version: Mapped[int] = mapped_column(default=1)
    # Set by solves: how many people it helped, and how many it did not.
    solved_count: Mapped[int] = mapped_column(default=0)
    unhelped_count: Mapped[int] = mapped_column(default=0, server_default="0")

    # What was uploaded. The client's name is data, never a path.
    filename: Mapped[str] = mapped_column(String(255), default="")
    kind: Mapped[str | None] = mapped_column(String(16))
    original_key: Mapped[str | None] = mapped_column(String(200))
    original_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    original_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    # Which recording this is: 1, and one more with each that replaces it.
    take: Mapped[int] = mapped_column(default=1, server_default="1")
    # What is spoken in it (BCP 47), where its author said so; else the engine finds out if it can.
    language: Mapped[str | None] = mapped_column(String(20))
    # All files of it: originals of all takes, and what was made of them.
    stored_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")

    # What the probe measured; `measured` is all of it (kb.media.probe.Probe).
    measured: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    duration_ms: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_audio: Mapped[bool | None]

    # What the steps made.
    state: Mapped[State] = mapped_column(String(16), default=State.processing, index=True)
    progress: Mapped[float] = mapped_column(default=0.0)
    poster_key: Mapped[str | None] = mapped_column(String(200))
    storyboard: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    # When what is on the screen becomes another page, in milliseconds from the start.
    scenes: Mapped[list[int] | None] = mapped_column(JSON)
    # Set by transcripts: [{"language": "en", "source": "speech", "draft": true}], and [{"start_ms": 0, "title": "…"}].
    captions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    chapters: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    # Whether a person has said which chapters it has, be it none: then the site drafts no others.
    chapters_kept: Mapped[bool] = mapped_column(default=False, server_default=false())

    author: Mapped[Person] = relationship()
    team: Mapped[Team | None] = relationship()
    category: Mapped[Category | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=screencast_tag, order_by=Tag.name)
    steps: Mapped[list["Step"]] = relationship(
        back_populates="screencast", order_by="Step.place", cascade="all, delete-orphan", passive_deletes=True
    )
    sources: Mapped[list["Source"]] = relationship(
        back_populates="screencast", order_by="Source.rank", cascade="all, delete-orphan", passive_deletes=True
    )
    versions: Mapped[list["Version"]] = relationship(
        back_populates="screencast", order_by="Version.take.desc()", cascade="all, delete-orphan", passive_deletes=True
    )

    @validates("title")
    def _key_too(self, _name: str, title: str) -> str:
        self.title_key = title_key(title)
        return title

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def plays_earlier(self) -> bool:
        """Whether all that can be watched so far is the recording that was replaced."""
        return bool(self.sources) and all(source.take < self.take for source in self.sources)

    @property
    def failed_step(self) -> "Step | None":
        """The first of those that failed for good."""
        return next((step for step in self.steps if step.state == StepState.failed), None)

    @property
    def is_playable(self) -> bool:
        return bool(self.sources)

    def step(self, name: str) -> "Step | None":
        return next((step for step in self.steps if step.name == name), None)


def title_key(title: str) -> str:
    """What a title is sorted by: without case and accents, so that Ärger stands beside argon and zebra beside Zoo."""
    parts = unicodedata.normalize("NFKD", title.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))[:200]


class Step(Base):
    """One piece of work on a screencast: who has it until when, how far it is, and why it failed."""

    __tablename__ = "step"
    # Of many that wait, few are due: the others come after another step.
    __table_args__ = (Index("ix_step_due", "state", "due_at"),)

    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    place: Mapped[int]
    state: Mapped[StepState] = mapped_column(String(16), default=StepState.waiting)
    progress: Mapped[float] = mapped_column(default=0.0)
    attempt: Mapped[int] = mapped_column(default=0)
    # A running step belongs to its worker until then; who comes later may take it over.
    lease_until: Mapped[datetime | None]
    lease_key: Mapped[str | None] = mapped_column(String(32))
    # Its worker, and the tool that this runs: process id, start time and boot, so that no other is taken for them.
    worker: Mapped[str | None] = mapped_column(String(80))
    child: Mapped[str | None] = mapped_column(String(80))
    # Since when its tries fail for something that is not about this recording, such as a full disk.
    held_up_at: Mapped[datetime | None]
    # When the sweeper asks for it (again): its next try is due, its message may be lost, or its lease is over.
    due_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    # When `progress` was last another: what it then had taken tells how fast it is.
    moved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cpu_s: Mapped[float | None]
    # How many CPU seconds it takes by what is known of the recording (kb.screencasts.pipeline.forecast).
    expected_s: Mapped[float | None]
    # Why it failed, or what a colleague should know about how it went ("It has no sound.").
    error_code: Mapped[str | None] = mapped_column(String(40))
    error_text: Mapped[str | None] = mapped_column(Text)
    # The last that its tool said before it failed, for who runs the site; read where it is shown alone.
    log: Mapped[str | None] = mapped_column(Text, deferred=True)

    screencast: Mapped[Screencast] = relationship(back_populates="steps")

    @validates("progress")
    def _note_when(self, _name: str, progress: float) -> float:
        if progress != self.progress:
            self.moved_at = now()
        return progress


class Source(Base):
    """One playable file of a screencast, best first."""

    __tablename__ = "source"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"), index=True)
    # 0: H.264/AAC MP4, which every browser plays; 1: a quick copy for those that can.
    rank: Mapped[int]
    name: Mapped[str] = mapped_column(String(40))
    mime: Mapped[str] = mapped_column(String(120))
    width: Mapped[int]
    height: Mapped[int]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    # Of which recording it was made: an earlier one's play until the new one's do.
    take: Mapped[int] = mapped_column(default=1, server_default="1")

    screencast: Mapped[Screencast] = relationship(back_populates="sources")


class Version(Base):
    """An earlier recording of a screencast, kept so that it can be restored."""

    __tablename__ = "version"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    screencast_id: Mapped[str] = mapped_column(ForeignKey("screencast.id", ondelete="CASCADE"), index=True)
    take: Mapped[int]
    filename: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(16))
    original_key: Mapped[str] = mapped_column(String(200))
    original_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    duration_ms: Mapped[int | None]
    replaced_at: Mapped[datetime] = mapped_column(default=now)
    replaced_by_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    # What people wrote for this recording, by the nouns that keep it: its words fit no other.
    words: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    screencast: Mapped[Screencast] = relationship(back_populates="versions")
    replaced_by: Mapped[Person | None] = relationship()


class PartialUpload(Base):
    """A recording that arrives in parts (tus). How much of it is there, its file in the data folder says."""

    __tablename__ = "upload"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    # None while its sender does not know it yet.
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    # As sent, to be sent back; and read: what was said of it (kb.screencasts.fields.Upload).
    sent_metadata: Mapped[str] = mapped_column(Text, default="")
    filename: Mapped[str] = mapped_column(String(255), default="")
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    # The screencast whose recording it replaces, if it is no new one.
    replaces_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # How it ended: as this screencast, or refused with this problem. Said again to whoever missed the answer.
    screencast_id: Mapped[str | None] = mapped_column(String(32))
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
