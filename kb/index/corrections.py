"""Which known words somebody may have meant by an unknown one. Pure; the vocabulary is the caller's."""

from collections.abc import Iterable

SHORTEST_CORRECTED = 4
OFFERED = 2


def edits_allowed(word: str) -> int:
    """0 for what is no ordinary word: codes, numbers and very short words are typed as meant or not at all."""
    if len(word) < SHORTEST_CORRECTED or not word.isalpha():
        return 0
    return 1 if len(word) < 6 else 2


def swapped(word: str) -> list[str]:
    """The word with two neighbours swapped, each once: one slip of the hand, though two edits to Levenshtein."""
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1) if word[i] != word[i + 1]]


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


def best(word: str, candidates: Iterable[tuple[str, int]]) -> list[str]:
    """Return the nearest candidates, the more frequent first among equals.

    candidates: (word, number of documents that the asker may see with it); 0 is never offered.
    """
    limit = edits_allowed(word)
    ranked = sorted((distance(word, other, limit), -count, other) for other, count in candidates if count)
    return [other for edits, _, other in ranked if edits <= limit][:OFFERED]
