"""From typed words to the seconds that help."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape

from kb.accounts.rules import Viewer
from kb.hands import hands
from kb.index.contract import Found, IndexBroken, Query
from kb.meaning.contract import Near
from kb.screencasts import queries
from kb.search import actions, closeness, without_index
from kb.search.asked import Asked
from kb.search.facets import as_counted, labelled
from kb.search.findable import findable
from kb.search.finder import marked
from kb.search.moments import Looked
from kb.search.nearby import empty_filters, nearby
from kb.search.order import best, sorted_by
from kb.search.passages import heard, language_of, passages
from kb.search.query import wanted, with_words
from kb.search.reading import Reader
from kb.search.results import Answer, AnsweredHit, Narrowing, Nearby, Understood
from kb.search.solved_moments import with_solved
from kb.search.understanding import Meaning, understand

log = logging.getLogger(__name__)


def answer(viewer: Viewer, asked: Asked, *, offset: int = 0, limit: int = 10) -> Answer:
    """Raises Invalid for a filter or an order that there is none of."""
    asked.check()
    began = time.perf_counter()
    meaning = understand(viewer, asked)
    reader = Reader(viewer)
    found, nearest, degraded = _found(viewer, asked, meaning, offset, limit, reader)
    beside, notes = _beside(viewer, asked, meaning) if not found.total and not degraded else (None, ())
    narrowings = tuple(as_counted(each, found.facets) for each in meaning.narrowings)
    more = offset + limit < found.total
    return Answer(
        asked=asked,
        hits=answered(reader, meaning.query, found) if meaning.query else [],
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
    viewer: Viewer, asked: Asked, meaning: Meaning, offset: int, limit: int, reader: Reader
) -> tuple[Found, Sequence[Near], bool]:
    """By the words, by meaning, and whether the index could not answer."""
    if meaning.query is None:
        return Found(), (), False
    try:
        if asked.sort == "best":
            ids = findable(viewer)
            nearest = closeness.near(asked, meaning, ids)
            return best(asked, meaning, meaning.query, ids, nearest, offset, limit, reader), nearest, False
        return sorted_by(viewer, meaning.query, asked.sort, offset, limit), (), False
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


def answered(reader: Reader, query: Query, found: Found) -> list[AnsweredHit]:
    """Of the hits that are there for the reader's viewer; nothing else is shown."""
    screencasts = reader.screencasts(hit.id for hit in found.hits)
    analyse = hands().index.analyse
    words = wanted(query, found.corrected, analyse)
    scores = {hit.id: hit.score for hit in found.hits}
    of_each = reader.read(screencasts, query, found)
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
