"""Free words, and what the house takes for the same word. Inside the caller's transaction."""

from collections.abc import Iterable

from sqlalchemy import select

from kb.categories.models import Tag
from kb.db import db
from kb.errors import Invalid
from kb.web.forms import is_shown

TAGS_AT_MOST = 30


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made if they are new; inside the caller's transaction. Raises Invalid."""
    wanted = list(dict.fromkeys(filter(None, (tag_name(name) for name in names))))
    if len(wanted) > TAGS_AT_MOST:
        raise Invalid("Too many tags.", errors={"tags": [f"Take at most {TAGS_AT_MOST}."]})
    if any(len(name) > 60 for name in wanted):
        raise Invalid("A tag is too long.", errors={"tags": ["Take at most 60 characters each."]})
    there = {tag.name: tag for tag in db.session.scalars(select(Tag).where(Tag.name.in_(wanted)))}
    for name in wanted:
        if name not in there:
            there[name] = Tag(name=name)
            db.session.add(there[name])
    return [there[name] for name in wanted]


def tag_name(typed: str) -> str:
    text = "".join(sign for sign in typed if is_shown(sign)).strip().lstrip("#").lower()
    return " ".join(text.split())
