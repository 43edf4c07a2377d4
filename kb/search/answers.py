"""From typed words to the seconds that help."""

import logging
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import selectinload

from kb import outbox
from kb.accounts.models import Person
from kb.accounts.rules import Viewer, visible
from kb.categories import actions as categories
from kb.categories.models import Category
from kb.categories.tree import flat, grow
from kb.categories.vocabulary import meant
from kb.db import db
from kb.errors import Invalid, NotFound
from kb.hands import hands
from kb.index.contract import Found, Hit, IndexBroken, Query
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.search.documents import passages
from kb.search.marks import marked
from kb.search.moments import Moment, fuse, moments, window_score
from kb.search.query import Typed, parse, to_query, wanted
from kb.search.synonyms import synonyms_of

log = logging.getLogger(__name__)

# So many of the index's best hits are ordered again by their best 30 seconds. Fixed, so that pages fit together.
RERANKED = 20
SORTS = ("best", "newest", "solved")


@dataclass(frozen=True)
class AnsweredHit:
    screencast: Screencast
    score: float
    title_html: str
    moments: list[Moment]


@dataclass(frozen=True)
class Facet:
    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Answer:
    query: str
    hits: list[AnsweredHit]
    total: int
    took_ms: float
    did_you_mean: str | None = None
    facets: dict[str, list[Facet]] = field(default_factory=dict)
    next_offset: int | None = None
    # The index can't answer at the moment; titles were looked through instead.
    degraded: bool = False


@dataclass(frozen=True)
class Asked:
    """typed: the words as typed. The rest are the page's own filters, by id or (tag) name."""

    typed: str
    category: str | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    sort: str = "best"


def answer(viewer: Viewer, asked: Asked, *, offset: int = 0, limit: int = 10) -> Answer:
    if asked.sort not in SORTS:
        raise Invalid("The order needs a correction.", errors={"sort": [f"Write one of {', '.join(SORTS)}."]})
    began = time.perf_counter()
    typed = parse(asked.typed)
    query = _query(typed, asked)
    if query is None:
        return Answer(asked.typed, [], 0, _took_ms(began))
    ids = queries.visible_ids(viewer) - outbox.widened()
    degraded = False
    try:
        search = _search if asked.sort == "best" else partial(_search_sorted, asked.sort)
        found = search(query, ids, offset, limit)
    except IndexBroken as broken:
        log.error("search is degraded", extra={"reason": broken.detail})
        actions.ask_for_rebuild()
        degraded, found = True, _search_titles(viewer, query, offset, limit)
    hits = _hits(viewer, query, found)
    more = offset + limit < found.total
    return Answer(
        query=asked.typed,
        hits=hits,
        total=found.total,
        took_ms=_took_ms(began),
        did_you_mean=_corrected(asked.typed, found),
        facets={"category": _by_category(found)},
        next_offset=offset + limit if more else None,
        degraded=degraded,
    )


def _search(query: Query, ids: frozenset[str], offset: int, limit: int) -> Found:
    """The index's hits for this page, the first RERANKED of all ordered by window as well."""
    index = hands().index
    if offset >= RERANKED:
        return index.search(query, visible=ids, offset=offset, limit=limit)
    found = index.search(query, visible=ids, offset=0, limit=max(RERANKED, offset + limit))
    first = list(found.hits[:RERANKED])
    fused = fuse(first, _window_scores(query, found, [hit.id for hit in first]))
    hits = [*fused, *found.hits[RERANKED:]][offset : offset + limit]
    return replace(found, hits=tuple(hits))


def _search_sorted(sort: str, query: Query, ids: frozenset[str], offset: int, limit: int) -> Found:
    found = hands().index.search(query, visible=ids, limit=1)
    ordered = queries.in_order(found.matched, sort)
    return replace(found, hits=tuple(Hit(each, 0.0) for each in ordered[offset : offset + limit]))


