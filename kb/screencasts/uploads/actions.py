"""Uploads in parts (tus): begun, gone on with, and at their last byte a screencast. What has arrived is never lost."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import db, let_go, now, writing
from kb.errors import Invalid, NoRoom, TooLarge, UnsupportedMedia
from kb.hands import hands
from kb.screencasts import actions
from kb.screencasts.fields import Upload, clean_filename
from kb.screencasts.models import PartialUpload
from kb.screencasts.refusals import HEAD_BYTES, check_room, kind_of
from kb.screencasts.uploads import part_files
from kb.screencasts.uploads.endings import finish
from kb.screencasts.uploads.limits import check_promise
from kb.screencasts.uploads.part_files import PartFile
from kb.screencasts.uploads.rows import (
    EXPIRES_AFTER,
    BadChecksum,
    Progress,
    WrongLength,
    WrongOffset,
    is_whole,
    not_there,
    open_or_in,
    progress_of,
    refuse,
    unended,
)
from kb.screencasts.versions import actions as versions
from kb.web.filters import size
from kb.web.forms import parse
from kb.web.tus import Body, Checksum
from kb.web.uploads import LOOKS_FOR_ROOM_EVERY_BYTES

# Not written with each part: a recorder sends one each second.
EXTENDS_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Part:
    """What goes on at offset_bytes. total_bytes: how long the whole will be, where its sender says so now."""

    offset_bytes: int
    body: Body
    checksum: Checksum | None = None
    total_bytes: int | None = None


def begin(viewer: Viewer, size_bytes: int | None, metadata: dict[str, bytes], sent: str, *, by: Person) -> str:
    """Return the id of an upload. What is at fault is said here, and not after the bytes: fields, size, room.

    size_bytes: None where it is not known yet. metadata: as read from what was `sent`.
    """
    said = {name: _text(name, value) for name, value in metadata.items()}
    replaces_id = said.pop("replaces", "") or None
    fields = _fields(said, by=by)
    if replaces_id:
        versions.get_to_replace(viewer, replaces_id, by=by)
    with writing() as session:
        check_promise(by.id, size_bytes)
        upload = PartialUpload(
            person_id=by.id,
            size_bytes=size_bytes,
            sent_metadata=sent,
            filename=clean_filename(said.get("filename") or said.get("name", "")),
            fields=fields,
            replaces_id=replaces_id,
            expires_at=now() + EXPIRES_AFTER,
        )
        session.add(upload)
        session.flush()
        return upload.id


def progress(upload_id: str, *, by: Person) -> Progress:
    """How far it is; one that is whole but has not ended is ended first, since who asks then takes it for done.

    Raises NotFound, Expired, Refused, and parts.Locked while somebody else takes long to end it.
    """
    person_id = by.id
    upload = open_or_in(upload_id, person_id)
    if is_whole(upload):
        let_go()
        with part_files.opened(upload_id) as file:
            finish(upload_id, file)
        upload = open_or_in(upload_id, person_id)
    return progress_of(upload)


def unfinished(by: Person) -> list[tuple[PartialUpload, int]]:
    """Uploads of this person that can be gone on with, newest first, each with how many bytes are here."""
    mine = unended().where(PartialUpload.person_id == by.id, PartialUpload.expires_at > now())
    found = db.session.scalars(mine.order_by(PartialUpload.created_at.desc(), PartialUpload.id))
    return [(upload, part_files.offset_bytes(upload.id)) for upload in found]


def end(upload_id: str, *, by: Person) -> None:
    """Its sender does not want it any more: its bytes go at once. A screencast that it has become stays."""
    with writing() as session:
        upload = session.get(PartialUpload, upload_id, with_for_update=True)
        if not upload or upload.person_id != by.id:
            raise not_there()
        has_become_one = upload.screencast_id is not None
        session.delete(upload)
    # The bytes of an original are the same ones.
    (part_files.remove if has_become_one else part_files.wipe)(upload_id)


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise Invalid("Some fields need a correction.", errors={name: ["Write it in UTF-8."]}) from error


def _fields(said: dict[str, str], *, by: Person) -> dict[str, Any]:
    values = {name: text for name, text in said.items() if text or name != "captions_language"}
    fields = parse(Upload, values)
    actions.check_new(fields, by=by)
    kept = fields.model_dump(exclude_unset=True)
    if captions := said.get("captions"):
        for check in actions.check_captions:
            check(captions.encode())
        kept["captions"] = captions
    return kept


# -- go on ------------------------------------------------------------------------------------------


def append(upload_id: str, part: Part, *, by: Person) -> Progress:
    """Add what comes, as far as it comes; the last byte makes it a screencast.

    Raises parts.Locked, WrongOffset, WrongLength, TooLarge, NoRoom and BadChecksum, after each of which it can be gone
    on with; and, for good, Expired, what `receive` refuses, and NotFound.
    """
    person_id = by.id
    if open_or_in(upload_id, person_id).screencast_id:
        return _nothing_more(upload_id, part, person_id)
    # A second writer waits, and a body may take an hour; nobody needs the database meanwhile.
    let_go()
    with part_files.opened(upload_id) as file:
        upload = open_or_in(upload_id, person_id)
        if upload.screencast_id:
            part_files.remove(upload_id)
            return _nothing_more(upload_id, part, person_id)
        if part.offset_bytes != file.offset_bytes:
            raise WrongOffset(f"{file.offset_bytes} bytes of it are here. Go on from there.")
        most_bytes = _most(upload, part)
        _put_off(upload)
        let_go()
        _write(upload_id, file, part, most_bytes)
        return _go_on(upload_id, file, person_id)


def _nothing_more(upload_id: str, part: Part, person_id: str) -> Progress:
    there = progress_of(open_or_in(upload_id, person_id))
    if part.offset_bytes != there.offset_bytes or not part.body.is_empty:
        raise WrongOffset("All of it is here already. Ask for the screencast instead.")
    return there


def _most(upload: PartialUpload, part: Part) -> int:
    """How large it may become with this part; takes down the length of the whole, where that is said now."""
    if part.total_bytes is not None:
        _learn(upload, part.total_bytes, part.offset_bytes)
    most_bytes = hands().settings.max_upload_bytes if upload.size_bytes is None else upload.size_bytes
    if part.offset_bytes + (part.body.length_bytes or 0) > most_bytes:
        raise _too_much(most_bytes, is_announced=upload.size_bytes is not None)
    return most_bytes


def _learn(upload: PartialUpload, total_bytes: int, offset_bytes: int) -> None:
    if upload.size_bytes is not None:
        if upload.size_bytes != total_bytes:
            raise WrongLength(f"This upload is {upload.size_bytes} bytes long, and that stays so.")
        return
    if total_bytes < offset_bytes:
        raise WrongLength(f"{offset_bytes} bytes of it are here already, so it can't be {total_bytes} bytes long.")
    with writing():
        check_promise(upload.person_id, total_bytes, of=upload)
        upload.size_bytes = total_bytes


def _put_off(upload: PartialUpload) -> None:
    if upload.expires_at < now() + EXPIRES_AFTER - EXTENDS_AFTER:
        with writing():
            upload.expires_at = now() + EXPIRES_AFTER


def _write(upload_id: str, file: PartFile, part: Part, most_bytes: int) -> None:
    digest = part.checksum.begin() if part.checksum else None
    is_known = file.offset_bytes >= HEAD_BYTES
    with file.unchecked() if digest else nullcontext():
        for piece in _as_they_fit(part.body.pieces(is_wanted=file.is_wanted), file, most_bytes):
            file.add(piece)
            if file.is_gone:
                raise not_there()
            if digest:
                digest.update(piece)
            elif not is_known:
                is_known = _is_video(upload_id, file)
        if digest and part.checksum and digest.digest() != part.checksum.digest:
            raise BadChecksum("What arrived is not what was sent: the checksum differs. Send this part again.")
    if not is_known:
        _is_video(upload_id, file)
    file.sync()


def _as_they_fit(pieces: Iterator[bytes], file: PartFile, most_bytes: int) -> Iterator[bytes]:
    """Raises TooLarge, or NoRoom, before the first that does not."""
    left_bytes = 0
    for piece in pieces:
        if file.offset_bytes + len(piece) > most_bytes:
            raise _too_much(most_bytes, is_announced=True)
        if left_bytes < len(piece):
            _leave_room(len(piece))
            left_bytes = LOOKS_FOR_ROOM_EVERY_BYTES
        left_bytes -= len(piece)
        yield piece


def _is_video(upload_id: str, file: PartFile) -> bool:
    """False as long as too little is there to say. Raises UnsupportedMedia, and ends the upload, where it is none."""
    if file.offset_bytes < HEAD_BYTES:
        return False
    try:
        kind_of(file.path, file.offset_bytes)
    except UnsupportedMedia as error:
        refuse(upload_id, error)
        raise
    return True


def _leave_room(size_bytes: int) -> None:
    try:
        check_room(size_bytes)
    except NoRoom as error:
        raise part_files.no_room() from error


def _go_on(upload_id: str, file: PartFile, person_id: str) -> Progress:
    upload = open_or_in(upload_id, person_id)
    if is_whole(upload):
        finish(upload_id, file)
        return progress_of(open_or_in(upload_id, person_id))
    return progress_of(upload)


def _too_much(most_bytes: int, *, is_announced: bool) -> TooLarge:
    if is_announced:
        return TooLarge(f"More came than the {most_bytes} bytes that this upload is long. Nothing of that was kept.")
    return TooLarge(f"This recording has grown larger than the {size(most_bytes)} that fit here. End it where it is.")
