"""What people do with screencasts: receive, change, publish, delete, retry. The only code here that commits."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kb import audit, outbox
from kb.accounts.actions import access_changed
from kb.accounts.models import Person
from kb.accounts.rules import VISIBILITIES, Viewer, can_change, can_restore, can_view
from kb.categories.actions import get as get_category
from kb.categories.actions import visibility_of_new
from kb.categories.models import Category
from kb.categories.tags import tags_named, taken
from kb.db import db, new_id, now, writing
from kb.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from kb.hands import hands
from kb.screencasts.fields import Upload, Words, title_of
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.recordings import look_at, set_recording
from kb.storage.contract import original

# Visibility, team, whether it is a draft.
WhoSees = tuple[str, str | None, bool]
WIDTHS = tuple(VISIBILITIES)


@dataclass(frozen=True)
class CaptionsFile:
    content: bytes
    filename: str
    language: str


# (screencast id, file, who replaces what is there): stores captions in the caller's transaction, or raises Invalid.
# By kb.app.
take_captions: list[Callable[[str, CaptionsFile, Person | None], None]] = []
# (content) -> anything: raises Invalid for what `take_captions` would, before a recording comes. By kb.app.
check_captions: list[Callable[[bytes], object]] = []


def get(viewer: Viewer, screencast_id: str) -> Screencast:
    """The screencast, if this viewer may see it; to anybody else it is as if it were not there."""
    screencast = db.session.get(Screencast, screencast_id)
    if screencast and can_view(viewer, screencast):
        return screencast
    if viewer.person_id is None:
        raise NotSignedIn("Sign in to see this.")
    raise NotFound("This screencast is not there, or not shared with you.")


def get_to_change(viewer: Viewer, screencast_id: str) -> Screencast:
    screencast = get(viewer, screencast_id)
    if not can_change(viewer, screencast):
        raise NotAllowed("Only its author and curators can change this screencast.")
    return screencast


def get_from_trash(viewer: Viewer, screencast_id: str) -> Screencast:
    screencast = db.session.get(Screencast, screencast_id)
    if screencast and can_restore(viewer, screencast):
        return screencast
    raise not_in_trash()


def check_new(fields: Upload, *, by: Person) -> None:
    """Raises Invalid for what `receive` would refuse of them, before the recording comes."""
    taken(fields.tags or (), leave_out_retired=True)
    without_tags = fields.model_copy(update={"tags": None})
    _apply(Screencast(author_id=by.id), _seen_as_usual(without_tags, by), by, is_new=True)


def receive(
    file: Path,
    filename: str,
    fields: Upload,
    *,
    by: Person,
    captions: CaptionsFile | None = None,
    also: Callable[[str], None] | None = None,
    file_id: str | None = None,
) -> Screencast:
    """Take a file that has arrived whole in the data folder, and start its steps.

    What can be known at once is refused here, with nothing left behind: empty, not a video, no picture, too long. A
    look inside that takes too long is left to the workers. The file is moved, never copied.

    also: done in the same transaction, with the screencast's id. file_id: names the file in the storage, and so the
    screencast; with the same one a second try leaves nothing behind of a first that was killed.
    """
    recording = look_at(file, filename)
    screencast_id = file_id or new_id()
    key = original(screencast_id, recording.kind.extension)
    hands().storage.put(key, file)
    try:
        with writing() as session:
            screencast = Screencast(
                id=screencast_id,
                title=title_of(filename),
                author_id=by.id,
                published_at=None if fields.draft else now(),
            )
            set_recording(screencast, recording, key)
            session.add(screencast)
            _apply(screencast, _seen_as_usual(fields, by), by, is_new=True)
            session.flush()
            if captions:
                _take(screencast_id, captions)
            pipeline.start(screencast)
            outbox.changed(screencast_id)
            access_changed()
            audit.record("added", "screencast", screencast_id, by=by.id, title=screencast.title)
            if also:
                also(screencast_id)
    except BaseException:
        # Whether it was committed all the same is for the database to say: an original is never deleted on a guess.
        with suppress(SQLAlchemyError):
            if db.session.get(Screencast, screencast_id) is None:
                hands().storage.delete(key)
        raise
    return screencast


def change(screencast: Screencast, fields: Words, *, by: Person, captions: CaptionsFile | None = None) -> Screencast:
    """Change what is given; leave what is None. Uploaded captions replace what was there in their language.

    Raises NotAllowed where somebody else than its author would change who may see it.
    """
    with writing():
        was, spoken = _who_sees(screencast), screencast.language
        _apply(screencast, fields, by)
        if fields.draft is not None:
            screencast.published_at = None if fields.draft else (screencast.published_at or now())
        if by.id != screencast.author_id and _who_sees(screencast) != was:
            raise NotAllowed("Who may see it is for its author to say. Ask them to change that.")
        if captions:
            _take(screencast.id, captions, by)
        _words_changed(screencast, widens=_is_wider(_who_sees(screencast), was))
        if screencast.language != spoken and not _is_heard_as(screencast.language, screencast):
            pipeline.hear_again(screencast.id)
        audit.record("changed", "screencast", screencast.id, by=by.id, fields=sorted(fields.model_fields_set))
    return screencast


def publish(screencast: Screencast, *, by: Person) -> None:
    change(screencast, Words(draft=False), by=by)


def trash(screencast: Screencast, *, by: Person) -> None:
    """Take it out of everybody's sight; its work stops, its files stay for 30 days."""
    with writing():
        screencast.trashed_at = now()
        _words_changed(screencast)
        audit.record("deleted", "screencast", screencast.id, by=by.id, title=screencast.title)


