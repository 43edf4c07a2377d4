"""What curators did to many screencasts at once, kept so that it can be taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kb.db import Base, new_id, now


class BulkChange(Base):
    __tablename__ = "bulk_change"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    # What was done, in words for people: "12 moved to Printers".
    words: Mapped[str] = mapped_column(String(300))
    # Of each screencast {"id", "before", "after"}, with the fields that changed; undone only where `after` still holds.
    # Of each transcript whose words changed {"id", "language", "cues"}, see kb.transcripts.respelling.
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]

    @property
    def is_of_words(self) -> bool:
        return any("cues" in each for each in self.changes)
