"""Where screencasts stand (category, tags, trash), changed for many at once. Inside the caller's transaction.

What one alone changes is in `actions`. Who calls writes the audit entry.
"""

from collections.abc import Mapping
from typing import TypedDict

from sqlalchemy import ColumnElement, delete, insert, literal, select, update

from kb import outbox
from kb.accounts.actions import access_changed
from kb.categories.tags import tags_named
from kb.db import db, now
from kb.screencasts.models import Screencast, screencast_tag

_tag = screencast_tag.c


class Place(TypedDict):
    """JSON, so that it can be kept and gone back to. tags: their names, in order."""

    category_id: str | None
    tags: list[str]
    trashed: bool


def place_of(screencast: Screencast) -> Place:
    return Place(
        category_id=screencast.category_id,
        tags=sorted(tag.name for tag in screencast.tags),
        trashed=screencast.trashed_at is not None,
    )


def place_all(places: Mapping[Screencast, Place]) -> None:
    """In a number of statements that hardly depends on how many there are; each should have its tags loaded."""
    tags = {tag.name: tag for screencast in places for tag in screencast.tags}
    new = {name for place in places.values() for name in place["tags"]} - tags.keys()
    tags |= {tag.name: tag for tag in tags_named(new)}
    for screencast, place in places.items():
        screencast.category_id = place["category_id"]
        screencast.tags = [tags[name] for name in place["tags"]]
        if place["trashed"] != (screencast.trashed_at is not None):
            screencast.trashed_at = now() if place["trashed"] else None
    db.session.flush()
    _tell_the_index(Screencast.id.in_([screencast.id for screencast in places]))
    access_changed()


def move_items(category_ids: list[str], target_id: str | None) -> None:
    """For categories: everything in these goes to another, or to none."""
    db.session.execute(update(Screencast).where(Screencast.category_id.in_(category_ids)).values(category_id=target_id))


def path_changed(category_ids: list[str]) -> None:
    """For categories: their place in the tree is another now, and the index knows it of each item."""
    _tell_the_index(Screencast.category_id.in_(category_ids))


def move_tags(names: list[str], into: str) -> None:
    """For tags: give all that have one of these the other instead."""
    having = select(_tag.screencast_id).where(_tag.tag_name.in_(names)).distinct()
    _tell_the_index(Screencast.id.in_(having))
    have_both = select(_tag.screencast_id).where(_tag.tag_name == into)
    new = having.where(_tag.screencast_id.not_in(have_both)).add_columns(literal(into))
    db.session.execute(insert(screencast_tag).from_select(["screencast_id", "tag_name"], new))
    db.session.execute(delete(screencast_tag).where(_tag.tag_name.in_(names)))


def _tell_the_index(which: ColumnElement[bool]) -> None:
    """Of all for which this holds: their words, or what stands for them in the index, are others now."""
    rising = update(Screencast).where(which).values(version=Screencast.version + 1)
    db.session.execute(rising.execution_options(synchronize_session=False))
    outbox.all_changed(select(Screencast.id).where(which))