def restore(screencast: Screencast, *, by: Person) -> None:
    """Take it out of the trash, as it was; the sweeper asks again for steps that had not ended."""
    screencast_id = screencast.id
    with writing() as session:
        held = session.get(Screencast, screencast_id, with_for_update=True)
        if not held or not held.trashed_at:
            raise not_in_trash()
        screencast.trashed_at = None
        _words_changed(screencast)
        audit.record("restored", "screencast", screencast.id, by=by.id, title=screencast.title)


def not_in_trash() -> NotFound:
    return NotFound("This is not in the trash any more.")


def retry(screencast: Screencast, *, by: Person) -> None:
    with writing():
        pipeline.retry(screencast.id)
        audit.record("retried", "screencast", screencast.id, by=by.id)


def _take(screencast_id: str, captions: CaptionsFile, by: Person | None = None) -> None:
    for take in take_captions:
        take(screencast_id, captions, by)


def _apply(screencast: Screencast, fields: Words, by: Person, *, is_new: bool = False) -> None:
    if fields.title:
        screencast.title = fields.title
    if fields.purpose is not None:
        screencast.purpose = fields.purpose
    if fields.description is not None:
        screencast.description = fields.description
    if fields.category is not None:
        screencast.category_id = _category_id(fields.category)
    if fields.tags is not None:
        screencast.tags = tags_named(taken(fields.tags, had=screencast.tags, leave_out_retired=is_new))
    if fields.language is not None:
        screencast.language = fields.language or None
    if fields.visibility is not None:
        screencast.visibility = fields.visibility
    if fields.team is not None and fields.visibility is None and screencast.visibility != "team":
        raise Invalid("A team needs the visibility team.", errors={"team": ["Set visibility to team as well."]})
    if screencast.visibility != "team":
        screencast.team_id = None
    elif fields.visibility or fields.team:
        screencast.team_id = _team_id(fields, screencast, by)


def _is_heard_as(language: str | None, screencast: Screencast) -> bool:
    return language in {caption["language"] for caption in screencast.captions}


def _who_sees(screencast: Screencast) -> WhoSees:
    return screencast.visibility, screencast.team_id, screencast.is_draft


def _is_wider(new: WhoSees, old: WhoSees) -> bool:
    """Whether there may be people who see it now and did not before."""
    (visibility, team_id, is_draft), (was_visibility, was_team_id, was_draft) = new, old
    if is_draft:
        return False
    widened = WIDTHS.index(visibility) > WIDTHS.index(was_visibility)
    return was_draft or widened or (visibility == "team" and team_id != was_team_id)


def _seen_as_usual(fields: Upload, by: Person) -> Upload:
    """Where the author says nothing of who may see it, its category does.

    For a category that says `team`, an author in no team or in several sees it alone: nobody can tell which team is
    meant, an upload must not fail for that, and it must not be seen by more people than the category wants.
    """
    if fields.visibility is not None or not fields.category:
        return fields
    usual = visibility_of_new(_category(fields.category))
    if fields.team and usual != "team":
        return fields
    if usual == "team" and not fields.team and len(by.teams) != 1:
        usual = "private"
    return fields.model_copy(update={"visibility": usual})


def _category_id(typed: str) -> str | None:
    return _category(typed).id if typed else None


def _category(typed: str) -> Category:
    try:
        return get_category(typed)
    except NotFound as error:
        text = "Choose a category that is there."
        raise Invalid("This category is gone.", errors={"category": [text]}) from error


def _team_id(fields: Words, screencast: Screencast, by: Person) -> str:
    """A team of the author's, or the one that it is for already, also after its author left that."""
    mine = [team.id for team in by.teams]
    if fields.team and fields.team in (*mine, screencast.team_id):
        return fields.team
    if not fields.team and screencast.team_id:
        return screencast.team_id
    if not fields.team and len(mine) == 1:
        return mine[0]
    text = "You are in no such team." if fields.team else "Say which of your teams may see it."
    raise Invalid("Choose a team.", errors={"team": [text]})


def _words_changed(screencast: Screencast, *, widens: bool = False) -> None:
    # By the database, so that of two changes at once neither is lost on the index.
    screencast.version = Screencast.version + 1
    outbox.changed(screencast.id, widens=widens)
    access_changed()
