"""From typed words to the seconds that help."""

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kb.accounts.rules import Viewer
from kb.db import db, now
from kb.hands import hands
from kb.index.contract import Found, Hit, IndexBroken, Query
from kb.meaning.contract import Near
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.search import actions, closeness, without_index
from kb.search.asked import Asked as Asked
from kb.search.documents import heard, language_of, passages
from kb.search.facets import as_counted, labelled
from kb.search.findable import findable as findable
from kb.search.finder import marked
from kb.search.marks import Passage
from kb.search.moments import Looked, fuse, look
from kb.search.nearby import empty_filters, nearby
from kb.search.query import wanted, with_words
from kb.search.results import Answer as Answer
from kb.search.results import AnsweredHit, Narrowing, Nearby, Understood
from kb.search.solved_moments import with_solved
from kb.search.standing import Facts, with_standing
from kb.search.titles import called
from kb.search.understanding import Meaning, understand

log = logging.getLogger(__name__)


class Read(NamedTuple):
    """The texts of a screencast, and what they hold of the searched words."""

    passages: list[Passage]
    looked: Looked


# By screencast, for one answer: the best hits are looked through once for their order and for their moments.
EveryRead = dict[str, Read]

# So many of the index's best hits are ordered again by their best 30 seconds. Fixed, so that pages fit together.
RERANKED = 20
# So many more as are near in meaning, which the index has further down.
PROMOTED = 10
# Of two orders of the same hits, how little the first places weigh more than the next.
FUSED_K = 10


def answer(viewer: Viewer, asked: Asked, *, offset: int = 0, limit: int = 10) -> Answer:
    """Raises Invalid for a filter or an order that there is none of."""
    asked.check()
    began = time.perf_counter()
    meaning = understand(viewer, asked)
    read: EveryRead = {}
    found, nearest, degraded = _found(viewer, asked, meaning, offset, limit, read)
    beside, notes = _beside(viewer, asked, meaning) if not found.total and not degraded else (None, ())
    narrowings = tuple(as_counted(each, found.facets) for each in meaning.narrowings)
    more = offset + limit < found.total
    return Answer(
        asked=asked,
        hits=answered(viewer, meaning.query, found, read) if meaning.query else [],
        total=found.total,
        did_you_mean=_corrected(asked.typed, found.corrected),
        as_typed=_as_typed(asked, found.corrected),
        facets=labelled(found.facets, narrowings),
        next_offset=offset + limit if more else None,
        degraded=degraded,
        notes=(*meaning.notes, *notes),
        understood=_understood(meaning, narrowings, found),
        nearby=beside,
        close=_close(viewer, found, nearest) if not offset else [],
        took_ms=round((time.perf_counter() - began) * 1000, 1),
    )


def _found(
    viewer: Viewer, asked: Asked, meaning: Meaning, offset: int, limit: int, read: EveryRead
) -> tuple[Found, Sequence[Near], bool]:
    """By the words, by meaning, and whether the index could not answer."""
    if meaning.query is None:
        return Found(), (), False
    try:
        if asked.sort == "best":
            ids = findable(viewer)
            nearest = closeness.near(asked, meaning, ids)
            return _search(asked, meaning, meaning.query, ids, nearest, offset, limit, read), nearest, False
        return _search_sorted(viewer, meaning.query, asked.sort, offset, limit), (), False
    except IndexBroken as broken:
        log.error("search is degraded", extra={"reason": broken.detail})
        actions.ask_for_rebuild()
        return without_index.search(viewer, meaning.query, offset, limit), (), True


def _beside(viewer: Viewer, asked: Asked, meaning: Meaning) -> tuple[Nearby | None, tuple[str, ...]]:
    """Where to go from nothing found, and why a filter alone leaves nothing."""
    if meaning.typed.is_empty and not meaning.narrowings:
        return None, ()
    ids = findable(viewer)
    try:
        return nearby(viewer, asked, meaning, ids), tuple(empty_filters(meaning.narrowings, ids))
    except IndexBroken:
        # Told of where it was searched.
        return None, ()


def _search(
    asked: Asked,
    meaning: Meaning,
    query: Query,
    ids: frozenset[str],
    nearest: Sequence[Near],
    offset: int,
    limit: int,
    read: EveryRead,
) -> Found:
    """The index's hits for this page, the first RERANKED of all ordered by window, by meaning and by title, as well."""
    index = hands().index
    found = index.search(query, visible=ids, limit=max(RERANKED, offset + limit), facets=True)
    first = _on_screen(query, found, ids) if meaning.lines else _with_near(found, nearest)
    named = called(asked.typed, found, first, ids)
    first = [*first, *(Hit(each, 0.0) for each in named if each not in {hit.id for hit in first})]
    reranked = {hit.id for hit in first}
    rest = [hit for hit in found.hits if hit.id not in reranked]
    if offset >= len(first):
        return replace(found, hits=tuple(rest[offset - len(first) : offset - len(first) + limit]))
    facts = _facts(query, found, first, read)
    by_words = with_standing(fuse(first, {each: fact.window for each, fact in facts.items()}), facts)
    ordered = closeness.fused(by_words, nearest) if nearest else by_words
    ordered.sort(key=lambda hit: hit.id not in named)
    return replace(found, hits=tuple([*ordered, *rest][offset : offset + limit]))


