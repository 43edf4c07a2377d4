"""From what was read at single moments to lines with the times from when to when they stood on the screen. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from kb.transcripts.cues import TimedText

# Left, top, right, bottom; shares of the picture.
Box = tuple[float, float, float, float]

# Of 100: two readings of a line differ by a letter now and then, two lines of a program by a word.
SAME = 85
# A line that one reading missed is still the same line.
GAP_MS = 2000


@dataclass(frozen=True)
class Seen:
    """A line as it was read once."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True)
class _Shown:
    seen: Seen
    start_ms: int


class Screen:
    """What stands on the screen now and what stood there before, told reading by reading in order of time."""

    def __init__(self) -> None:
        self._shown: list[_Shown] = []
        self._gone: list[tuple[TimedText, Box]] = []

    def widened(self, area: Box) -> Box:
        """The area, grown until no line that stands there is cut by its edge."""
        grown = area
        for shown in self._shown:
            if _touch(grown, shown.seen.box):
                grown = _union(grown, shown.seen.box)
        return grown if grown == area else self.widened(grown)

    def read(self, area: Box, lines: Iterable[Seen], changed_ms: Callable[[Box], int]) -> None:
        """Say what stands in an area now; elsewhere everything is as before.

        area: as `widened` gave it. changed_ms: when the picture in a box became another one since the last reading.
        """
        before = [shown for shown in self._shown if _touch(area, shown.seen.box)]
        kept = [shown for shown in self._shown if not _touch(area, shown.seen.box)]
        for seen in lines:
            same = _same(seen, before)
            if same:
                before.remove(same)
                kept.append(_Shown(_better(same.seen, seen), same.start_ms))
            else:
                kept.append(_Shown(seen, changed_ms(seen.box)))
        for shown in before:
            self._end(shown, changed_ms(shown.seen.box))
        self._shown = kept

    def lines(self, end_ms: int) -> list[TimedText]:
        """All lines of the recording, which ends at end_ms, in order of their starts, and then from top to bottom."""
        for shown in self._shown:
            self._end(shown, end_ms)
        self._shown = []
        in_order = sorted(self._gone, key=lambda each: (each[0].start_ms, each[1][1], each[1][0]))
        return _joined(line for line, _ in in_order)

    def _end(self, shown: _Shown, end_ms: int) -> None:
        line = TimedText(shown.start_ms, max(end_ms, shown.start_ms), shown.seen.text)
        self._gone.append((line, shown.seen.box))


def says_same(one: str, other: str) -> bool:
    """Whether two readings are of the same words."""
    return fuzz.ratio(one, other) >= SAME


def _same(seen: Seen, before: Sequence[_Shown]) -> _Shown | None:
    """The line that this one was at the last reading: it says the same, or the start of it at the same place."""
    texts = [shown.seen.text for shown in before]
    found = process.extract(seen.text, texts, scorer=fuzz.ratio, score_cutoff=SAME)
    if found:
        best = max(found, key=lambda each: (each[1], -_apart(seen.box, before[each[2]].seen.box)))
        return before[best[2]]
    return next((shown for shown in before if _goes_on(shown.seen, seen)), None)


def _goes_on(start: Seen, whole: Seen) -> bool:
    """Whether somebody has typed on."""
    count = len(start.text)
    return (
        count < len(whole.text)
        and _same_row(start.box, whole.box)
        and abs(start.box[0] - whole.box[0]) < (whole.box[3] - whole.box[1])
        and says_same(start.text, whole.text[:count])
    )


def _better(before: Seen, now: Seen) -> Seen:
    """The place is where it is now, the words are those of the longer or else the surer reading."""
    is_typed = len(now.text) > len(before.text) + 1
    return now if is_typed or now.confidence >= before.confidence else replace(before, box=now.box)


def _joined(lines: Iterable[TimedText]) -> list[TimedText]:
    """One line where the same text stands twice at a time, or again at once. lines: in order of their starts."""
    joined: list[TimedText] = []
    last: dict[str, int] = {}
    for line in lines:
        at = last.get(line.text.casefold())
        if at is not None and line.start_ms <= joined[at].end_ms + GAP_MS:
            joined[at] = replace(joined[at], end_ms=max(joined[at].end_ms, line.end_ms))
        else:
            last[line.text.casefold()] = len(joined)
            joined.append(line)
    return joined


def _touch(area: Box, box: Box) -> bool:
    return area[0] < box[2] and box[0] < area[2] and area[1] < box[3] and box[1] < area[3]


def _union(one: Box, other: Box) -> Box:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _same_row(one: Box, other: Box) -> bool:
    return one[1] < (other[1] + other[3]) / 2 < one[3]


def _apart(one: Box, other: Box) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])
