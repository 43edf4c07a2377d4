"""Words that an engine was not sure of: shown in grey, and weighing less in the search. Pure."""

from collections.abc import Sequence
from typing import Any

# Of pocketsphinx' right words .87 are above it; of its words above it .85 are right, of all .78.
DOUBTFUL = 0.4


def doubtful_places(text: str, words: Sequence[Sequence[Any]] | None) -> frozenset[int]:
    """Return which of the words between white space, counted from 0.

    words: as a cue keeps them, of each [start_ms, end_ms, text, confidence or None]. Where people have changed the text
    since, they no longer say anything of it.
    """
    if not words or [word[2] for word in words] != text.split():
        return frozenset()
    return frozenset(place for place, word in enumerate(words) if word[3] is not None and word[3] < DOUBTFUL)


def without_doubtful(text: str, words: Sequence[Sequence[Any]] | None) -> str:
    places = doubtful_places(text, words)
    return " ".join(word for place, word in enumerate(text.split()) if place not in places) if places else text


def doubtful_words(text: str, words: Sequence[Sequence[Any]] | None) -> list[str]:
    places = doubtful_places(text, words)
    return [word for place, word in enumerate(text.split()) if place in places] if places else []
