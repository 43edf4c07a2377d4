"""What a change makes of cues and of the times of their words. Pure."""

import pytest

from kb.errors import Invalid
from kb.transcripts.cues import LONGEST_MS, TimedText
from kb.transcripts.editing.changes import (
    MOST_MISSED,
    MOST_THEIRS,
    Change,
    WordsChanged,
    carried,
    checked,
    difference,
    fitted,
)

ONE = TimedText(0, 2000, "open the cuber netties page")
TWO = TimedText(2000, 4000, "and wait")
SPOKEN = [[0, 300, "open", 0.9], [300, 500, "the", 0.8], [500, 900, "cuber", 0.2], [900, 1500, "netties", 0.3],
          [1500, 2000, "page", 0.9]]  # fmt: skip


def change(before: list[TimedText], after: list[TimedText]) -> Change:
    return Change(tuple(before), tuple(after))


def test_words_that_were_not_touched_keep_their_times_and_new_ones_share_what_they_replace() -> None:
    new = TimedText(0, 2000, "open the Kubernetes page")
    assert carried([(ONE, SPOKEN)], [new]) == [
        [[0, 300, "open", 0.9], [300, 500, "the", 0.8], [500, 1500, "Kubernetes", None], [1500, 2000, "page", 0.9]]
    ]


def test_a_word_that_was_not_said_takes_no_time() -> None:
    (words,) = carried([(TWO, [[2000, 3000, "and", 0.5], [3000, 4000, "wait", 0.5]])], [TimedText(2000, 4000, "wait")])
    assert words == [[3000, 4000, "wait", 0.5]]
    (words,) = carried([(TWO, [[2000, 4000, "wait", 0.5]])], [TimedText(2000, 4000, "do wait here")])
    assert words == [[2000, 2000, "do", None], [2000, 4000, "wait", 0.5], [4000, 4000, "here", None]]


def test_words_move_with_their_cue() -> None:
    (words,) = carried([(ONE, SPOKEN)], [TimedText(100, 2100, ONE.text)])
    assert words and [word[0] for word in words] == [100, 400, 600, 1000, 1600]


def test_a_cue_that_ends_sooner_cuts_its_words_and_moves_none() -> None:
    (words,) = carried([(ONE, SPOKEN)], [TimedText(0, 1600, ONE.text)])
    assert words and [word[:2] for word in words[3:]] == [[900, 1500], [1500, 1600]]


def test_split_and_joined_cues_share_the_words() -> None:
    first, second = TimedText(0, 500, "open the"), TimedText(500, 2000, "cuber netties page")
    split = carried([(ONE, SPOKEN)], [first, second])
    assert split == [SPOKEN[:2], SPOKEN[2:]]
    assert carried([(first, split[0]), (second, split[1])], [ONE]) == [SPOKEN]


def test_times_that_nobody_knows_are_not_invented() -> None:
    assert carried([(ONE, None)], [TWO]) == [None]
    assert carried([(ONE, SPOKEN), (TWO, None)], [ONE]) == [None]
    assert carried([], [ONE, TWO]) == [None, None]


def test_changes_build_on_one_another() -> None:
    changes = [change([ONE], [TWO]), change([TWO, TWO], [ONE])]
    assert fitted([ONE, TWO], changes) == changes


def test_a_change_of_words_that_are_not_there_any_more_says_what_is() -> None:
    theirs = TimedText(0, 2000, "open the cube page")
    with pytest.raises(WordsChanged) as caught:
        fitted([theirs, TWO], [change([TWO], [TimedText(2000, 4000, "and go")]), change([ONE], [TWO])])
    (missed,) = caught.value.missed
    assert (missed.place, missed.theirs) == (1, [theirs])


def test_what_was_done_already_is_not_done_twice() -> None:
    done = TimedText(0, 2000, "open it")
    assert fitted([done, TWO], [change([ONE], [done])]) == []
    assert fitted([ONE, TWO], [change([], [TWO])]) == []


def test_gone_words_are_a_conflict_and_not_deleted_again_in_silence() -> None:
    with pytest.raises(WordsChanged):
        fitted([TWO], [change([ONE], [])])


def test_one_line_must_stay() -> None:
    with pytest.raises(Invalid):
        fitted([ONE], [change([ONE], [])])


@pytest.mark.parametrize("cue", [TimedText(0, 1, "  "), TimedText(5, 5, "x"), TimedText(-5, 5, "x")])
def test_a_cue_that_could_not_be_shown_is_refused(cue: TimedText) -> None:
    with pytest.raises(Invalid):
        checked([change([ONE], [cue])])


def test_text_is_kept_as_captions_are() -> None:
    assert checked([change([ONE], [TimedText(0, 9, "  two \u202e  words\n\n here ")])]) == [
        change([ONE], [TimedText(0, 9, "two words\nhere")])
    ]


def test_the_difference_of_two_wholes_leads_from_one_to_the_other() -> None:
    before = [TimedText(n * 10, n * 10 + 9, f"line {n}") for n in range(50)]
    after = [*before[:10], TimedText(95, 99, "new"), *before[10:20], *before[22:]]
    changes = difference(before, after)
    assert changes == [change([], [TimedText(95, 99, "new")]), change(before[20:22], [])]


def test_of_very_many_changes_to_what_is_not_there_the_first_are_told() -> None:
    """Else one request would be answered with millions of lines."""
    cues = [TimedText(number, number + 1, f"line {number}") for number in range(2000)]
    whole = TimedText(0, LONGEST_MS, "nobody said this")
    with pytest.raises(WordsChanged) as caught:
        fitted(cues, [Change((whole,), ())] * 1000)
    assert [missed.place for missed in caught.value.missed] == list(range(MOST_MISSED))
    assert {tuple(missed.theirs) for missed in caught.value.missed} == {tuple(cues[:MOST_THEIRS])}
