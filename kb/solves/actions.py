"""To say that a screencast solved it or did not help, and to take that back.

Each person says one of the two, once for each screencast; saying it again says it anew. How many said so stands on the
screencast, by which lists and search order it: counted anew in each of these transactions, which hold it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, func, select, update

from kb import audit
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import db, now, writing
from kb.errors import Invalid, NotAllowed
from kb.screencasts import actions as screencasts
from kb.screencasts.models import Screencast
from kb.search import log
from kb.solves import queries
from kb.solves.models import InsteadOf, Reason, Solve, Unhelped
from kb.transcripts.actions import hold, words_changed
from kb.web.filters import clock

LONGEST_NOTE = 300
MOST_MINUTES = 10_000
# At its end a player's clock is a little ahead of what was measured.
GRACE_MS = 1_000


def get_to_judge(viewer: Viewer, screencast_id: str) -> Screencast:
    """One that the viewer may see, and that is another's."""
    screencast = screencasts.get(viewer, screencast_id)
    _check_is_anothers(screencast, viewer.person_id)
    return screencast


def solve(
    screencast: Screencast,
    *,
    by: Person,
    at_ms: int | None = None,
    minutes_saved: int | None = None,
    instead_of: InsteadOf | None = None,
    note: str = "",
) -> Solve:
    """Say that it solved it. at_ms: the moment that did. Raises Invalid, with the field `at`, for one after the end."""
    at_ms = _within(screencast, at_ms)
    with _judged(screencast, by) as held:
        said = queries.by(by.id, held.id) or Solve(screencast_id=held.id, person_id=by.id)
        old_note = said.note or ""
        said.at_ms, said.minutes_saved, said.instead_of, said.note = at_ms, minutes_saved, instead_of, note
        said.solved_at = now()
        db.session.add(said)
        _forget(Unhelped, held, by)
        if note != old_note:
            words_changed(held)
        log.solved(by.id, held.id)
        audit.record("solved", "screencast", held.id, by=by.id)
    return said


def undo(screencast: Screencast, *, by: Person) -> None:
    """Fine if it was never said."""
    with _judged(screencast, by) as held:
        if _take_back_solve(held, by):
            audit.record("unsolved", "screencast", held.id, by=by.id)


def say_unhelped(screencast: Screencast, reason: Reason, *, by: Person) -> Unhelped:
    with _judged(screencast, by) as held:
        said = queries.unhelped_by(by.id, held.id) or Unhelped(screencast_id=held.id, person_id=by.id)
        said.reason, said.said_at = reason, now()
        db.session.add(said)
        _take_back_solve(held, by)
        # Without the reason: it is for the author, and not with a name.
        audit.record("unhelped", "screencast", held.id, by=by.id)
    return said


def take_back_unhelped(screencast: Screencast, *, by: Person) -> None:
    """Fine if it was never said."""
    with _judged(screencast, by) as held:
        if _forget(Unhelped, held, by):
            audit.record("took-back-unhelped", "screencast", held.id, by=by.id)


def set_aside(screencast_id: str) -> list[dict[str, Any]]:
    """Take the moments off a screencast that gets another recording; that it helped stays. Returns them, to be kept.

    In the caller's transaction, as is `bring_back`.
    """
    placed = (Solve.screencast_id == screencast_id, Solve.at_ms.is_not(None))
    kept = [[solve_id, at_ms] for solve_id, at_ms in db.session.execute(select(Solve.id, Solve.at_ms).where(*placed))]
    db.session.execute(update(Solve).where(*placed).values(at_ms=None))
    return [{"solved_at": kept}] if kept else []


def bring_back(screencast_id: str, kept: Iterable[dict[str, Any]]) -> None:
    for solve_id, at_ms in (row for each in kept for row in each.get("solved_at", ())):
        own = (Solve.id == solve_id, Solve.screencast_id == screencast_id)
        db.session.execute(update(Solve).where(*own).values(at_ms=at_ms))


@contextmanager
def _judged(screencast: Screencast, by: Person) -> Iterator[Screencast]:
    """One transaction that holds it, and ends with the numbers of those whom it helped and did not help."""
    _check_is_anothers(screencast, by.id)
    with writing() as session:
        held = hold(screencast.id)
        yield held
        session.flush()
        held.solved_count = _count(Solve, held.id)
        held.unhelped_count = _count(Unhelped, held.id)


def _check_is_anothers(screencast: Screencast, person_id: str | None) -> None:
    if screencast.author_id == person_id:
        raise NotAllowed("This one is yours. Whether it helps is for your colleagues to say.")


def _count(model: type[Solve] | type[Unhelped], screencast_id: str) -> int:
    return db.session.scalar(select(func.count()).where(model.screencast_id == screencast_id)) or 0


def _take_back_solve(screencast: Screencast, by: Person) -> bool:
    said = queries.by(by.id, screencast.id)
    if said and said.note:
        words_changed(screencast)
    log.not_solved(by.id, screencast.id)
    return _forget(Solve, screencast, by)


def _forget(model: type[Solve] | type[Unhelped], screencast: Screencast, by: Person) -> bool:
    own = (model.screencast_id == screencast.id, model.person_id == by.id)
    return bool(db.session.execute(delete(model).where(*own).returning(model.id)).all())


def _within(screencast: Screencast, at_ms: int | None) -> int | None:
    """The moment, if it is one of the recording that it has now."""
    length_ms = screencast.duration_ms
    if at_ms is None or screencast.plays_earlier:
        return None
    if length_ms is None:
        return at_ms
    if not 0 <= at_ms <= length_ms + GRACE_MS:
        say = f"The recording is over at {clock(length_ms)}."
        raise Invalid(say, errors={"at": [say]})
    return min(at_ms, length_ms)
