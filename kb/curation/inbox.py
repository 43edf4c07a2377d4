"""What lies in no category yet, and where each would probably belong."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from kb.accounts.rules import Viewer, visible
from kb.categories.models import Category
from kb.db import db
from kb.hands import hands
from kb.index.contract import IndexBroken, Query
from kb.screencasts import queries
from kb.screencasts.models import Screencast, screencast_tag
from kb.search.query import parse

SUGGESTED = 3
# So many of the most alike say where it belongs; the next ones are alike by chance.
ALIKE = 12


@dataclass(frozen=True)
class Item:
    """suggested: where it probably belongs, best first. usual: where most things are, for want of better."""

    screencast: Screencast
    suggested: Sequence[Category]
    usual: Sequence[Category]


def items(viewer: Viewer, *, limit: int, after: str | None = None) -> list[Item]:
    """Oldest first, so that nobody waits for ever. after: the id of the last one that was shown."""
    query = select(Screencast.id).where(_in_inbox(viewer)).order_by(Screencast.created_at, Screencast.id).limit(limit)
    last = db.session.get(Screencast, after) if after else None
    if last:
        query = query.where(
            (Screencast.created_at > last.created_at)
            | ((Screencast.created_at == last.created_at) & (Screencast.id > last.id))
        )
    found = queries.by_ids(viewer, list(db.session.scalars(query)))
    ids = queries.visible_ids(viewer)
    usual = _usual(viewer)
    return [_item(viewer, each, ids, usual) for each in found]


def count(viewer: Viewer) -> int:
    return db.session.scalar(select(func.count()).select_from(Screencast).where(_in_inbox(viewer))) or 0


def _in_inbox(viewer: Viewer) -> ColumnElement[bool]:
    """Curators put everything in order that they see, others their own."""
    theirs = visible(viewer, Screencast)
    if not viewer.is_curator:
        theirs &= Screencast.author_id == viewer.person_id
    return theirs & Screencast.category_id.is_(None)


def _item(viewer: Viewer, screencast: Screencast, ids: frozenset[str], usual: Sequence[str]) -> Item:
    """By what is alike in words and by tags in common."""
    by_words, by_tags = _by_words(screencast, ids), _by_tags(viewer, screencast)
    votes = {each: by_words.get(each, 0) + by_tags.get(each, 0) for each in {*by_words, *by_tags}}
    best = sorted(votes, key=lambda each: -votes[each])[:SUGGESTED]
    others = [each for each in usual if each not in best][: SUGGESTED - len(best)]
    found = {each.id: each for each in db.session.scalars(select(Category).where(Category.id.in_([*best, *others])))}
    return Item(screencast, [found[each] for each in best], [found[each] for each in others])


def _by_words(screencast: Screencast, ids: frozenset[str]) -> dict[str, float]:
    words = parse(f"{screencast.title} {screencast.purpose}").words
    if not words:
        return {}
    try:
        hits = hands().index.search(Query(words=words), visible=ids, limit=ALIKE).hits
    except IndexBroken:
        return {}
    best = max((hit.score for hit in hits), default=0) or 1
    scores = {hit.id: hit.score / best for hit in hits if hit.id != screencast.id}
    rows = db.session.execute(
        select(Screencast.id, Screencast.category_id).where(
            Screencast.id.in_(scores), Screencast.category_id.is_not(None)
        )
    )
    votes: dict[str, float] = defaultdict(float)
    for screencast_id, category_id in rows:
        votes[category_id or ""] += scores[screencast_id]
    return votes


def _by_tags(viewer: Viewer, screencast: Screencast) -> dict[str, float]:
    """Of each category: the share of what has one of these tags that lies in it."""
    names = [tag.name for tag in screencast.tags]
    if not names:
        return {}
    rows = db.session.execute(
        select(Screencast.category_id, func.count())
        .join(screencast_tag, screencast_tag.c.screencast_id == Screencast.id)
        .where(screencast_tag.c.tag_name.in_(names), visible(viewer, Screencast), Screencast.category_id.is_not(None))
        .group_by(Screencast.category_id)
    ).all()
    whole = sum(number for _, number in rows)
    return {category_id: number / whole for category_id, number in rows if category_id}


def _usual(viewer: Viewer) -> list[str]:
    counts = queries.counts_by_category(viewer)
    return sorted(counts, key=lambda each: -counts[each])[:SUGGESTED]
