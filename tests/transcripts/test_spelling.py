"""Names put right in what was heard: the text and its words say the same, at the same times."""

from hypothesis import given
from hypothesis import strategies as st

from kb.categories.spellings import Spellings
from kb.speech.contract import Segment, Word
from kb.transcripts.spelling import spelled, spelled_rows

HOUSE = Spellings(
    [
        ("Kubernetes", ["kuber netties"]),
        ("Active Directory", ["a d", "active director e", "adee"]),
        ("GitHub", ["git hub"]),
    ]
)


def segment(text: str) -> Segment:
    """A word a second."""
    words = tuple(Word(n * 1000, n * 1000 + 900, word, 0.2 + n / 100) for n, word in enumerate(text.split()))
    return Segment(0, 10_000, text, words)


def times(heard: str) -> list[tuple[int, int, str]]:
    found = spelled(segment(heard), HOUSE)
    assert found.text.split() == [word.text for word in found.words]
    return [(word.start_ms, word.end_ms, word.text) for word in found.words]


def test_two_words_that_become_one_have_the_time_of_both() -> None:
    assert times("so kuber netties, now") == [(0, 900, "so"), (1000, 2900, "Kubernetes,"), (3000, 3900, "now")]


def test_words_that_stay_as_many_keep_each_its_time() -> None:
    assert times("my (a d's)") == [(0, 900, "my"), (1000, 1900, "(Active"), (2000, 2900, "Directory's)")]


def test_one_word_that_becomes_two_shares_its_time_by_their_length() -> None:
    assert times("adee") == [(0, 360, "Active"), (360, 900, "Directory")]


def test_two_names_in_one_breath_are_both_put_right() -> None:
    assert [text for *_, text in times("kuber netties on git hub and active director e")] == [
        *"Kubernetes on GitHub and Active Directory".split()
    ]


def test_words_that_become_a_name_are_as_sure_as_the_surest_of_them() -> None:
    assert spelled_rows([[0, 500, "kuber", 0.1], [500, 900, "netties", None]], HOUSE) == [[0, 900, "Kubernetes", 0.1]]


def test_words_without_a_name_of_the_house_stay_as_they_are() -> None:
    rows = [[0, 500, "quite", 0.9], [500, 900, "plain", None]]
    assert spelled_rows(rows, HOUSE) == rows
    assert spelled(Segment(0, 900, "git hub"), HOUSE) == Segment(0, 900, "GitHub")


@given(st.lists(st.sampled_from(["kuber", "netties", "netties,", "a", "d", "adee", "git", "hub", "(git", "hub)", "x"])))
def test_times_rise_and_words_are_those_of_the_text(words: list[str]) -> None:
    found = times(" ".join(words))
    assert all(start <= end for start, end, _ in found)
    assert [start for start, _, _ in found] == sorted(start for start, _, _ in found)
