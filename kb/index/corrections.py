"""Which known words somebody may have meant by an unknown one. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise

SHORTEST_CORRECTED = 4
OFFERED = 2


def is_ordinary(word: str) -> bool:
    """False for codes, numbers and very short words: they are meant as typed, and never meant by another."""
    return len(word) >= SHORTEST_CORRECTED and word.isalpha()


def edits_allowed(word: str) -> int:
    return 1 if len(word) < 6 else 2


class Vocabulary:
    """Ordinary words, kept for finding those near another quickly."""

    def __init__(self, words: Iterable[str]) -> None:
        lines: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            lines[word[0]].append(word)
        self._starting_with = {letter: "\n".join(words) for letter, words in lines.items()}

    def near(self, word: str) -> list[str]:
        """Return the words within the edits allowed that share the first letter, which is seldom mistyped.

        Of n + 1 pieces of a word, n edits leave one as it was; a regular expression for those leaves few to measure.
        """
        edits = edits_allowed(word)
        rest = word[1:]
        size = len(rest) // (edits + 1)
        cuts = [at * size for at in range(edits + 1)] + [len(rest)]
        pieces = "|".join(re.escape(rest[a:b]) for a, b in pairwise(cuts))
        pattern = rf"^.(?=.*(?:{pieces})).{{{len(rest) - edits},{len(rest) + edits}}}$"
        candidates = re.findall(pattern, self._starting_with.get(word[0], ""), re.MULTILINE)
        return [candidate for candidate in candidates if distance(word, candidate, edits) <= edits]


def distance(a: str, b: str, limit: int) -> int:
    """Edits from a to b, a swap of neighbours being one (optimal string alignment); limit + 1 if there are more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, above = above, row
    return above[-1]


def best(word: str, near: Iterable[str], count: Callable[[str], int]) -> list[str]:
    """Return the nearest words, the more frequent first among equals.

    count: in how many documents that the asker may see a word stands; with 0 it is never offered.
    """
    limit = edits_allowed(word)
    by_edits: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for other in set(near):
        by_edits[distance(word, other, limit)].append((-count(other), other))
    ranked = [other for edits in sorted(by_edits) for minus, other in sorted(by_edits[edits]) if minus]
    return ranked[:OFFERED]
