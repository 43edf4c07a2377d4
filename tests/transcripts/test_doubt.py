from typing import Any

import pytest

from kb.transcripts.doubt import doubtful_places, doubtful_words, without_doubtful

WORDS = [[0, 400, "reset", 0.9], [400, 600, "the", None], [600, 900, "pond", 0.39], [900, 990, "now", 0.4]]


def test_a_word_below_the_line_is_doubtful() -> None:
    assert doubtful_places("reset the pond now", WORDS) == {2}
    assert doubtful_words("reset the pond now", WORDS) == ["pond"]
    assert without_doubtful("reset the pond now", WORDS) == "reset the now"


@pytest.mark.parametrize(
    ("text", "words"), [("reset the pod now", WORDS), ("reset the pond", WORDS), ("reset", None), ("", [])]
)
def test_of_words_that_people_have_changed_nothing_is_known(text: str, words: Any) -> None:
    assert (doubtful_places(text, words), doubtful_words(text, words)) == (frozenset(), [])
    assert without_doubtful(text, words) == text
