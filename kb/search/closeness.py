"""What comes close in meaning, where KB_SEMANTIC names a model; fused with what the words found."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from html import escape
from itertools import chain
from operator import attrgetter

from sqlalchemy import select

from kb.db import db
from kb.hands import hands
from kb.index.contract import Hit, Query
from kb.meaning.contract import MeaningUnavailable, Near
from kb.screencasts.models import Screencast
from kb.search.asked import Asked
from kb.search.marks import LONGEST_TEXT, Kind, Passages
from kb.search.moments import Moment
from kb.search.query import is_filter, without
from kb.search.understanding import Meaning

log = logging.getLogger(__name__)

# Passages, of as many screencasts or fewer.
NEAREST = 50
# Cosine. What has less in common with a question is only the nearest there is.
ALIKE = 0.3
# Reciprocal rank fusion, at its usual value.
FUSED_K = 60
# What none of the words leads to stands below the hits; nobody reads a long list of guesses.
MOST_CLOSE = 5


def near(asked: Asked, meaning: Meaning, ids: frozenset[str]) -> list[Near]:
    """The nearest first. Nothing where words were asked for as such: in quotes, without others, in one place, pasted.

    ids: what the index may be asked about. Filters hold as for words. Raises IndexBroken.
    """
    query, hand = meaning.query, hands().meaning
    if not hand or not query or not query.words or asked.sort != "best":
        return []
    if query.phrases or query.excluded or query.fields or meaning.lines:
        return []
    try:
        found = hand.nearest(without(asked.typed, is_filter), visible=_passing(query, ids), limit=NEAREST)
    except MeaningUnavailable as fault:
        log.warning("a search goes on by words alone", extra={"reason": fault.detail})
        return []
    return _as_they_are([each for each in found if each.likeness >= ALIKE])


def fused(hits: Sequence[Hit], nearest: Iterable[Near]) -> list[Hit]:
    """The hits in the order of both, by reciprocal rank. Those that are not near stay in their own."""
    rank = {each.id: place for place, each in enumerate(nearest, 1)}

    def score(place: int, screencast_id: str) -> float:
        by_meaning = 1 / (FUSED_K + rank[screencast_id]) if screencast_id in rank else 0.0
        return 1 / (FUSED_K + place) + by_meaning

    return sorted((Hit(hit.id, score(place, hit.id)) for place, hit in enumerate(hits, 1)), key=lambda hit: -hit.score)


def moment(near: Near, passages: Iterable[Passages]) -> Moment:
    """Where the passage begins, with its first words; nothing in it was searched, so nothing is marked."""
    kind: Kind = "speech" if near.end_ms else "title"
    of_kind = chain.from_iterable(each for each in passages if each.kind == kind)
    within = [each for each in of_kind if near.start_ms <= each.start_ms and each.end_ms <= near.end_ms]
    texts = [each.text for each in sorted(within, key=attrgetter("start_ms"))]
    # The title stands above it anyway.
    words = " ".join((texts[1:] or texts) if kind == "title" else texts).split()
    html = escape(" ".join(words[:LONGEST_TEXT])) + (" …" if len(words) > LONGEST_TEXT else "")
    return Moment(near.start_ms, near.end_ms, kind, html, near.likeness)


def _passing(query: Query, ids: frozenset[str]) -> frozenset[str]:
    """Those that pass the filters."""
    filters = replace(query, words=(), same=(), last_is_prefix=False)
    if filters == Query():
        return ids
    return hands().index.search(filters, visible=ids, limit=1).matched


def _as_they_are(found: Sequence[Near]) -> list[Near]:
    """Without those that changed since they were learnt: they may have said then what they say no more."""
    now: Mapping[str, int] = dict(
        db.session.execute(
            select(Screencast.id, Screencast.version).where(Screencast.id.in_([each.id for each in found]))
        ).all()
    )
    return [each for each in found if now.get(each.id) == each.version]
