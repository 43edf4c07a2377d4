"""Lists of screencasts, as far as a viewer may see them."""

from collections.abc import Callable, Sized
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import ColumnElement, func, literal, select, tuple_
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from kb.accounts.models import AccessVersion
from kb.accounts.rules import Viewer, visible
from kb.categories import actions as categories
from kb.categories.tree import grow, with_below
from kb.categories.vocabulary import meant
from kb.db import db
from kb.errors import Invalid, NotFound
from kb.screencasts.models import Screencast, State, Step, screencast_tag
from kb.web.paging import cursor_of, read_cursor

K = TypeVar("K", bound=Sized)
SORTS = ("newest", "solved", "title")
# As many ids as every database takes in one condition.
ID_BATCH = 5_000
# Ids that are kept over all viewers; some 100 bytes each.
MOST_KEPT = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to, by all of these at once; None is for any.

    category: an id or slug; its sub-tree counts too. team: what is for this team of the viewer's alone. draft: True
    for what is not published, False for what is. state: one of `State`.
    """

    category: str | None = None
    tag: str | None = None
    author: str | None = None
    team: str | None = None
    draft: bool | None = None
    state: str | None = None
    sort: str = "newest"


@dataclass(frozen=True)
class Page:
    """previous: None on the first page."""

    items: list[Screencast]
    next: str | None
    previous: str | None


# What a list loads with its rows: what a card shows, or all of it. What was measured is long and shown nowhere.
JOINED = (joinedload(Screencast.author), joinedload(Screencast.team), joinedload(Screencast.category))
CARD = (*JOINED, defer(Screencast.measured), defer(Screencast.captions))
WHOLE = (
    *JOINED,
    defer(Screencast.measured),
    selectinload(Screencast.steps),
    selectinload(Screencast.tags),
    selectinload(Screencast.sources),
)


def page(viewer: Viewer, wanted: Wanted, *, cursor: str | None, limit: int, whole: bool = True) -> Page:
    """whole: else with what cards show. Raises NotFound for a category that is gone, or a team of others."""
    _check(viewer, wanted)
    order = f"screencasts, {wanted.sort}"
    back, *place = read_cursor(order, cursor) or (False,)
    query = select(Screencast).where(seen_by(viewer), *narrowed(wanted)).options(*(WHOLE if whole else CARD))
    if place:
        query = query.where(_beyond(wanted.sort, place, back=back))
    found = list(db.session.scalars(query.order_by(*_ordered(wanted.sort, back=back)).limit(limit + 1)))
    more, items = len(found) > limit, found[:limit]
    if back and not more:
        # The start is reached: a whole page, with what was added there meanwhile.
        return page(viewer, wanted, cursor=None, limit=limit, whole=whole)
    if back:
        items.reverse()
    if not whole:
        _load_steps([item for item in items if item.state != State.ready])
    return Page(
        items,
        next=cursor_of(order, False, *_place(wanted.sort, items[-1])) if more else None,
        previous=cursor_of(order, True, *_place(wanted.sort, items[0])) if place and items else None,
    )


def by_ids(viewer: Viewer, ids: list[str]) -> list[Screencast]:
    """In the order of the ids, without those that the viewer may not see."""
    query = select(Screencast).where(Screencast.id.in_(ids), seen_by(viewer)).options(*WHOLE)
    found = {screencast.id: screencast for screencast in db.session.scalars(query)}
    return [found[each] for each in ids if each in found]


def visible_ids(viewer: Viewer) -> frozenset[str]:
    """Every id that the viewer may see; kept until the next change of who may see what."""
    return _kept(
        "ids",
        viewer,
        lambda: frozenset(db.session.scalars(select(Screencast.id).where(seen_by(viewer)))),
    )


def in_order(viewer: Viewer, sort: str) -> list[str]:
    """Every id that the viewer may see, newest or most solved first."""
    newest = _kept("newest", viewer, lambda: _ids_in_order(viewer, "newest"))
    if sort == "newest":
        return newest
    # Few ever solved something, and how often changes at any time.
    solved = _ids_in_order(viewer, sort, Screencast.solved_count > 0)
    first = set(solved)
    return solved + [each for each in newest if each not in first]


def counts_by_category(viewer: Viewer) -> dict[str, int]:
    """For categories: how many directly in each, of what the viewer may see. Kept as `visible_ids` are."""

    def count() -> dict[str, int]:
        rows = db.session.execute(
            select(Screencast.category_id, func.count())
            .where(seen_by(viewer), Screencast.category_id.is_not(None))
            .group_by(Screencast.category_id)
        )
        return {category_id: number for category_id, number in rows if category_id}

    return _kept("counts", viewer, count)


def count_team_items(team_id: str, viewer: Viewer | None) -> int:
    """How many are for this team alone, in the trash too; with a viewer, those that they may see."""
    items = select(func.count()).where(Screencast.team_id == team_id, Screencast.visibility == "team")
    return db.session.scalar(items.where(visible(viewer, Screencast)) if viewer else items) or 0


@lru_cache(maxsize=1_000)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """What the viewer may see, as a condition. It takes longer to make than to use, and viewers are values."""
    return visible(viewer, Screencast)


def any_solved(viewer: Viewer) -> bool:
    return _is_there(viewer, Screencast.solved_count > 0)


def any_failed(viewer: Viewer, author: str | None) -> bool:
    return _is_there(viewer, *narrowed(Wanted(author=author, state=State.failed)))


def narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.category:
        category = categories.get(wanted.category)
        conditions.append(Screencast.category_id.in_(with_below(grow(categories.every()), category.id)))
    if wanted.tag:
        tagged = select(screencast_tag.c.screencast_id).where(screencast_tag.c.tag_name == meant(wanted.tag))
        # An expression, which no index serves: a list of what has a frequent tag goes through the rows in their order
        # until its page is full, rather than fetch and sort all that have it.
        conditions.append((Screencast.id + "").in_(tagged))
    if wanted.author:
        conditions.append(Screencast.author_id == wanted.author)
    if wanted.team:
        conditions += [Screencast.team_id == wanted.team, Screencast.visibility == "team"]
    if wanted.draft is not None:
        conditions.append(Screencast.published_at.is_(None) if wanted.draft else Screencast.published_at.is_not(None))
    if wanted.state:
        conditions.append(Screencast.state == wanted.state)
    return conditions


def _check(viewer: Viewer, wanted: Wanted) -> None:
    if wanted.sort not in SORTS:
        raise Invalid("The order needs a correction.", errors={"sort": [f"Write one of {', '.join(SORTS)}."]})
    if wanted.state and wanted.state not in list(State):
        raise Invalid("The state needs a correction.", errors={"state": [f"Write one of {', '.join(State)}."]})
    if wanted.team and wanted.team not in viewer.team_ids:
        raise NotFound("You are in no such team.")


_VERSION = select(AccessVersion.__table__.c.number)


def _kept(name: str, viewer: Viewer, make: Callable[[], K]) -> K:
    """What `make` makes of ids, made again after a change of who may see what."""
    version = db.session.scalar(_VERSION) or 0
    # By viewer, which is a value. In one process: a change elsewhere shows in the version.
    kept: dict[Viewer, tuple[int, K]] = current_app.extensions.setdefault(f"kb.kept.{name}", {})
    known = kept.get(viewer)
    if not known or known[0] != version:
        known = (version, make())
        if sum(len(ids) for _, ids in kept.copy().values()) + len(known[1]) > MOST_KEPT:
            kept.clear()
        kept[viewer] = known
    return known[1]


def _ids_in_order(viewer: Viewer, sort: str, *conditions: ColumnElement[bool]) -> list[str]:
    query = select(Screencast.id).where(seen_by(viewer), *conditions).order_by(*_ordered(sort, back=False))
    return list(db.session.scalars(query))


def _load_steps(items: list[Screencast]) -> None:
    """In one query. Only what is not ready says on its card how far it is or why it failed; few of a page are that."""
    steps: dict[str, list[Step]] = {item.id: [] for item in items}
    if items:
        for step in db.session.scalars(select(Step).where(Step.screencast_id.in_(steps)).order_by(Step.place)):
            steps[step.screencast_id].append(step)
    for item in items:
        set_committed_value(item, "steps", steps[item.id])


def same_file(viewer: Viewer, screencast: Screencast) -> list[Screencast]:
    """Others of the same bytes that this viewer may see, oldest first; at most five."""
    if not screencast.original_sha256:
        return []
    same = (Screencast.original_sha256 == screencast.original_sha256, Screencast.id != screencast.id)
    query = select(Screencast).where(visible(viewer, Screencast), *same).options(*CARD)
    return list(db.session.scalars(query.order_by(Screencast.created_at, Screencast.id).limit(5)))


def _is_there(viewer: Viewer, *conditions: ColumnElement[bool]) -> bool:
    query = select(Screencast.id).where(seen_by(viewer), *conditions).limit(1)
    return db.session.scalar(query) is not None


# What each order sorts by. All of it downwards, but titles.
_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (Screencast.created_at, Screencast.id),
    "solved": (Screencast.solved_count, Screencast.created_at, Screencast.id),
    "title": (Screencast.title_key, Screencast.id),
}


def _ordered(sort: str, *, back: bool) -> list[Any]:
    down = (sort != "title") != back
    return [column.desc() if down else column.asc() for column in _ORDERS[sort]]


def _place(sort: str, item: Screencast) -> list[Any]:
    """Where a row stands; kept in the cursor, so that the list goes on from there when the row has moved or gone."""
    values = [getattr(item, column.key) for column in _ORDERS[sort]]
    return [value.isoformat() if isinstance(value, datetime) else value for value in values]


def _beyond(sort: str, place: list[Any], *, back: bool) -> ColumnElement[bool]:
    columns = _ORDERS[sort]
    values = [
        literal(datetime.fromisoformat(value) if column.key == "created_at" else value, column.type)
        for column, value in zip(columns, place, strict=True)
    ]
    down = (sort != "title") != back
    # Compared as a row, which one index serves.
    return tuple_(*columns) < tuple_(*values) if down else tuple_(*columns) > tuple_(*values)
