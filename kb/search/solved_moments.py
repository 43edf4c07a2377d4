"""Which of the moments of a hit solved it for somebody, and for how many. Pure."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kb.search.marks import Passages
from kb.search.moments import Moment

# People say that it solved it when they have seen it, so a while after the words that they were looking for; or they
# look for the button first.
LEAD_MS, LAG_MS = 5_000, 30_000


def with_solved(moments: Sequence[Moment], passages: Iterable[Passages]) -> list[Moment]:
    """Make the source of each moment at which somebody was helped `solved`, and count them.

    A solve is of the moment that is nearest to it, if one is near. A title has no second: where it alone was found, the
    moment is the one that helped most.
    """
    solved_ms = sorted(passage.start_ms for each in passages if each.kind == "solved" for passage in each)
    if not solved_ms:
        return list(moments)
    if all(moment.kind == "title" for moment in moments):
        return [_where_it_helped(moment, solved_ms) for moment in moments]
    solves: Counter[int] = Counter()
    for at_ms in solved_ms:
        near = [(away, at) for at, moment in enumerate(moments) if (away := _away_ms(moment, at_ms)) is not None]
        solves.update(at for _, at in sorted(near)[:1])
    return [
        replace(moment, kind="solved", solved=solves[at]) if solves[at] else moment for at, moment in enumerate(moments)
    ]


def _where_it_helped(title: Moment, solved_ms: Sequence[int]) -> Moment:
    """The stretch with most solves, from its first one on; of equals the earliest. solved_ms: in order."""
    ends = [bisect_right(solved_ms, first_ms + LAG_MS) for first_ms in solved_ms]
    first = max(range(len(ends)), key=lambda place: ends[place] - place)
    start_ms, end_ms = solved_ms[first], solved_ms[ends[first] - 1]
    return replace(title, start_ms=start_ms, end_ms=end_ms, kind="solved", solved=ends[first] - first)


def _away_ms(moment: Moment, solved_ms: int) -> int | None:
    """0 within the moment; None where the two have nothing to do with each other."""
    if solved_ms < moment.start_ms:
        away_ms, most_ms = moment.start_ms - solved_ms, LEAD_MS
    else:
        away_ms, most_ms = max(0, solved_ms - moment.end_ms), LAG_MS
    return away_ms if away_ms <= most_ms else None
