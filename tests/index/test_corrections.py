from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from kb.index.corrections import Vocabulary, best, edits_allowed, is_ordinary

WORDS = ["branch", "branches", "brunch", "kubernetes", "merge", "zebra"]


def test_a_swap_of_neighbours_is_one_edit() -> None:
    assert Vocabulary(["thing"]).near("thnig") == ["thing"]
    assert Vocabulary(["kubernetes"]).near("kubernetse") == ["kubernetes"]


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
def test_no_word_within_reach_is_missed(word: str, known: list[str]) -> None:
    near = Vocabulary(known).near(word)
    edits = edits_allowed(word)
    assert set(near) == {other for other in known if other[0] == word[0] and plain_distance(word, other) <= edits}
    assert [plain_distance(word, other) for other in near] == sorted(plain_distance(word, other) for other in near)


def test_of_a_book_of_words_that_are_all_alike_the_nearest_are_weighed() -> None:
    alike = ["branch" + "".join(letters) for letters in product("abcdefghijklmnopqrst", repeat=4)]
    found = Vocabulary(alike).near("branchaaaa")
    edits = [plain_distance("branchaaaa", other) for other in found]
    assert edits == sorted(edits)
    assert set(edits) == {0, 1, 2}
    assert len(found) == 1_000


def plain_distance(a: str, b: str) -> int:
    """Edits from a to b, a swap of neighbours being one: the textbook's, as plain as it goes."""
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, j in product(range(len(a) + 1), range(len(b) + 1)):
        ways = [max(i, j)] if not i or not j else []
        if i and j:
            ways = [rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])]
        if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
            ways.append(rows[i - 2][j - 2] + 1)
        rows[i][j] = min(ways)
    return rows[-1][-1]


def test_the_nearest_word_is_offered_first_and_among_equals_the_more_frequent() -> None:
    counts = {"branches": 9, "branch": 1, "brunch": 5}
    assert best("branchs", counts, lambda word: (0, counts[word])) == ["branches", "branch"]
    assert best("brxnch", counts, lambda word: (0, counts[word])) == ["brunch", "branch"]


def test_a_word_that_stands_beside_the_others_is_offered_before_a_more_frequent_one() -> None:
    counts = {"type": (0, 90), "tire": (2, 3), "tired": (9, 9)}
    assert best("tyre", counts, lambda word: counts[word]) == ["tire", "type"]


def test_words_are_near_without_their_accents_and_offered_with_them() -> None:
    counts = {"für": 9, "fährt": 4, "fahrt": 2}
    vocabulary = Vocabulary([*counts, "ähren"])
    assert vocabulary.near("fahtr") == ["fahrt", "fährt"]
    assert best("fahtr", ["fahrt", "fährt"], lambda word: (0, counts[word])) == ["fährt"]
    assert vocabulary.near("ahern") == ["ahren", "ähren"]


def test_a_word_that_nobody_may_see_is_never_offered() -> None:
    assert best("branchs", ["branch"], lambda _: (0, 0)) == []
