"""What people have announced to send: it counts as taken, so that nobody fills the disk with what they never finish."""

from kb.db import db
from kb.errors import KbError
from kb.hands import hands
from kb.screencasts.models import PartialUpload
from kb.screencasts.refusals import check_room
from kb.screencasts.uploads import part_files
from kb.screencasts.uploads.rows import unended

# Of one person: unfinished uploads, and what they may come to altogether, in uploads of the largest size.
MOST_OPEN = 100
MOST_PROMISED = 10


class TooManyUploads(KbError):
    status = 429
    code = "too-many-uploads"
    title = "Too many unfinished uploads"


def check_promise(person_id: str, size_bytes: int | None, *, of: PartialUpload | None = None) -> None:
    """Whether an upload of this size may be announced: a new one, or one whose length is only known now.

    size_bytes: None while nobody knows it; then it may become as large as any, and counts so for its person.
    Raises TooLarge, NoRoom, for which what all have announced counts too, or TooManyUploads.
    """
    others = [upload for upload in db.session.scalars(unended()) if not of or upload.id != of.id]
    here = {upload.id: part_files.offset_bytes(upload.id) for upload in others}
    check_room(
        size_bytes or 0,
        promised_bytes=sum(max(0, (upload.size_bytes or 0) - here[upload.id]) for upload in others)
        - (part_files.offset_bytes(of.id) if of else 0),
    )
    largest = hands().settings.max_upload_bytes
    mine = [upload.size_bytes for upload in others if upload.person_id == person_id]
    all_bytes = sum(largest if each is None else each for each in [*mine, size_bytes])
    if len(mine) >= MOST_OPEN or all_bytes > MOST_PROMISED * largest:
        raise TooManyUploads(
            f"You have {len(mine)} unfinished uploads here. Finish some, or take them away, before you begin another."
        )