def _window_scores(query: Query, found: Found, ids: list[str]) -> dict[str, float]:
    # Its tags are among the words that are looked through.
    best = select(Screencast).where(Screencast.id.in_(ids)).options(selectinload(Screencast.tags))
    screencasts = db.session.scalars(best).all()
    words = wanted(query, found.corrected, hands().index.analyse)
    return {
        screencast_id: window_score(moments(each, words, hands().index.analyse, idf=found.idf, limit=1))
        for screencast_id, each in passages(screencasts).items()
    }


def _search_titles(viewer: Viewer, query: Query, offset: int, limit: int) -> Found:
    """Without an index: screencasts whose title holds all words, newest first, narrowed as asked."""
    words = [*query.words, *(word for phrase in query.phrases for word in phrase)]
    narrowed = [queries.Wanted(query.category, author=query.author), *(queries.Wanted(tag=tag) for tag in query.tags)]
    condition = and_(
        visible(viewer, Screencast),
        *(Screencast.title.icontains(word, autoescape=True) for word in words),
        *(each for wanted in narrowed for each in queries.narrowed(wanted)),
    )
    total = db.session.scalar(select(func.count()).select_from(Screencast).where(condition)) or 0
    ids = db.session.scalars(
        select(Screencast.id)
        .where(condition)
        .order_by(Screencast.created_at.desc(), Screencast.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return Found(tuple(Hit(each, 0.0) for each in ids), total)


def _hits(viewer: Viewer, query: Query, found: Found) -> list[AnsweredHit]:
    """Loaded again under `can_view`: whatever the index said, nothing else is shown."""
    screencasts = queries.by_ids(viewer, [hit.id for hit in found.hits])
    analyse = hands().index.analyse
    words = wanted(query, found.corrected, analyse)
    scores = {hit.id: hit.score for hit in found.hits}
    texts = passages(screencasts)
    return [
        AnsweredHit(
            screencast=screencast,
            score=round(scores[screencast.id], 4),
            title_html=marked(screencast.title, words, analyse),
            moments=moments(texts[screencast.id], words, analyse, idf=found.idf),
        )
        for screencast in screencasts
    ]


def _query(typed: Typed, asked: Asked) -> Query | None:
    """None where nothing can be found: nothing was asked, or a filter names what is not there."""
    if typed.is_empty and not (asked.category or asked.tags or asked.author):
        return None
    named: dict[str, Any] = {"category": asked.category, "author": asked.author}
    tags = [meant(tag) for tag in asked.tags]
    for key, text in typed.filters:
        if key == "tag":
            tags.append(meant(text))
        elif key == "category":
            named["category"] = _category_named(text)
        else:
            named["author"] = _person_named(text)
    if "" in named.values():
        return None
    if named["category"]:
        try:
            named["category"] = categories.get(named["category"]).id
        except NotFound:
            return None
    same = synonyms_of(typed.words)
    return to_query(typed, category=named["category"], tags=tags, author=named["author"], same=same)


def _category_named(text: str) -> str:
    found = db.session.scalar(
        select(Category.id).where(or_(func.lower(Category.name) == text.lower(), Category.slug == text.lower()))
    )
    return found or ""


def _person_named(text: str) -> str:
    found = db.session.scalar(
        select(Person.id).where(func.lower(Person.name).startswith(text.lower(), autoescape=True)).limit(1)
    )
    return found or ""


def _corrected(typed: str, found: Found) -> str | None:
    if not found.corrected:
        return None
    text = typed
    for wrong, right in found.corrected.items():
        text = text.replace(wrong, right)
    return text if text != typed else None


def _by_category(found: Found) -> list[Facet]:
    """How many of all hits each category and what is below it holds."""
    counts: dict[str, int] = defaultdict(int)
    matched = sorted(found.matched)
    for start in range(0, len(matched), queries.ID_BATCH):
        rows = db.session.execute(
            select(Screencast.category_id, func.count())
            .where(Screencast.id.in_(matched[start : start + queries.ID_BATCH]), Screencast.category_id.is_not(None))
            .group_by(Screencast.category_id)
        )
        for category_id, count in rows:
            counts[str(category_id)] += count
    return [
        Facet(branch.category.id, branch.category.name, branch.count)
        for branch in flat(grow(categories.every(), counts))
        if branch.count
    ]


def _took_ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
