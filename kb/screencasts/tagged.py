"""What has which tag. For the tags of `kb.categories`, which know nothing of screencasts; wired by kb.app."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, true

from kb.accounts.rules import Viewer, visible
from kb.db import db
from kb.screencasts.models import Screencast, screencast_tag

_tag = screencast_tag.c


def counts_by_tag(viewer: Viewer) -> dict[str, int]:
    """How many have each tag, of what the viewer may see. A tag of something private alone is not among them.

    All less the hidden: most of what is there is for everybody, and asking that of each row costs ten times as much.
    """
    hidden = select(Screencast.id).where(visible(viewer, Screencast).is_not(true()))
    unseen = _counts(_tag.screencast_id.in_(hidden))
    every = _counts(true())
    return {name: seen for name, count in every.items() if (seen := count - unseen.get(name, 0))}


def first_uses(viewer: Viewer) -> dict[str, datetime]:
    """When the first was made that has the tag, of what the viewer may see."""
    rows = db.session.execute(
        select(_tag.tag_name, func.min(Screencast.created_at))
        .join(Screencast, Screencast.id == _tag.screencast_id)
        .where(visible(viewer, Screencast))
        .group_by(_tag.tag_name)
    )
    return dict(rows.all())


def _counts(condition: ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(select(_tag.tag_name, func.count()).where(condition).group_by(_tag.tag_name))
    return dict(rows.all())


def has_tag(name: str) -> bool:
    return bool(db.session.scalar(select(exists().where(_tag.tag_name == name))))
