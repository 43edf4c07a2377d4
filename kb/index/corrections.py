"""Which known words somebody may have meant by an unknown one. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Nobody mistypes longer words; encoded data and bombs have them.
SHORTEST_CORRECTED, LONGEST_CORRECTED = 4, 40
OFFERED = 2
# Words that are weighed: someone may upload a book of words that are all alike.
MOST_NEAR = 1_000


def is_ordinary(word: str) -> bool:
    """False for codes, numbers, very short and very long words: they are meant as typed, never meant by another."""
    return SHORTEST_CORRECTED <= len(word) <= LONGEST_CORRECTED and word.isalpha()


def edits_allowed(word: str) -> int:
    return 1 if len(word) < 6 else 2


class Vocabulary:
    """Ordinary words by their first letter and their length, kept for finding those near another quickly."""

    def __init__(self, words: Iterable[str]) -> None:
        alike: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in words:
            alike[word[0], len(word)].append(word)
        self._alike = dict(alike)

    def near(self, word: str) -> list[str]:
        """Return the words within the edits allowed that share the first letter, which is seldom mistyped; the nearest
        first, as many as are worth weighing.
        """
        edits = edits_allowed(word)
        found: list[tuple[int, str]] = []
        for length in range(len(word) - edits, len(word) + edits + 1):
            words = self._alike.get((word[0], length), ())
            close = process.extract(word, words, scorer=OSA.distance, score_cutoff=edits, limit=None)
            found += ((int(distance), other) for other, distance, _ in close)
        return [other for _, other in sorted(found)[:MOST_NEAR]]


def best(word: str, near: Iterable[str], count: Callable[[str], int]) -> list[str]:
    """Return the nearest words, a swap of neighbours being one edit, the more frequent first among equals.

    count: in how many documents that the asker may see a word stands; with 0 it is never offered.
    """
    ranked = sorted((OSA.distance(word, other), -counted, other) for other in set(near) if (counted := count(other)))
    return [other for _, _, other in ranked[:OFFERED]]
