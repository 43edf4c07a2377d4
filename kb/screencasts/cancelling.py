"""Taking an upload back while it is being prepared: nothing of it is left, not even in the trash."""

from kb import audit
from kb.accounts.actions import access_changed
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import writing
from kb.errors import Conflict, NotAllowed
from kb.screencasts import pipeline
from kb.screencasts.actions import clear_away, forget, get, may_erase
from kb.screencasts.models import Screencast, State


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
        held = pipeline.hold(screencast.id)
        if not held or not can_be_cancelled(held):
            raise Conflict("It is prepared already. Move it to the trash instead.", code="already-prepared")
        audit.record("cancelled", "screencast", held.id, by=by.id, title=held.title)
        remains = forget(held)
        access_changed()
    clear_away(remains)
