"""What has which tag. For the tags of `kb.categories`, which know nothing of screencasts; wired by kb.app."""

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, select, true, update

from kb import outbox
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


def _counts(condition: ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(select(_tag.tag_name, func.count()).where(condition).group_by(_tag.tag_name))
    return dict(rows.all())


def has_tag(name: str) -> bool:
    return bool(db.session.scalar(select(exists().where(_tag.tag_name == name))))


def move_tags(names: list[str], into: str) -> None:
    """Give all that have one of these tags the other instead. Inside the caller's transaction."""
    having = select(_tag.screencast_id).where(_tag.tag_name.in_(names)).distinct()
    outbox.all_changed(having)
    db.session.execute(
        update(Screencast)
        .where(Screencast.id.in_(having))
        .values(version=Screencast.version + 1)
        .execution_options(synchronize_session=False)
    )
    have_both = select(_tag.screencast_id).where(_tag.tag_name == into)
    new = having.where(_tag.screencast_id.not_in(have_both)).add_columns(literal(into))
    db.session.execute(insert(screencast_tag).from_select(["screencast_id", "tag_name"], new))
    db.session.execute(delete(screencast_tag).where(_tag.tag_name.in_(names)))
