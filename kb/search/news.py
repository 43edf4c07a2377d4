"""What is new to a search: what holds all its words, by when it was published.

A search answers with what holds some of its words too, where few hold all; nobody wants to be told of those.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import nlargest

from flask import current_app
from sqlalchemy import func, select

from kb.accounts.models import AccessVersion
from kb.accounts.rules import Viewer
from kb.db import db, now
from kb.hands import hands
from kb.index.contract import Hit, IndexBroken, Query
from kb.screencasts.models import Screencast
from kb.screencasts.queries import ID_BATCH, seen_by
from kb.search.answers import answered
from kb.search.asked import Asked
from kb.search.findable import findable
from kb.search.models import SavedSearch
from kb.search.reading import Reader
from kb.search.results import AnsweredHit
from kb.search.understanding import understand

log = logging.getLogger(__name__)

# Counts are kept this long in a process; a change of who may see what ends that.
KEPT_S = 60
# People whose counts are kept.
MOST_KEPT = 1_000

Counts = Mapping[str, int]


def newest(viewer: Viewer, asked: Asked, limit: int) -> list[AnsweredHit]:
    """What holds all the words, by when it was published. Raises IndexBroken."""
    query = with_all(understand(viewer, asked).query)
    if not query:
        return []
    found = hands().index.search(query, visible=findable(viewer), limit=1)
    dated = _dated(viewer, sorted(found.matched))
    ids = nlargest(limit, dated, key=lambda each: (dated[each], each))
    return answered(Reader(viewer), query, replace(found, hits=tuple(Hit(each, 0.0) for each in ids)))


def new_hits(viewer: Viewer, saved: Sequence[SavedSearch]) -> Counts:
    """By saved search: how many hits were published since it was last looked at, by others. Empty without an index."""
    if not saved:
        return {}
    kept: dict[str, tuple[object, datetime, Counts]] = current_app.extensions.setdefault("kb.new_hits", {})
    state = (db.session.scalar(select(AccessVersion.number)), viewer, tuple((each.id, each.seen_at) for each in saved))
    person_id = saved[0].person_id
    known = kept.get(person_id)
    if not known or known[0] != state or (now() - known[1]).total_seconds() > KEPT_S:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        known = kept[person_id] = (state, now(), _count(viewer, saved))
    return known[2]


def with_all(query: Query | None) -> Query | None:
    """That every word must stand in what is found: a phrase of one word, for which no other word is taken."""
    if not query:
        return None
    return replace(query, words=(), phrases=(*query.phrases, *((word,) for word in query.words)), same=())


def _count(viewer: Viewer, saved: Sequence[SavedSearch]) -> Counts:
    since = min(each.seen_at for each in saved)
    by_others = (Screencast.published_at > since, Screencast.author_id != viewer.person_id)
    rows = db.session.execute(select(Screencast.id, Screencast.published_at).where(seen_by(viewer), *by_others))
    published = dict(rows.all())
    # Most of the time there is nothing, and the index need not be asked.
    fresh = findable(viewer).intersection(published)
    try:
        return {each.id: _count_one(viewer, each, published, fresh) for each in saved} if fresh else {}
    except IndexBroken as broken:
        log.warning("new hits are not counted", extra={"reason": broken.detail})
        return {}


def _count_one(
    viewer: Viewer, saved: SavedSearch, published: Mapping[str, datetime | None], fresh: frozenset[str]
) -> int:
    query = with_all(understand(viewer, Asked.from_args(saved.address)).query)
    if not query:
        return 0
    found = hands().index.search(query, visible=fresh, limit=1).matched
    return sum(bool((at := published[each]) and at > saved.seen_at) for each in found)


def _dated(viewer: Viewer, ids: Sequence[str]) -> dict[str, datetime]:
    """When each was published, or made where it is a draft."""
    dated: dict[str, datetime] = {}
    for start in range(0, len(ids), ID_BATCH):
        rows = db.session.execute(
            select(Screencast.id, func.coalesce(Screencast.published_at, Screencast.created_at)).where(
                Screencast.id.in_(ids[start : start + ID_BATCH]), seen_by(viewer)
            )
        )
        dated |= dict(rows.all())
    return dated
