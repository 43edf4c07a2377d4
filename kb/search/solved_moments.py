"""Which of the moments of a hit solved it for somebody, and for how many. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.search.marks import Passage
from kb.search.moments import Moment

# People say that it solved it when they have seen it, so a while after the words that they were looking for; or they
# look for the button first.
LEAD_MS, LAG_MS = 5_000, 30_000


def with_solved(moments: Sequence[Moment], passages: Iterable[Passage]) -> list[Moment]:
    """Make the source of each moment at which somebody was helped `solved`, and count them.

    A solve is of the moment that is nearest to it, if one is near; of the whole, which has no place, it never is.
    """
    placed = [at for at, moment in enumerate(moments) if moment.kind != "title"]
    solves: Counter[int] = Counter()
    for passage in passages:
        if passage.kind == "solved":
            near = [(away, at) for at in placed if (away := _away_ms(moments[at], passage.start_ms)) is not None]
            solves.update(at for _, at in sorted(near)[:1])
    return [
        replace(moment, kind="solved", solved=solves[at]) if solves[at] else moment for at, moment in enumerate(moments)
    ]


def _away_ms(moment: Moment, solved_ms: int) -> int | None:
    """0 within the moment; None where the two have nothing to do with each other."""
    if solved_ms < moment.start_ms:
        away_ms, most_ms = moment.start_ms - solved_ms, LEAD_MS
    else:
        away_ms, most_ms = max(0, solved_ms - moment.end_ms), LAG_MS
    return away_ms if away_ms <= most_ms else None