def _with_near(found: Found, nearest: Sequence[Near]) -> Sequence[Hit]:
    """The best by the words, then what else of the hits is near in meaning."""
    first = found.hits[:RERANKED]
    if not nearest:
        return first
    near = found.matched.intersection(each.id for each in nearest) - {hit.id for hit in first}
    return [*first, *(Hit(each.id, 0.0) for each in nearest if each.id in near)][: len(first) + PROMOTED]


def _on_screen(query: Query, found: Found, ids: frozenset[str]) -> Sequence[Hit]:
    """The best by all words and of what has them on its screen, where those of a paste are most likely to stand."""
    shown = hands().index.search(replace(query, fields=("screen",)), visible=ids, limit=RERANKED).hits
    scores: defaultdict[str, float] = defaultdict(float)
    for ranked in (found.hits[:RERANKED], shown):
        for rank, hit in enumerate(ranked, 1):
            if hit.id in found.matched:
                scores[hit.id] += 1 / (FUSED_K + rank)
    return [Hit(each, scores[each]) for each in sorted(scores, key=lambda each: -scores[each])[:RERANKED]]


def _search_sorted(viewer: Viewer, query: Query, sort: str, offset: int, limit: int) -> Found:
    found = hands().index.search(query, visible=findable(viewer), limit=1, facets=True)
    ordered = [each for each in queries.in_order(viewer, sort) if each in found.matched]
    return replace(found, hits=tuple(Hit(each, 0.0) for each in ordered[offset : offset + limit]))


def _facts(query: Query, found: Found, hits: Sequence[Hit], read: EveryRead) -> dict[str, Facts]:
    """What each hit holds of the searched words, and how it has served so far."""
    scores = {hit.id: hit.score for hit in hits}
    # Its tags are among the words that are looked through.
    best = select(Screencast).where(Screencast.id.in_(scores)).options(selectinload(Screencast.tags))
    screencasts = {each.id: each for each in db.session.scalars(best)}
    facts = {}
    for screencast_id, (_, looked) in _read(screencasts.values(), query, found, read).items():
        screencast = screencasts[screencast_id]
        facts[screencast_id] = Facts(
            held=len(looked.held),
            score=scores[screencast_id],
            window=looked.score,
            solved=screencast.solved_count,
            unhelped=screencast.unhelped_count,
            age_days=(now() - screencast.created_at) / timedelta(days=1),
        )
    return facts


def answered(viewer: Viewer, query: Query, found: Found, read: EveryRead | None = None) -> list[AnsweredHit]:
    """Loaded again under `can_view`: whatever the index said, nothing else is shown."""
    screencasts = queries.by_ids(viewer, [hit.id for hit in found.hits])
    analyse = hands().index.analyse
    words = wanted(query, found.corrected, analyse)
    scores = {hit.id: hit.score for hit in found.hits}
    of_each = _read(screencasts, query, found, {} if read is None else read)
    timed = heard([cue for each in of_each.values() for cue in each.looked.cues()])
    return [
        AnsweredHit(
            screencast=screencast,
            score=round(scores[screencast.id], 4),
            title_html=marked(screencast.title, words, analyse, language=language_of(screencast)),
            moments=with_solved(looked.moments(timed), texts),
            lacks=_lacking(query, found.corrected, looked),
        )
        for screencast in screencasts
        for texts, looked in [of_each[screencast.id]]
    ]


def _lacking(query: Query, corrected: Mapping[str, str], looked: Looked) -> tuple[str, ...]:
    """The words of which it holds no form. None where it holds nothing: then what was found was not by its words."""
    searched = [corrected.get(word, word) for word in query.words]
    stems = {word: {token.stem for token in hands().index.analyse(word)} for word in searched}
    return tuple(word for word in searched if looked.held and stems[word] and not looked.held & stems[word])


def _read(screencasts: Collection[Screencast], query: Query, found: Found, read: EveryRead) -> EveryRead:
    if missing := [each for each in screencasts if each.id not in read]:
        analyse = hands().index.analyse
        words = wanted(query, found.corrected, analyse)
        for screencast_id, texts in passages(missing).items():
            read[screencast_id] = Read(texts, look(texts, words, analyse, idf=found.idf))
    return {each.id: read[each.id] for each in screencasts}


def _close(viewer: Viewer, found: Found, nearest: Sequence[Near]) -> list[AnsweredHit]:
    """What no word leads to, loaded again under `can_view` as well."""
    close = {each.id: each for each in nearest if each.id not in found.matched}
    if not close:
        return []
    screencasts = queries.by_ids(viewer, list(close)[: closeness.MOST_CLOSE])
    texts = passages(screencasts)
    return [
        AnsweredHit(
            screencast=each,
            score=round(close[each.id].likeness, 4),
            title_html=escape(each.title),
            moments=[closeness.moment(close[each.id], texts[each.id])],
        )
        for each in screencasts
    ]


def _corrected(typed: str, corrected: Mapping[str, str]) -> str | None:
    return with_words(typed, corrected) if corrected else None


def _as_typed(asked: Asked, corrected: Mapping[str, str]) -> Asked | None:
    """The same search for those very words: what stands in quotes is never corrected."""
    if not corrected:
        return None
    return replace(asked, typed=with_words(asked.typed, {word: f'"{word}"' for word in corrected}))


def _understood(meaning: Meaning, narrowings: tuple[Narrowing, ...], found: Found) -> Understood:
    typed, lines = meaning.typed, tuple(line.text for line in meaning.lines)
    return Understood(typed.words, typed.phrases, typed.excluded, narrowings, found.corrected, lines)
