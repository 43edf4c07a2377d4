"""What lies in no category yet, and where each would probably belong."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from kb.accounts.rules import Viewer, visible
from kb.categories import actions as categories
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

# By a category's id: how much speaks for it.
Votes = dict[str, float]


@dataclass(frozen=True)
class Item:
    """suggested: where it probably belongs, best first. usual: where most things are, for want of better."""

    screencast: Screencast
    suggested: Sequence[Category]
    usual: Sequence[Category]


def items(viewer: Viewer, *, limit: int, after: str | None = None) -> list[Item]:
    """Oldest first, so that nobody waits for ever. after: the id of the last one that was shown.

    One that the viewer may not see says nothing: when it was made is not for them to know.
    """
    query = select(Screencast.id).where(_in_inbox(viewer)).order_by(Screencast.created_at, Screencast.id).limit(limit)
    if after and (last := next(iter(queries.by_ids(viewer, [after])), None)):
        query = query.where(
            (Screencast.created_at > last.created_at)
            | ((Screencast.created_at == last.created_at) & (Screencast.id > last.id))
        )
    found = queries.by_ids(viewer, list(db.session.scalars(query)))
    by_words, by_tags, usual = _by_words(viewer, found), _by_tags(viewer, found), _usual(viewer)
    known = {category.id: category for category in categories.every()}
    return [_item(each, by_words[each.id], by_tags[each.id], usual, known) for each in found]


def count(viewer: Viewer) -> int:
    return db.session.scalar(select(func.count()).select_from(Screencast).where(_in_inbox(viewer))) or 0


def _in_inbox(viewer: Viewer) -> ColumnElement[bool]:
    """Curators put everything in order that they see, others their own."""
    theirs = visible(viewer, Screencast)
    if not viewer.is_curator:
        theirs &= Screencast.author_id == viewer.person_id
    return theirs & Screencast.category_id.is_(None)


def _item(
    screencast: Screencast, by_words: Votes, by_tags: Votes, usual: Sequence[str], known: Mapping[str, Category]
) -> Item:
    """By what is alike in words and by tags in common."""
    votes = {each: by_words.get(each, 0) + by_tags.get(each, 0) for each in {*by_words, *by_tags}}
    best = sorted(votes, key=lambda each: -votes[each])[:SUGGESTED]
    others = [each for each in usual if each not in best][: SUGGESTED - len(best)]
    return Item(screencast, _there(best, known), _there(others, known))


def _there(ids: Sequence[str], known: Mapping[str, Category]) -> list[Category]:
    return [known[each] for each in ids if each in known]


def _by_words(viewer: Viewer, screencasts: Sequence[Screencast]) -> dict[str, Votes]:
    """Of each screencast: where those lie that are most alike, and how much they are."""
    ids = queries.visible_ids(viewer)
    alike = {each.id: _alike(each, ids) for each in screencasts}
    places = _places({other for scores in alike.values() for other in scores})
    votes: dict[str, Votes] = {each: defaultdict(float) for each in alike}
    for screencast_id, scores in alike.items():
        for other, score in scores.items():
            if category_id := places.get(other):
                votes[screencast_id][category_id] += score
    return votes


def _alike(screencast: Screencast, ids: frozenset[str]) -> dict[str, float]:
    """From 0 to 1, by the id of the other one."""
    words = parse(f"{screencast.title} {screencast.purpose}").words
    if not words:
        return {}
    try:
        hits = hands().index.search(Query(words=words), visible=ids, limit=ALIKE).hits
    except IndexBroken:
        return {}
    best = max((hit.score for hit in hits), default=0) or 1
    return {hit.id: hit.score / best for hit in hits if hit.id != screencast.id}


def _places(ids: set[str]) -> dict[str, str | None]:
    rows = db.session.execute(select(Screencast.id, Screencast.category_id).where(Screencast.id.in_(ids)))
    return dict(rows.all())


def _by_tags(viewer: Viewer, screencasts: Sequence[Screencast]) -> dict[str, Votes]:
    """Of each screencast: the share of what has one of its tags that lies in each category."""
    names = {each.id: [tag.name for tag in each.tags] for each in screencasts}
    rows = db.session.execute(
        select(screencast_tag.c.tag_name, Screencast.category_id, func.count())
        .join(Screencast, screencast_tag.c.screencast_id == Screencast.id)
        .where(
            screencast_tag.c.tag_name.in_({name for each in names.values() for name in each}),
            visible(viewer, Screencast),
            Screencast.category_id.is_not(None),
        )
        .group_by(screencast_tag.c.tag_name, Screencast.category_id)
    )
    having: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, category_id, number in rows:
        having[name].append((category_id or "", number))
    return {
        screencast_id: _shares([row for name in each for row in having[name]]) for screencast_id, each in names.items()
    }


def _shares(rows: Sequence[tuple[str, int]]) -> Votes:
    whole = sum(number for _, number in rows)
    shares: Votes = defaultdict(float)
    for category_id, number in rows:
        shares[category_id] += number / whole
    return shares


def _usual(viewer: Viewer) -> list[str]:
    counts = queries.counts_by_category(viewer)
    return sorted(counts, key=lambda each: -counts[each])[:SUGGESTED]
