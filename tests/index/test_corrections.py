from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from kb.index.corrections import Vocabulary, best, distance, edits_allowed, is_ordinary

WORDS = ["branch", "branches", "brunch", "kubernetes", "merge", "zebra"]


def test_a_swap_of_neighbours_is_one_edit() -> None:
    assert distance("gti", "git", 2) == 1
    assert distance("kubernetse", "kubernetes", 2) == 1


def test_the_distance_stops_counting_beyond_the_limit() -> None:
    assert distance("kitten", "sitting", 3) == 3
    assert distance("kitten", "sitting", 2) == 3
    assert distance("a", "abcdef", 2) == 3


def test_codes_and_short_words_are_not_ordinary() -> None:
    assert not is_ordinary("0x80070005")
    assert not is_ordinary("git")
    assert is_ordinary("merge")
    assert is_ordinary("donaudampfschifffahrtsgesellschaft")
    assert not is_ordinary("a" * 41)


def test_short_words_allow_one_edit_and_longer_ones_two() -> None:
    assert (edits_allowed("merge"), edits_allowed("deploy")) == (1, 2)
    assert Vocabulary(WORDS).near("mrge") == ["merge"]
    assert Vocabulary(WORDS).near("mgre") == []
    assert Vocabulary(WORDS).near("kubrentes") == ["kubernetes"]


@given(st.text("abc", min_size=4, max_size=9), st.lists(st.text("abc", min_size=4, max_size=9), max_size=20))
def test_no_word_within_reach_is_missed_unless_two_swaps_touch_every_piece(word: str, known: list[str]) -> None:
    near = set(Vocabulary(known).near(word))
    edits = edits_allowed(word)
    for other in known:
        is_near = other[0] == word[0] and distance(word, other, edits) <= edits
        assert other not in near or is_near
        if is_near and plain_distance(word, other) <= edits:
            assert other in near


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
def test_the_distance_is_the_same_however_large_the_limit(a: str, b: str) -> None:
    known = distance(a, b, 12)
    assert known <= plain_distance(a, b)
    assert [distance(a, b, limit) for limit in (0, 1, 2)] == [min(known, limit + 1) for limit in (0, 1, 2)]


def test_of_a_book_of_words_that_are_all_alike_the_nearest_are_weighed() -> None:
    alike = ["branch" + "".join(letters) for letters in product("abcdefghijklmnopqrst", repeat=4)]
    found = Vocabulary(alike).near("branchaaaa")
    edits = [distance("branchaaaa", other, 2) for other in found]
    assert edits == sorted(edits)
    assert set(edits) == {0, 1, 2}
    assert len(found) == 1_000


def plain_distance(a: str, b: str) -> int:
    """Levenshtein's, without swaps."""
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
        above = row
    return above[-1]


def test_the_nearest_word_is_offered_first_and_among_equals_the_more_frequent() -> None:
    counts = {"branches": 9, "branch": 1, "brunch": 5}
    assert best("branchs", counts, lambda word: counts[word]) == ["branches", "branch"]
    assert best("brxnch", counts, lambda word: counts[word]) == ["brunch", "branch"]


def test_a_word_that_nobody_may_see_is_never_offered() -> None:
    assert best("branchs", ["branch"], lambda _: 0) == []
