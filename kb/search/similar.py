"""More like this: what others have shown of what stands out in one screencast."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from kb.accounts.rules import Viewer
from kb.hands import hands
from kb.index.contract import IndexBroken, Query
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.search.findable import findable
from kb.search.tag_suggestions import TITLE, words_of
from kb.search.tagging import Text, chosen, outstanding

log = logging.getLogger(__name__)

SHOWN = 4
# Words that come most are weighed by how rare they are; the best of those are looked for.
WEIGHED, SOUGHT = 16, 8
# So many of the index's best hits are looked at more closely.
LOOKED_AT = 12


@dataclass(frozen=True)
class Similar:
    """words: of both, the most telling first."""

    screencast: Screencast
    words: list[str]


def similar(viewer: Viewer, screencast: Screencast, *, limit: int = SHOWN) -> list[Similar]:
    """Most alike first. Nothing while the index can't be read."""
    visible = findable(viewer)
    try:
        words = _telling(screencast, visible)
        shared = _shared(words, _alike(screencast, words, visible)) if words else {}
    except IndexBroken as broken:
        log.warning("nothing similar", extra={"reason": broken.detail})
        return []
    alike = [each for each, both in shared.items() if len(both) > 1 or words[0] in both][:limit]
    return [Similar(each, shared[each.id]) for each in queries.by_ids(viewer, alike)]


def _telling(screencast: Screencast, visible: frozenset[str]) -> list[str]:
    """Words by which others are found that the viewer may see, the best first."""
    words = words_of(screencast, Text(" ".join(tag.name for tag in screencast.tags), TITLE))
    found = outstanding(words, WEIGHED)
    spread = hands().index.spread({stem for each in found for stem in each.stems}, visible=visible)
    return [each.name for each in chosen(found, spread, total=len(visible), limit=SOUGHT)]


def _alike(screencast: Screencast, words: Sequence[str], visible: frozenset[str]) -> list[str]:
    found = hands().index.search(Query(tuple(words)), visible=visible, limit=LOOKED_AT + 1)
    return [hit.id for hit in found.hits if hit.id != screencast.id]


def _shared(words: Sequence[str], ids: Sequence[str]) -> dict[str, list[str]]:
    """By screencast: which of the words it holds."""
    shared: dict[str, list[str]] = {each: [] for each in ids}
    for word in words:
        # As a phrase of one word, for which nothing else is taken.
        found = hands().index.search(Query(phrases=((word,),)), visible=frozenset(ids), limit=len(ids))
        for each in found.matched:
            shared[each].append(word)
    return shared
