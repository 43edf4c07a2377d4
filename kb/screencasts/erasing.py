"""The end of a screencast: erased out of the trash, or taken back while it is being prepared. Nothing of it is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kb import audit, outbox
from kb.accounts.actions import access_changed
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import db, writing
from kb.errors import Conflict, NotAllowed
from kb.hands import hands
from kb.media import children
from kb.screencasts.actions import get, get_from_trash, not_in_trash
from kb.screencasts.models import Screencast, State
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline import transitions
from kb.storage.contract import made_folder


@dataclass(frozen=True)
class Remains:
    """What is left of a screencast without a row. children: marks of the tools that worked on it."""

    screencast_id: str
    originals: Sequence[str] = ()
    children: Sequence[str] = ()


def get_to_erase(viewer: Viewer, screencast_id: str, *, by: Person) -> Screencast:
    """What others threw away waits out its time: until then their author can have it back."""
    screencast = get_from_trash(viewer, screencast_id)
    if not may_erase(screencast, by):
        raise NotAllowed("Only its author and admins can erase it now. It goes by itself after its 30 days.")
    return screencast


def may_erase(screencast: Screencast, by: Person) -> bool:
    return screencast.author_id == by.id or by.is_admin


def erase(screencast_id: str, *, by: Person | None = None, trashed_before: datetime | None = None) -> None:
    """Delete a screencast for good, with all its files. by: None where nobody asks for it.

    trashed_before: only if it is in the trash since then. Raises NotFound where somebody took it out meanwhile.
    """
    with writing():
        screencast = transitions.hold(screencast_id)
        if trashed_before and not _is_trashed_before(screencast, trashed_before):
            raise not_in_trash()
        remains = Remains(screencast_id)
        if screencast:
            remains = forget(screencast)
            audit.record("erased", "screencast", screencast_id, by=by.id if by else None)
    clear_away(remains)


def get_to_cancel(viewer: Viewer, screencast_id: str, *, by: Person) -> Screencast:
    screencast = get(viewer, screencast_id)
    if not may_erase(screencast, by):
        raise NotAllowed("Only its author and admins can cancel an upload.")
    return screencast


def can_be_cancelled(screencast: Screencast) -> bool:
    """What was ready once is for the trash, from where it can come back; colleagues may have linked to it."""
    return screencast.state == State.processing and pipeline.is_first_time(screencast)


def cancel(screencast: Screencast, *, by: Person) -> None:
    """Stop all work on it and erase it with its files. Raises Conflict once it is prepared."""
    with writing():
        held = transitions.hold(screencast.id)
        if not held or not can_be_cancelled(held):
            raise Conflict("It is prepared already. Move it to the trash instead.", code="already-prepared")
        audit.record("cancelled", "screencast", held.id, by=by.id, title=held.title)
        remains = forget(held)
        access_changed()
    clear_away(remains)


def forget(screencast: Screencast) -> Remains:
    """Delete its row, inside the caller's transaction, which holds it. What remains is cleared away after that."""
    versions = [version.original_key for version in screencast.versions]
    originals = [screencast.original_key, *versions] if screencast.original_key else versions
    remains = Remains(screencast.id, originals, [step.child for step in screencast.steps if step.child])
    db.session.delete(screencast)
    outbox.changed(screencast.id)
    return remains


def clear_away(remains: Remains) -> None:
    """End what works on it and delete its files. A worker elsewhere notices by itself, and can't bring them back."""
    for child in remains.children:
        children.kill(child)
    hands().drop_work_folders(remains.screencast_id)
    for key in [*remains.originals, made_folder(remains.screencast_id)]:
        hands().storage.delete(key)


def _is_trashed_before(screencast: Screencast | None, at: datetime) -> bool:
    return bool(screencast and screencast.trashed_at and screencast.trashed_at <= at)
