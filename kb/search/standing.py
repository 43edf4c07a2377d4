"""How well a screencast has served so far, and a gentle order by that among hits that are about equally related. Pure.

A hit passes another only where it holds at least as many of the searched words, and where neither of the two measures
that ordered them tells them apart. So no amount of thanks lifts something that is about less of what was asked.
"""

from collections.abc import Mapping, Sequence
from math import exp2, log1p
from typing import NamedTuple

from kb.index.contract import Hit

# Of its neighbour's: from here on up two scores count as the same.
NEAR = 0.92
# A hit climbs so many places at most.
MOST_PLACES = 3
# Less of a difference is chance: one more person whom it helped, a few weeks.
TELLING = 0.1

# So many solves say all that solves can say.
MANY_SOLVES = 20
UNHELPED_WEIGHT = 0.8
# One who says that it did not help is not yet a verdict.
DOUBTERS = 3
FRESH_WEIGHT = 0.3
FRESH_HALVES_DAYS = 365


class Facts(NamedTuple):
    """Of one hit. held: how many of the searched words it holds anywhere. age_days: since it was recorded.

    score, window: how well it fits by the index, and by its best moment.
    """

    held: int
    score: float
    window: float
    solved: int = 0
    unhelped: int = 0
    age_days: float = 0.0


def standing(facts: Facts) -> float:
    """From -0.8 to 1.3: solves on a scale that soon flattens, less the share it did not help, and how new it is."""
    helped = min(1.0, log1p(facts.solved) / log1p(MANY_SOLVES))
    share_unhelped = facts.unhelped / (facts.solved + facts.unhelped + DOUBTERS)
    freshness = exp2(-max(0.0, facts.age_days) / FRESH_HALVES_DAYS)
    return helped - UNHELPED_WEIGHT * share_unhelped + FRESH_WEIGHT * freshness


def with_standing(hits: Sequence[Hit], facts: Mapping[str, Facts]) -> list[Hit]:
    """The hits, some of them a few places higher; one without facts stays, and nothing passes it.

    Scores stay with the places, so that they fall from first to last as before.
    """
    ordered: list[str] = []
    for hit in hits:
        place = len(ordered)
        while place > max(0, len(ordered) - MOST_PLACES) and _passes(hit.id, ordered[place - 1], facts):
            place -= 1
        ordered.insert(place, hit.id)
    return [Hit(each, hit.score) for each, hit in zip(ordered, hits, strict=True)]


def _passes(hit_id: str, other_id: str, facts: Mapping[str, Facts]) -> bool:
    mine, other = facts.get(hit_id), facts.get(other_id)
    if not mine or not other or other.score <= 0:
        return False
    is_related = mine.held >= other.held and mine.score >= NEAR * other.score and mine.window >= NEAR * other.window
    return is_related and standing(mine) > standing(other) + TELLING
