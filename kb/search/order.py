"""The hits of a page in their order: by the index, their best moments, meaning, title and whom they helped."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from kb.accounts.rules import Viewer
from kb.db import now
from kb.hands import hands
from kb.index.contract import Found, Hit, Query
from kb.meaning.contract import Near
from kb.screencasts import queries
from kb.search import closeness
from kb.search.asked import Asked
from kb.search.findable import findable
from kb.search.moments import fuse
from kb.search.reading import Reader
from kb.search.standing import Facts, with_standing
from kb.search.titles import called
from kb.search.understanding import Meaning

# So many of the index's best hits are ordered again by their best 30 seconds. Fixed, so that pages fit together.
RERANKED = 20
# So many more as are near in meaning, which the index has further down.
PROMOTED = 10
# Of two orders of the same hits, how little the first places weigh more than the next.
FUSED_K = 10


def best(
    asked: Asked,
    meaning: Meaning,
    query: Query,
    ids: frozenset[str],
    nearest: Sequence[Near],
    offset: int,
    limit: int,
    reader: Reader,
) -> Found:
    """The index's hits for this page, the first RERANKED of all ordered by window, by meaning and by title, as well.

    ids: what the index may be asked about. Raises IndexBroken.
    """
    index = hands().index
    found = index.search(query, visible=ids, limit=max(RERANKED, offset + limit), facets=True)
    first = _on_screen(query, found, ids) if meaning.lines else _with_near(found, nearest)
    named = called(asked.typed, found, first, ids)
    first = [*first, *(Hit(each, 0.0) for each in named if each not in {hit.id for hit in first})]
    reranked = {hit.id for hit in first}
    rest = [hit for hit in found.hits if hit.id not in reranked]
    if offset >= len(first):
        return replace(found, hits=tuple(rest[offset - len(first) : offset - len(first) + limit]))
    facts = _facts(query, found, first, reader)
    by_words = with_standing(fuse(first, {each: fact.window for each, fact in facts.items()}), facts)
    ordered = closeness.fused(by_words, nearest) if nearest else by_words
    ordered.sort(key=lambda hit: hit.id not in named)
    return replace(found, hits=tuple([*ordered, *rest][offset : offset + limit]))


def sorted_by(viewer: Viewer, query: Query, sort: str, offset: int, limit: int) -> Found:
    """sort: one of kb.search.asked.SORTS but "best". Raises IndexBroken."""
    found = hands().index.search(query, visible=findable(viewer), limit=1, facets=True)
    ordered = [each for each in queries.in_order(viewer, sort) if each in found.matched]
    return replace(found, hits=tuple(Hit(each, 0.0) for each in ordered[offset : offset + limit]))


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


def _facts(query: Query, found: Found, hits: Sequence[Hit], reader: Reader) -> dict[str, Facts]:
    """What each hit holds of the searched words, and how it has served so far."""
    scores = {hit.id: hit.score for hit in hits}
    screencasts = {each.id: each for each in reader.screencasts(scores)}
    facts = {}
    for screencast_id, (_, looked) in reader.read(screencasts.values(), query, found).items():
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
