"""Who may see and change what. One rule in two spellings: of one loaded item, and as a condition of a query.

`tests/accounts/test_rules.py` holds the two against each other over every combination.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, false, or_, true

VISIBILITIES = {
    "private": "Only me",
    "team": "My team",
    "everyone": "Everyone here",
    "public": "Public",
}


@dataclass(frozen=True)
class Viewer:
    """Who asks: a person signed in, or nobody. Made once per request from the database."""

    person_id: str | None = None
    team_ids: frozenset[str] = frozenset()
    is_curator: bool = False
    # Of the categories that this person tends, and of all that hang below them. Empty for curators, who tend all.
    curates: frozenset[str] = frozenset()
    # KB_PUBLIC: whether somebody who is not signed in may see what is marked public.
    sees_public: bool = False


class Guarded(Protocol):
    author_id: Any
    team_id: Any
    category_id: Any
    visibility: Any
    published_at: Any
    trashed_at: Any


def can_view(viewer: Viewer, item: Guarded) -> bool:
    """What is private or a draft is its author's alone: running or curating the site does not open it."""
    return item.trashed_at is None and _is_shown_to(viewer, item)


def _is_shown_to(viewer: Viewer, item: Guarded) -> bool:
    if viewer.person_id is None:
        return viewer.sees_public and item.published_at is not None and item.visibility == "public"
    if item.author_id == viewer.person_id:
        return True
    if item.published_at is None:
        return False
    if item.visibility == "team":
        return item.team_id in viewer.team_ids
    return item.visibility in ("everyone", "public")


def visible(viewer: Viewer, items: type[Guarded]) -> ColumnElement[bool]:
    """`can_view` as a condition for a query over a mapped class."""
    return and_(items.trashed_at.is_(None), _shown_to(viewer, items))


def _shown_to(viewer: Viewer, items: type[Guarded]) -> ColumnElement[bool]:
    if viewer.person_id is None:
        if not viewer.sees_public:
            return false()
        return and_(items.published_at.is_not(None), items.visibility == "public")
    return or_(
        items.author_id == viewer.person_id,
        and_(
            items.published_at.is_not(None),
            or_(
                items.visibility.in_(("everyone", "public")),
                and_(items.visibility == "team", items.team_id.in_(sorted(viewer.team_ids))),
            ),
        ),
    )


def can_change(viewer: Viewer, item: Guarded) -> bool:
    """The author, and curators (of the site, or of the branch in which it lies) where they can see it."""
    return can_view(viewer, item) and _is_of(viewer, item)


def can_restore(viewer: Viewer, item: Guarded) -> bool:
    """Out of the trash: who could have put it there."""
    return item.trashed_at is not None and _is_shown_to(viewer, item) and _is_of(viewer, item)


def restorable(viewer: Viewer, items: type[Guarded]) -> ColumnElement[bool]:
    """`can_restore` as a condition for a query over a mapped class."""
    return and_(items.trashed_at.is_not(None), _shown_to(viewer, items), _of(viewer, items))


def _is_of(viewer: Viewer, item: Guarded) -> bool:
    if viewer.person_id is None:
        return False
    return item.author_id == viewer.person_id or viewer.is_curator or item.category_id in viewer.curates


def _of(viewer: Viewer, items: type[Guarded]) -> ColumnElement[bool]:
    if viewer.person_id is None:
        return false()
    if viewer.is_curator:
        return true()
    return or_(items.author_id == viewer.person_id, items.category_id.in_(sorted(viewer.curates)))


def invitation_is_open(expires_at: datetime, at: datetime) -> bool:
    return at < expires_at
