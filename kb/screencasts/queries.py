"""Lists of screencasts, as far as a viewer may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from kb.accounts.models import AccessVersion
from kb.accounts.rules import Viewer, visible
from kb.categories import actions as categories
from kb.categories.tags import tag_name
from kb.categories.tree import grow, with_below
from kb.db import db
from kb.errors import Invalid
from kb.screencasts.models import Screencast, screencast_tag
from kb.web.paging import cursor_of, read_cursor

SORTS = ("newest", "solved", "title")
# As many ids as every database takes in one condition.
ID_BATCH = 5_000
# Over all viewers; some 100 bytes each.
MOST_KEPT_IDS = 1_000_000


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed to. category: an id; its sub-tree counts too."""

    category: str | None = None
    tag: str | None = None
    author: str | None = None
    sort: str = "newest"


@dataclass(frozen=True)
class Page:
    items: list[Screencast]
    next: str | None


def page(viewer: Viewer, wanted: Wanted, *, cursor: str | None, limit: int) -> Page:
    if wanted.sort not in SORTS:
        raise Invalid("The order needs a correction.", errors={"sort": [f"Write one of {', '.join(SORTS)}."]})
    query = _loaded(select(Screencast).where(visible(viewer, Screencast), *narrowed(wanted)))
    order = f"screencasts by {wanted.sort}"
    if place := read_cursor(order, cursor):
        query = query.where(_after(wanted.sort, *place))
    found = list(db.session.scalars(query.order_by(*_ORDERS[wanted.sort]).limit(limit + 1)))
    more = len(found) > limit
    return Page(found[:limit], cursor_of(order, *_place(wanted.sort, found[limit - 1])) if more else None)


def by_ids(viewer: Viewer, ids: list[str]) -> list[Screencast]:
    """In the order of the ids, without those that the viewer may not see."""
    query = _loaded(select(Screencast).where(Screencast.id.in_(ids), visible(viewer, Screencast)))
    found = {screencast.id: screencast for screencast in db.session.scalars(query)}
    return [found[each] for each in ids if each in found]


def visible_ids(viewer: Viewer) -> frozenset[str]:
    """Every id that the viewer may see; kept until the next change of who may see what."""
    version = db.session.scalar(select(AccessVersion.number)) or 0
    # By viewer, which is a value. In one process: a change elsewhere shows in the version.
    kept: dict[Viewer, tuple[int, frozenset[str]]] = current_app.extensions.setdefault("kb.visible", {})
    known = kept.get(viewer)
    if not known or known[0] != version:
        known = (version, frozenset(db.session.scalars(select(Screencast.id).where(visible(viewer, Screencast)))))
        if sum(len(ids) for _, ids in kept.copy().values()) + len(known[1]) > MOST_KEPT_IDS:
            kept.clear()
        kept[viewer] = known
    return known[1]


def in_order(ids: Iterable[str], sort: str) -> list[str]:
    """These ids, newest or most solved first."""
    rows: list[tuple[Any, ...]] = []
    wanted = list(ids)
    for start in range(0, len(wanted), ID_BATCH):
        batch = Screencast.id.in_(wanted[start : start + ID_BATCH])
        query = select(Screencast.solved_count, Screencast.created_at, Screencast.id).where(batch)
        rows += db.session.execute(query)
    first = 0 if sort == "solved" else 1
    return [row[2] for row in sorted(rows, key=lambda row: row[first:], reverse=True)]


def tag_names(viewer: Viewer) -> list[str]:
    """The tags of what the viewer may see, to choose from: a tag of something private is a word of it."""
    used = select(screencast_tag.c.tag_name).join(Screencast, Screencast.id == screencast_tag.c.screencast_id)
    names = used.where(visible(viewer, Screencast)).distinct().order_by(screencast_tag.c.tag_name)
    return list(db.session.scalars(names.limit(500)))


def counts_by_category(viewer: Viewer) -> dict[str, int]:
    """For categories: how many directly in each, of what the viewer may see."""
    rows = db.session.execute(
        select(Screencast.category_id, func.count())
        .where(visible(viewer, Screencast), Screencast.category_id.is_not(None))
        .group_by(Screencast.category_id)
    )
    return {category_id: count for category_id, count in rows if category_id}


_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": (Screencast.created_at.desc(), Screencast.id.desc()),
    "solved": (Screencast.solved_count.desc(), Screencast.created_at.desc(), Screencast.id.desc()),
    "title": (func.lower(Screencast.title), Screencast.id),
}


def _loaded(query: Select[Screencast]) -> Select[Screencast]:
    return query.options(
        joinedload(Screencast.author),
        joinedload(Screencast.team),
        joinedload(Screencast.category),
        selectinload(Screencast.tags),
        selectinload(Screencast.steps),
        selectinload(Screencast.sources),
    )


def narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.category:
        category = categories.get(wanted.category)
        conditions.append(Screencast.category_id.in_(with_below(grow(categories.every()), category.id)))
    if wanted.tag:
        name = tag_name(wanted.tag)
        conditions.append(
            Screencast.id.in_(select(screencast_tag.c.screencast_id).where(screencast_tag.c.tag_name == name))
        )
    if wanted.author:
        conditions.append(Screencast.author_id == wanted.author)
    return conditions


def _place(sort: str, last: Screencast) -> tuple[Any, ...]:
    """Where a row stands; kept in the cursor, so that the list goes on from there when the row has moved or gone."""
    if sort == "title":
        return last.id, last.title
    return last.id, last.created_at.isoformat(), last.solved_count


def _after(sort: str, last_id: str, *values: Any) -> ColumnElement[bool]:
    if sort == "title":
        # By the database's own lower(), which for SQLite is not Python's.
        title, last_title = func.lower(Screencast.title), func.lower(values[0])
        return or_(title > last_title, and_(title == last_title, Screencast.id > last_id))
    created_at, solved_count = datetime.fromisoformat(values[0]), values[1]
    older = or_(Screencast.created_at < created_at, and_(Screencast.created_at == created_at, Screencast.id < last_id))
    if sort == "newest":
        return older
    return or_(Screencast.solved_count < solved_count, and_(Screencast.solved_count == solved_count, older))
