"""Who was helped by a screencast, who was not, and the moments that did it."""

from collections import Counter, defaultdict
from collections.abc import Collection

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload

from kb.db import db
from kb.search.marks import Passage
from kb.solves.models import Reason, Solve, Unhelped

# Made once, as each search asks for it.
_MOMENTS = (
    select(Solve.screencast_id, Solve.at_ms, Solve.note)
    .where(Solve.screencast_id.in_(bindparam("ids", expanding=True)))
    .order_by(Solve.solved_at, Solve.id)
)


def of(screencast_id: str, *, limit: int | None = None) -> list[Solve]:
    """The latest first."""
    query = select(Solve).where(Solve.screencast_id == screencast_id).options(joinedload(Solve.person))
    return list(db.session.scalars(query.order_by(Solve.solved_at.desc(), Solve.id).limit(limit)))


def by(person_id: str, screencast_id: str) -> Solve | None:
    """What this person said of it."""
    return db.session.scalar(select(Solve).filter_by(person_id=person_id, screencast_id=screencast_id))


def unhelped_by(person_id: str, screencast_id: str) -> Unhelped | None:
    return db.session.scalar(select(Unhelped).filter_by(person_id=person_id, screencast_id=screencast_id))


def reasons(screencast_id: str) -> Counter[Reason]:
    """How many it did not help, by why."""
    counted = select(Unhelped.reason, func.count()).where(Unhelped.screencast_id == screencast_id)
    return Counter({Reason(reason): count for reason, count in db.session.execute(counted.group_by(Unhelped.reason))})


def passages(screencast_ids: Collection[str]) -> dict[str, list[Passage]]:
    """By screencast: the moment of each solve, with its note as words; without any where there is none.

    A note without a moment is about the whole.
    """
    found: defaultdict[str, list[Passage]] = defaultdict(list)
    for screencast_id, at_ms, note in db.session.execute(_MOMENTS, {"ids": list(screencast_ids)}):
        if at_ms is not None:
            found[screencast_id].append(Passage(at_ms, at_ms, note, "solved"))
        elif note:
            found[screencast_id].append(Passage(0, 0, note, "title"))
    return found
