"""What is known of an upload in parts: its row, as the database has it now, and how it may end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from kb.db import db, now, writing
from kb.errors import Conflict, KbError, NotFound
from kb.screencasts.models import PartialUpload
from kb.screencasts.uploads import part_files

# After the last byte that came; and how long the end of an upload is told to whoever missed it.
EXPIRES_AFTER = timedelta(days=7)
# Of one person; earlier ones are as if they had never been.
MOST_REFUSED = 100


class WrongOffset(Conflict):
    code = "wrong-offset"
    title = "Not where it goes on"


class WrongLength(KbError):
    status = 400
    code = "wrong-length"
    title = "That is another length"


class BadChecksum(KbError):
    # Of the protocol's own.
    status = 460
    code = "bad-checksum"
    title = "It arrived damaged"


class Expired(KbError):
    status = 410
    code = "expired"
    title = "Too late for this upload"


class Refused(KbError):
    """What an upload ended with, said again."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["detail"], code=problem["code"], errors=problem["errors"])
        self.status, self.title = problem["status"], problem["title"]


@dataclass(frozen=True)
class Progress:
    offset_bytes: int
    size_bytes: int | None
    expires_at: datetime
    screencast_id: str | None
    sent_metadata: str


def unended() -> Select[PartialUpload]:
    return select(PartialUpload).where(PartialUpload.screencast_id.is_(None), PartialUpload.refusal.is_(None))


def open_or_in(upload_id: str, person_id: str) -> PartialUpload:
    """As the database has it now. Raises NotFound (also for somebody else's), Refused, or Expired."""
    found = select(PartialUpload).where(PartialUpload.id == upload_id).execution_options(populate_existing=True)
    upload = db.session.scalar(found)
    if not upload or upload.person_id != person_id:
        raise not_there()
    if upload.refusal:
        raise Refused(upload.refusal)
    if not upload.screencast_id and upload.expires_at <= now() and not is_whole(upload):
        raise expired()
    return upload


def is_whole(upload: PartialUpload) -> bool:
    if upload.screencast_id or upload.size_bytes is None:
        return False
    return part_files.offset_bytes(upload.id) == upload.size_bytes


def progress_of(upload: PartialUpload) -> Progress:
    offset_bytes = upload.size_bytes if upload.screencast_id else part_files.offset_bytes(upload.id)
    return Progress(
        offset_bytes=offset_bytes or 0,
        size_bytes=upload.size_bytes,
        expires_at=upload.expires_at,
        screencast_id=upload.screencast_id,
        sent_metadata=upload.sent_metadata,
    )


def not_there() -> NotFound:
    return NotFound("This upload is not there (any more). Begin it again.")


def expired() -> Expired:
    return Expired(f"Nothing came for {EXPIRES_AFTER.days} days, so what was here is deleted. Begin it again.")


def refuse(upload_id: str, error: KbError) -> None:
    """End it for good; whoever asks later is told why. Nothing happens to one that has become a screencast."""
    said = {"status": error.status, "code": error.code, "title": error.title}
    with writing() as session:
        upload = session.get(PartialUpload, upload_id, with_for_update=True, populate_existing=True)
        if upload and upload.screencast_id:
            return
        if upload:
            upload.refusal = said | {"detail": error.detail, "errors": error.errors}
            # Nobody is told these again, and they are what is long.
            upload.sent_metadata, upload.fields = "", {}
            upload.expires_at = now() + EXPIRES_AFTER
            _forget_earlier(upload.person_id)
    part_files.wipe(upload_id)


def _forget_earlier(person_id: str) -> None:
    """Or somebody could fill the database with what is refused at its first bytes."""
    session = db.session()
    session.flush()
    refused = (PartialUpload.person_id == person_id, PartialUpload.refusal.is_not(None))
    latest = select(PartialUpload).where(*refused).order_by(PartialUpload.expires_at.desc(), PartialUpload.id)
    for upload in session.scalars(latest.offset(MOST_REFUSED)).all():
        session.delete(upload)
