"""Where a recording goes on to something else, and what each part is called: a draft, for people to correct. Pure.

The screen becomes another one, the speaker breathes, a new heading comes: where two of these fall together a part
begins. Its title is that heading, else what is said first in it.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kb.transcripts.plain_words import PLAIN_WORDS

APART_MS = 30_000
# A part that is nearly over when it begins helps nobody.
SHORTEST_LAST_MS = 10_000
# Shorter ones are seen whole sooner than a list of parts is read, unless it is plain where they begin.
SHORT_MS = 90_000
# An hour has about so many; more is no overview.
MOST = 16
PAUSE_MS, LONG_PAUSE_MS = 1_000, 2_500
# Who clicks stops speaking shortly before or after.
NEAR_MS = 3_000
# How long a new screen takes until its heading can be read.
SETTLED_MS = 5_000
LONGEST_TITLE = 60
MOST_TITLE_WORDS = 9
TELLING_WORDS = 3

# How much speaks for a new part: two signs together are plain, one is enough in what is long.
PLAIN, ENOUGH = 2.0, 1.0

_CODE = re.compile(r"[{}<>=;\\|_$#@~`*^]|://|\(\)|::|->|^\W")
_MENU = re.compile(r"(?:[A-Z][a-z]{1,8}\s+){3,}[A-Z][a-z]{1,8}")
_CLAUSE_ENDS = re.compile(r"[.!?;:,\n…]|\s[–—-]\s")
_WORD = re.compile(r"\w+(?:['’]\w+)*")


class Said(NamedTuple):
    """is_sure: False of a draft engine's words, of which those that it doubts are left out already."""

    start_ms: int
    end_ms: int
    text: str
    is_sure: bool = True


class Shown(NamedTuple):
    """A line on the screen; of those that come at once the upper ones first."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Draft:
    start_ms: int
    title: str


@dataclass(frozen=True)
class _Break:
    """A place where a part may begin. weight: how much speaks for it."""

    start_ms: int
    weight: float


def drafts(duration_ms: int, *, scenes_ms: Sequence[int], said: Iterable[Said], shown: Iterable[Shown]) -> list[Draft]:
    """Return the parts in order, the first at 0; none where there would be one alone.

    scenes_ms: when the screen became another one. Titles are at most LONGEST_TITLE long, and no two neighbours' alike.
    """
    spoken = sorted(said)
    screen = _Screen(sorted(shown, key=lambda line: line.start_ms))
    breaks = _chosen(list(_breaks(scenes_ms, spoken, screen)), duration_ms)
    found: list[Draft] = []
    for place, (start_ms, end_ms) in enumerate(pairwise([0, *breaks, duration_ms])):
        title = _title(start_ms, end_ms, spoken, screen) or f"Part {place + 1}"
        # Under the same heading it is still the same part.
        if not found or found[-1].title.casefold() != title.casefold():
            found.append(Draft(start_ms, title))
    return found if len(found) > 1 else []


def telling(text: str) -> list[str]:
    """The words of a text that say what it is about, in order, each once."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        if len(word) > 3 and word.lower() not in PLAIN_WORDS and not word.isdigit():
            found.setdefault(word.lower(), word)
    return list(found.values())


class _Screen:
    """What stands on the screen when; each line counts as new where it is seen for the first time."""

    def __init__(self, lines: Sequence[Shown]) -> None:
        firsts: dict[str, Shown] = {}
        for line in lines:
            firsts.setdefault(_folded(line.text), line)
        self._new = [line for line in firsts.values() if _is_heading(line.text)]
        self._starts = [line.start_ms for line in self._new]

    def heading(self, at_ms: int) -> str | None:
        """The uppermost new line that reads as one, once the screen has settled after this moment."""
        first = bisect_right(self._starts, at_ms - NEAR_MS if at_ms else -1)
        for line in self._new[first:]:
            if line.start_ms > at_ms + SETTLED_MS:
                return None
            return " ".join(line.text.split())
        return None


