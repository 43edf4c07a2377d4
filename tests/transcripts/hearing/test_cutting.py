"""Long stretches of speech cut into captions. Pure."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.speech.contract import Segment, Word
from kb.transcripts.hearing.cutting import LONGEST_MS, LONGEST_SIGNS, caption_sized

SENTENCES = "Open the settings first. Then choose the printer, which is in the second row, and press Apply."


def said(text: str, *, word_ms: int = 300, gap_ms: int = 50, pauses: dict[str, int] | None = None) -> Segment:
    """pauses: how long the speaker stops after a word."""
    words, at = [], 1_000
    for word in text.split():
        words.append(Word(at, at + word_ms, word, 0.9))
        at += word_ms + (pauses or {}).get(word, gap_ms)
    return Segment(1_000, words[-1].end_ms, text, tuple(words))


def texts(*segments: Segment) -> list[str]:
    return [each.text for each in caption_sized(segments)]


def test_what_is_short_stays_as_it_is() -> None:
    short = said("Open the settings first. Then wait.")
    assert list(caption_sized([short])) == [short]


def test_a_long_one_is_cut_where_a_sentence_ends() -> None:
    assert texts(said(SENTENCES)) == [
        "Open the settings first.",
        "Then choose the printer, which is in the second row, and press Apply.",
    ]


def test_without_punctuation_it_is_cut_where_the_speaker_stops() -> None:
    plain = said(
        "open the settings and look for the printer then choose the one in the second row and press apply to save",
        pauses={"printer": 800},
    )
    assert texts(plain) == [
        "open the settings and look for the printer",
        "then choose the one in the second row and press apply to save",
    ]


def test_what_is_said_slowly_is_cut_by_its_time() -> None:
    slow = said("one two three four five six seven eight", word_ms=900, gap_ms=600)
    pieces = list(caption_sized([slow]))
    assert len(pieces) > 1
    assert all(each.end_ms - each.start_ms <= LONGEST_MS for each in pieces)


def test_words_keep_their_times_and_confidence() -> None:
    long = said(SENTENCES)
    pieces = list(caption_sized([long]))
    assert tuple(word for each in pieces for word in each.words) == long.words
    assert (pieces[0].start_ms, pieces[-1].end_ms) == (long.start_ms, long.end_ms)
    assert pieces[1].start_ms == pieces[1].words[0].start_ms


def test_without_word_times_they_are_taken_from_the_text() -> None:
    pieces = list(caption_sized([Segment(0, 9_000, SENTENCES)]))
    assert pieces[0].text == "Open the settings first."
    assert all(not each.words for each in pieces)
    assert pieces[0].end_ms == pieces[1].start_ms


def test_text_without_spaces_stays_without_spaces() -> None:
    signs = [Word(at * 200, at * 200 + 200, sign) for at, sign in enumerate("打开设置。" * 20)]
    pieces = texts(Segment(0, 20_000, "打开设置。" * 20, tuple(signs)))
    assert len(pieces) > 1
    assert all(re.fullmatch("(打开设置。)+", each) for each in pieces)


def test_words_other_than_those_of_the_text_are_written_one_after_the_other() -> None:
    words = tuple(Word(at * 1_000, at * 1_000 + 900, f" word{at}") for at in range(12))
    pieces = texts(Segment(0, 12_000, "something else " * 8, words))
    assert " ".join(pieces) == " ".join(f"word{at}" for at in range(12))


def test_one_word_is_never_cut() -> None:
    assert texts(Segment(0, 20_000, "x" * 200)) == ["x" * 200]


@given(
    st.lists(
        st.tuples(st.text("abc.,!", min_size=1, max_size=30), st.integers(1, 2_000), st.integers(0, 3_000)),
        min_size=1,
        max_size=40,
    )
)
def test_no_word_is_lost_and_no_piece_is_too_long(spoken: list[tuple[str, int, int]]) -> None:
    words, at = [], 0
    for text, length_ms, gap_ms in spoken:
        words.append(Word(at, at + length_ms, text))
        at += length_ms + gap_ms
    whole = Segment(0, words[-1].end_ms, " ".join(word.text for word in words), tuple(words))
    pieces = list(caption_sized([whole]))
    assert " ".join(each.text for each in pieces) == whole.text
    for each, following in pairwise(pieces):
        assert each.end_ms <= following.start_ms
    for each in pieces:
        assert len(each.words) == 1 or (len(each.text) <= LONGEST_SIGNS and each.end_ms - each.start_ms <= LONGEST_MS)
