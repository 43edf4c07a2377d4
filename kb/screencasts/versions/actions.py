"""Another recording for a screencast that keeps its address, id and links; the earlier ones can be restored."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from kb import audit, outbox
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import db, new_id, writing
from kb.errors import Invalid, NotAllowed, NotFound
from kb.hands import hands
from kb.screencasts.actions import get
from kb.screencasts.files.belongings import belongings
from kb.screencasts.models import Screencast, Version
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline import transitions
from kb.screencasts.recordings import Recording, look_at, set_recording
from kb.storage.contract import made, original

# By kb.app, of the nouns whose words fit one recording alone: (screencast id) -> what people wrote, to be kept with the
# version, and all of it leaves the screencast; and (screencast id, what was kept): the other way round.
set_words_aside: list[Callable[[str], list[dict[str, Any]]]] = []
bring_words_back: list[Callable[[str, list[dict[str, Any]]], None]] = []


def get_to_replace(viewer: Viewer, screencast_id: str, *, by: Person) -> Screencast:
    """Earlier recordings may show what their author took out: they are not for curators."""
    screencast = get(viewer, screencast_id)
    if not may_replace(screencast, by):
        raise NotAllowed("Only its author and admins can replace the recording of this screencast.")
    return screencast


def may_replace(screencast: Screencast, by: Person) -> bool:
    return screencast.author_id == by.id or by.is_admin


def replace(
    screencast: Screencast,
    file: Path,
    filename: str,
    *,
    by: Person,
    also: Callable[[str], None] | None = None,
    file_id: str | None = None,
) -> Screencast:
    """Give it this recording, which has arrived whole in the data folder. What there was plays until the new one does.

    also, file_id: as of `actions.receive`.

    Raises what an upload is refused with, and Invalid for the recording that it has already; then nothing is changed.
    """
    screencast_id = screencast.id
    recording = look_at(file, filename)
    key = original(f"{screencast_id}-{file_id or new_id()}", recording.kind.extension)
    hands().storage.put(key, file)
    try:
        with writing():
            held = _held(screencast_id)
            _check_is_another(held, recording)
            takes = [held.take, *(version.take for version in held.versions)]
            _set_aside(held, by)
            held.take = max(takes) + 1
            set_recording(held, recording, key)
            _begin_anew(held)
            audit.record("replaced", "screencast", screencast_id, by=by.id, title=held.title)
            if also:
                also(screencast_id)
    except BaseException:
        # Whether it was committed all the same is for the database to say; a screencast that is gone names nothing.
        with suppress(SQLAlchemyError):
            if key not in _keys(screencast_id):
                hands().storage.delete(key)
        raise
    return screencast


def restore(screencast: Screencast, version_id: str, *, by: Person) -> Screencast:
    """Give it an earlier recording again, with the words that people had written for it. Raises NotFound."""
    with writing() as session:
        held = _held(screencast.id)
        version = _version(held, version_id)
        if hands().storage.size_bytes(version.original_key) is None:
            raise NotFound("The file of this version is not there any more, so it can't be restored.")
        _set_aside(held, by)
        held.take = version.take
        held.filename, held.kind = version.filename, version.kind
        held.original_key, held.original_bytes = version.original_key, version.original_bytes
        held.original_sha256 = version.sha256
        # Of the other recording: the step `probe` looks at this one.
        held.measured = None
        for bring_back in bring_words_back:
            bring_back(held.id, version.words)
        session.delete(version)
        _begin_anew(held)
        audit.record("restored-version", "screencast", held.id, by=by.id, title=held.title)
    return screencast


def drop(screencast: Screencast, version_id: str, *, by: Person) -> None:
    """Erase an earlier recording for good. Raises NotFound."""
    with writing() as session:
        held = _held(screencast.id)
        version = _version(held, version_id)
        key = version.original_key
        session.delete(version)
        audit.record("erased-version", "screencast", held.id, by=by.id, title=held.title)
    hands().storage.delete(key)


def _keys(screencast_id: str) -> list[str]:
    """Of its recordings, as the database has them now; empty if it is gone."""
    screencast = db.session.get(Screencast, screencast_id, populate_existing=True)
    return [each.key for each in belongings(screencast)] if screencast else []


def _held(screencast_id: str) -> Screencast:
    held = transitions.hold(screencast_id)
    if not held or held.trashed_at:
        raise NotFound("This screencast is not there any more.")
    return held


def _version(screencast: Screencast, version_id: str) -> Version:
    for version in screencast.versions:
        if version.id == version_id:
            return version
    raise NotFound("This version is not there any more.")


def _check_is_another(screencast: Screencast, recording: Recording) -> None:
    if recording.sha256 == screencast.original_sha256:
        text = "This is the recording that it has already. Choose another file."
        raise Invalid(text, code="same-recording", errors={"file": [text]})


def _set_aside(screencast: Screencast, by: Person) -> None:
    """Make a version of what it has now, where there is a file of it."""
    words = [kept for set_aside in set_words_aside for kept in set_aside(screencast.id)]
    key = screencast.original_key or _rendition_kept(screencast)
    if not key or not screencast.kind:
        return
    screencast.versions.append(
        Version(
            take=screencast.take,
            filename=screencast.filename,
            kind=screencast.kind if screencast.original_key else "mp4",
            original_key=key,
            original_bytes=screencast.original_bytes if screencast.original_key else hands().storage.size_bytes(key),
            sha256=screencast.original_sha256 if screencast.original_key else None,
            duration_ms=screencast.duration_ms,
            replaced_by_id=by.id,
            words=words,
        )
    )


def _rendition_kept(screencast: Screencast) -> str | None:
    """Where originals are not kept, the best that plays stands for one."""
    best = next((source for source in screencast.sources if source.rank == 0), None)
    if not best:
        return None
    key = original(f"{screencast.id}-{new_id()}", "mp4")
    hands().storage.keep_copy(made(screencast.id, best.name), key)
    return key


def _begin_anew(screencast: Screencast) -> None:
    pipeline.restart(screencast)
    screencast.version += 1
    outbox.changed(screencast.id)
