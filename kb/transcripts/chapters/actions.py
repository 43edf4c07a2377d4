"""The parts of a recording: drafted by the site in the step `chapters`, chosen by people, shown wherever it plays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from kb import audit
from kb.accounts.models import Person
from kb.db import db, new_id, writing
from kb.errors import Invalid
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import leasing
from kb.screencasts.pipeline.leasing import Lease
from kb.transcripts import actions
from kb.transcripts.chapters import drafting as chaptering
from kb.transcripts.chapters.drafting import Said, Shown
from kb.transcripts.doubt import without_doubtful
from kb.transcripts.models import Chapter, ScreenLine, Transcript
from kb.web.filters import clock

AT_MOST = 100
LONGEST_TITLE = 120
LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class Wanted:
    """A chapter as somebody wants it. id: of the one that it was so far; None: a new one. text: None: what is said."""

    start_ms: int
    title: str
    text: str | None = None
    id: str | None = None


def of(screencast_id: str) -> list[Chapter]:
    """By time."""
    own = Chapter.screencast_id == screencast_id
    return list(db.session.scalars(select(Chapter).where(own).order_by(Chapter.start_ms, Chapter.id)))


def put(screencast: Screencast, wanted: Iterable[Wanted], *, by: Person) -> list[Chapter]:
    """Replace them all by what a person wants, be it none; from now on the site drafts no others.

    Raises Invalid, with the field `chapters`, for too many, two at one moment, or one after the end.
    """
    in_order = sorted(wanted, key=lambda each: each.start_ms)
    _check(in_order, screencast.duration_ms)
    with writing():
        held = actions.hold(screencast.id)
        known = {each.id: each for each in of(held.id)}
        held.chapters_kept = True
        _replace(held, [_row(each, known) for each in in_order])
        audit.record("chose-chapters", "screencast", held.id, by=by.id, count=len(in_order))
    return of(screencast.id)


def keep(screencast: Screencast, *, by: Person) -> None:
    """Take the drafts as they are."""
    put(screencast, [Wanted(each.start_ms, each.title, each.text, each.id) for each in of(screencast.id)], by=by)


def find(screencast_id: str) -> None:
    """The step `chapters`: draft where a recording goes on to something else."""
    leasing.perform(screencast_id, "chapters", _find)


def set_aside(screencast_id: str) -> list[dict[str, Any]]:
    """Take the chapters from a screencast that gets another recording; what people chose is returned, to be kept.

    In the caller's transaction, as is `bring_back`.
    """
    screencast = actions.hold(screencast_id)
    kept = [[each.start_ms, each.title, each.text] for each in of(screencast_id)]
    was_kept, screencast.chapters_kept = screencast.chapters_kept, False
    _replace(screencast, [])
    return [{"chapters": kept}] if was_kept else []


def bring_back(screencast_id: str, kept: list[dict[str, Any]]) -> None:
    for each in kept:
        if "chapters" in each:
            screencast = actions.hold(screencast_id)
            screencast.chapters_kept = True
            _replace(screencast, [Chapter(start_ms=ms, title=title, text=text) for ms, title, text in each["chapters"]])


def draft_again(screencast: Screencast) -> None:
    """After lines were hidden or shown again: a draft may be called by one. In the caller's transaction."""
    if screencast.chapters and not screencast.chapters_kept:
        _replace(screencast, _drafted(screencast))


def _find(lease: Lease) -> None:
    with leasing.results(lease) as held:
        if held.chapters_kept:
            leasing.finish(lease, skipped=True, code="chosen")
            return
        # In the same transaction, or they might be called by a line that is hidden meanwhile.
        drafted = _drafted(held)
        if drafted or held.chapters:
            _replace(held, drafted)
        leasing.finish(lease)


def _drafted(screencast: Screencast) -> list[Chapter]:
    drafted = chaptering.drafts(
        screencast.duration_ms or 0,
        scenes_ms=screencast.scenes or [],
        said=_said(screencast),
        shown=_shown(screencast.id),
    )
    return [Chapter(start_ms=each.start_ms, title=each.title, draft=True) for each in drafted]


def _said(screencast: Screencast) -> list[Said]:
    """By the best transcript in the language that is spoken: a translation may hold a line or two."""
    best = min(actions.of(screencast.id), key=lambda each: not _is_spoken(screencast, each), default=None)
    return said_in(best) if best else []


def _is_spoken(screencast: Screencast, transcript: Transcript) -> bool:
    """As its author says, else as an engine heard it."""
    return transcript.language == screencast.language if screencast.language else transcript.engine is not None


def said_in(transcript: Transcript) -> list[Said]:
    """Of a draft engine's words those that it does not doubt itself."""
    if not transcript.draft:
        return [Said(cue.start_ms, cue.end_ms, cue.text) for cue in transcript.cues]
    return [Said(cue.start_ms, cue.end_ms, without_doubtful(cue.text, cue.words), False) for cue in transcript.cues]


def _shown(screencast_id: str) -> list[Shown]:
    lines = select(ScreenLine.start_ms, ScreenLine.end_ms, ScreenLine.text).where(
        ScreenLine.screencast_id == screencast_id, ScreenLine.is_hidden.is_(False)
    )
    return [Shown(*line) for line in db.session.execute(lines.order_by(ScreenLine.start_ms, ScreenLine.id))]


def _check(wanted: Sequence[Wanted], duration_ms: int | None) -> None:
    faults = []
    if len(wanted) > AT_MOST:
        faults.append(f"Take at most {AT_MOST} chapters.")
    starts = [each.start_ms for each in wanted]
    faults += [f"Two chapters start at {clock(ms)}." for ms in sorted(set(starts)) if starts.count(ms) > 1]
    last_ms = duration_ms or max(starts, default=0) + 1
    faults += [f"The recording is over at {clock(ms)}." for ms in starts if ms >= last_ms]
    if faults:
        raise Invalid("The chapters need a correction.", errors={"chapters": faults})


def _row(wanted: Wanted, known: dict[str, Chapter]) -> Chapter:
    """It keeps its id, by which others may point to it."""
    was = known.pop(wanted.id or "", None)
    return Chapter(
        id=was.id if was else new_id(),
        start_ms=wanted.start_ms,
        title=wanted.title,
        text=wanted.text or None,
    )


def _replace(screencast: Screencast, chapters: Sequence[Chapter]) -> None:
    db.session.execute(delete(Chapter).where(Chapter.screencast_id == screencast.id))
    for each in chapters:
        each.screencast_id = screencast.id
    db.session.add_all(chapters)
    screencast.chapters = [{"start_ms": each.start_ms, "title": each.title} for each in chapters]
    actions.words_changed(screencast)
