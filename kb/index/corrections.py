"""Which known words somebody may have meant by an unknown one. Pure.

Words are near each other without their accents, as they are found, and are offered with them, as they are written.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.index.analysis import fold

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
        """words: as they are written, in lower case."""
        alike: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        self._accented: defaultdict[str, list[str]] = defaultdict(list)
        for word in words:
            folded = fold(word)
            alike[folded[0], len(folded)].append(folded)
            if folded != word:
                self._accented[folded].append(word)
        self._alike = dict(alike)

    def near(self, word: str) -> list[str]:
        """Return the words within the edits allowed that share the first letter, which is seldom mistyped; the nearest
        first, as many as are worth weighing. Of an accented word the plain one too, which may stand nowhere.

        word: without accents, in lower case.
        """
        edits = edits_allowed(word)
        found: list[tuple[int, str]] = []
        for length in range(len(word) - edits, len(word) + edits + 1):
            words = self._alike.get((word[0], length), ())
            close = process.extract(word, words, scorer=OSA.distance, score_cutoff=edits, limit=None)
            found += ((int(distance), other) for other, distance, _ in close)
        nearest = dict.fromkeys(other for _, other in sorted(found))
        return [each for other in nearest for each in (other, *self._accented.get(other, ()))][:MOST_NEAR]


def best(word: str, near: Iterable[str], count: Callable[[str], tuple[int, int]]) -> list[str]:
    """Return the nearest words, a swap of neighbours being one edit, the more frequent first among equals; of those
    that differ in accents alone the most frequent.

    count: in how many documents that the asker may see a word stands beside the others that are searched for, and in
    how many at all; with 0 of these it is never offered.
    """
    ranked = []
    for other in set(near):
        beside, seen = count(other)
        if seen:
            ranked.append((OSA.distance(word, fold(other)), -beside, -seen, other))
    offered: dict[str, str] = {}
    for *_, other in sorted(ranked):
        offered.setdefault(fold(other), other)
    return list(offered.values())[:OFFERED]
