"""Who did what: one row for each act that others may ask about later."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from kb.db import Base, db, now


class AuditEntry(Base):
    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    # No foreign keys: the record outlives what it is about.
    person_id: Mapped[str | None]
    act: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[str | None] = mapped_column(index=True)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def record(act: str, kind: str, subject_id: str | None, *, by: str | None, **details: Any) -> None:
    """Write an entry in the current transaction. details: JSON values, never a secret."""
    db.session.add(AuditEntry(act=act, kind=kind, subject_id=subject_id, person_id=by, details=details))
