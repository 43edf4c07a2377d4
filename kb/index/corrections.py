"""Which known words somebody may have meant by an unknown one. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice, pairwise

# Nobody mistypes longer words; encoded data and bombs have them.
SHORTEST_CORRECTED, LONGEST_CORRECTED = 4, 40
OFFERED = 2
# Letters that are measured, and words that are weighed. Someone may upload a book of words that are all alike, and
# everyone's search for one of them would compare it with each.
MOST_MEASURED, MOST_NEAR = 200_000, 1_000


def is_ordinary(word: str) -> bool:
    """False for codes, numbers, very short and very long words: they are meant as typed, never meant by another."""
    return SHORTEST_CORRECTED <= len(word) <= LONGEST_CORRECTED and word.isalpha()


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
        """Return the words within the edits allowed that share the first letter, which is seldom mistyped; the nearest
        first, as many as are worth weighing.

        Of n + 1 pieces of a word, n edits leave one as it was; a regular expression for those leaves few to measure.
        """
        edits = edits_allowed(word)
        rest = word[1:]
        size = len(rest) // (edits + 1)
        cuts = [at * size for at in range(edits + 1)] + [len(rest)]
        pieces = "|".join(re.escape(rest[a:b]) for a, b in pairwise(cuts))
        pattern = rf"^.(?=.*(?:{pieces})).{{{len(rest) - edits},{len(rest) + edits}}}$"
        candidates = re.finditer(pattern, self._starting_with.get(word[0], ""), re.MULTILINE)
        measured = (
            (distance(word, each[0], edits), each[0]) for each in islice(candidates, MOST_MEASURED // len(word))
        )
        return [other for _, other in sorted(pair for pair in measured if pair[0] <= edits)[:MOST_NEAR]]


def distance(a: str, b: str, limit: int) -> int:
    """Edits from a to b, a swap of neighbours being one (optimal string alignment); limit + 1 if there are more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i] + [limit + 1] * len(b)
        # What is farther from the diagonal costs more than the limit.
        for j in range(max(1, i - limit), min(len(b), i + limit) + 1):
            y = b[j - 1]
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row[j] = cost
        if min(row) > limit:
            return limit + 1
        before, above = above, row
    return min(above[-1], limit + 1)


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
