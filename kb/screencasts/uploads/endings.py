"""How uploads in parts end: whole ones as screencasts, others when nobody goes on with them."""

import logging
from contextlib import suppress

from sqlalchemy import select

from kb.accounts.models import Person
from kb.accounts.sessions import viewer_of
from kb.db import db, let_go, now, writing
from kb.errors import Invalid, KbError, NoRoom
from kb.screencasts import actions
from kb.screencasts.actions import CaptionsFile
from kb.screencasts.fields import Upload
from kb.screencasts.models import PartialUpload
from kb.screencasts.uploads import part_files
from kb.screencasts.uploads.part_files import PartFile
from kb.screencasts.uploads.rows import EXPIRES_AFTER, expired, is_whole, not_there, refuse, unended
from kb.screencasts.versions import actions as versions

log = logging.getLogger(__name__)

CAPTIONS_NAME = "captions.vtt"


def finish(upload_id: str, file: PartFile) -> None:
    """Make it a screencast, once: file is locked, and the row is written with the screencast's own transaction.

    Whose account was switched off meanwhile adds nothing any more; it waits as long as any for them to come back.
    """
    let_go()
    upload = db.session.scalar(select(PartialUpload).where(PartialUpload.id == upload_id))
    if not upload or upload.refusal or upload.screencast_id:
        part_files.remove(upload_id)
        return
    if file.offset_bytes != upload.size_bytes or not _is_here(upload):
        return
    try:
        _take_in(upload, file)
    except NoRoom as error:
        raise part_files.no_room() from error
    except KbError as error:
        if error.status < 500:
            refuse(upload_id, error)
        raise
    part_files.remove(upload_id)


def _is_here(upload: PartialUpload) -> bool:
    return db.session.get_one(Person, upload.person_id, populate_existing=True).active


def _take_in(upload: PartialUpload, file: PartFile) -> None:
    upload_id, filename = upload.id, upload.filename
    by = db.session.get_one(Person, upload.person_id)

    def is_in(screencast_id: str) -> None:
        held = db.session.get(PartialUpload, upload_id, with_for_update=True, populate_existing=True)
        if not held:
            raise not_there()
        held.screencast_id = screencast_id
        held.expires_at = now() + EXPIRES_AFTER

    if upload.replaces_id:
        replaced = versions.get_to_replace(viewer_of(by), upload.replaces_id, by=by)
        with file.second_name() as path:
            versions.replace(replaced, path, filename, by=by, also=is_in, file_id=upload_id)
        return
    said = dict(upload.fields)
    captions = said.pop("captions", None)
    fields = _as_far_as_it_holds(Upload(**said), by)
    kept = CaptionsFile(captions.encode(), CAPTIONS_NAME, fields.captions_language) if captions else None
    with file.second_name() as path:
        actions.receive(path, filename, fields, by=by, captions=kept, also=is_in, file_id=upload_id)


def _as_far_as_it_holds(fields: Upload, by: Person) -> Upload:
    """A category or team may go while bytes come: the recording is not lost for that, nor seen by more people."""
    try:
        actions.check_new(fields, by=by)
    except Invalid:
        return fields.model_copy(update={"category": None, "team": None, "visibility": "private"})
    return fields


def tend() -> None:
    """End what is whole and was left so, expire what nobody goes on with, and take away what belongs to none."""
    for upload_id in list(db.session.scalars(unended().with_only_columns(PartialUpload.id))):
        try:
            with suppress(part_files.Locked), part_files.opened(upload_id, wait_s=0) as file:
                _tend(upload_id, file)
        except Exception as error:
            # One that fails, now or each time, keeps no other from its end.
            let_go()
            log.warning("an upload could not be ended", extra={"upload": upload_id}, exc_info=error)
    with writing() as session:
        ended = PartialUpload.screencast_id.is_not(None) | PartialUpload.refusal.is_not(None)
        for upload in session.scalars(select(PartialUpload).where(ended, PartialUpload.expires_at <= now())):
            session.delete(upload)
    _remove_strays()


def _tend(upload_id: str, file: PartFile) -> None:
    upload = db.session.get(PartialUpload, upload_id, populate_existing=True)
    if upload and is_whole(upload) and _is_here(upload):
        finish(upload_id, file)
    elif upload and upload.expires_at <= now():
        refuse(upload_id, expired())


def _remove_strays() -> None:
    files = part_files.named()
    let_go()
    there = set(db.session.scalars(unended().with_only_columns(PartialUpload.id)))
    for upload_id in files.keys() - there:
        part_files.remove(upload_id)