def _breaks(scenes_ms: Sequence[int], said: Sequence[Said], screen: _Screen) -> Iterator[_Break]:
    pauses = list(_pauses(said))
    for at_ms in scenes_ms:
        near = [pause for pause in pauses if pause[0] - NEAR_MS <= at_ms <= pause[1] + NEAR_MS]
        # Between two sentences rather than in one.
        start_ms = min(max(at_ms, near[0][0]), near[0][1]) if near else at_ms
        yield _Break(start_ms, 1.0 + bool(near) + bool(screen.heading(at_ms)))
    for start_ms, end_ms in pauses:
        weight = 1.0 if end_ms - start_ms >= LONG_PAUSE_MS else 0.5
        yield _Break(end_ms, weight + bool(screen.heading(end_ms)))


def _pauses(said: Sequence[Said]) -> Iterator[tuple[int, int]]:
    silent_from = None
    for words in said:
        if silent_from is not None and words.start_ms - silent_from >= PAUSE_MS:
            yield silent_from, words.start_ms
        silent_from = max(silent_from or 0, words.end_ms)


def _chosen(breaks: Sequence[_Break], duration_ms: int) -> list[int]:
    """The plainest first, as long as they are far enough from each other."""
    needed = PLAIN if duration_ms < SHORT_MS else ENOUGH
    apart_ms = max(APART_MS, duration_ms // MOST)
    chosen = [0]
    for each in sorted(breaks, key=lambda each: (-each.weight, each.start_ms)):
        fits = all(abs(each.start_ms - other) >= apart_ms for other in chosen)
        if each.weight >= needed and fits and each.start_ms <= duration_ms - SHORTEST_LAST_MS:
            chosen.append(each.start_ms)
    return sorted(chosen)[1:]


def _title(start_ms: int, end_ms: int, said: Sequence[Said], screen: _Screen) -> str | None:
    if heading := screen.heading(start_ms):
        return heading
    within = [words for words in said if start_ms - PAUSE_MS <= words.start_ms < end_ms]
    for words in within[:2]:
        if words.is_sure and (title := _clause(words.text)):
            return title
    sure = [word for words in within if words.is_sure for word in telling(words.text)]
    doubted = [word for words in within if not words.is_sure for word in telling(words.text)]
    return _listed(sure) or _listed(_said_again(doubted))


def _clause(text: str) -> str | None:
    """The first part of a sentence that says something, without the words that only lead up to it."""
    for part in _CLAUSE_ENDS.split(text):
        words = part.split()
        while words and _bare(words[0]) in LEADING:
            words.pop(0)
        if len(words) > 1 and telling(" ".join(words)):
            return _cut(words)
    return None


# "So now we …" says no more than "…" does.
LEADING = frozenset(
    """so now then next first okay ok well and but also after that here uh um er right alright let's lets
    finally again please just we i you'll we'll i'll you can will going to""".split()
)


def _cut(words: Sequence[str]) -> str:
    kept = list(words[:MOST_TITLE_WORDS])
    while len(" ".join(kept)) > LONGEST_TITLE and len(kept) > 1:
        kept.pop()
    # Not in the middle of "the …".
    while len(kept) > 2 and len(kept) < len(words) and _bare(kept[-1]) in PLAIN_WORDS:
        kept.pop()
    title = " ".join(kept)[:LONGEST_TITLE]
    return title[:1].upper() + title[1:]


def _listed(words: Sequence[str]) -> str | None:
    """The words that come most often, in the order in which they come first."""
    spelled = {word.lower(): word for word in reversed(words)}
    most = [word for word, _ in Counter(map(str.lower, words)).most_common(TELLING_WORDS)]
    if len(most) < 2:
        return None
    listed = ", ".join(spelled[word] for word in sorted(most, key=[word.lower() for word in words].index))
    return listed[:1].upper() + listed[1:LONGEST_TITLE]


def _said_again(words: Sequence[str]) -> list[str]:
    """An engine that guesses seldom guesses the same wrong word twice."""
    counts = Counter(map(str.lower, words))
    return [word for word in words if counts[word.lower()] > 1]


def _is_heading(text: str) -> bool:
    words = text.split()
    letters = sum(map(str.isalpha, text))
    first = next((sign for sign in text if sign.isalpha()), "")
    return (
        4 <= len(text) <= LONGEST_TITLE
        and len(words) <= MOST_TITLE_WORDS
        and letters >= 0.75 * len("".join(words))
        # Scripts without capitals have none to ask for.
        and not first.islower()
        and bool(telling(text))
        and not _CODE.search(text)
        and not _MENU.fullmatch(" ".join(words))
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _bare(word: str) -> str:
    return word.strip(".,;:!?\"'()").lower().replace("’", "'")
