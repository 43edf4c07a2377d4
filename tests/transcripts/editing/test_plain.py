"""The words as plain text with times, out and in again. Pure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import Invalid
from kb.transcripts.cues import TimedText, cleaned
from kb.transcripts.editing.plain import read, written

CUES = [
    TimedText(0, 900, "open it"),
    TimedText(23_500, 27_000, "[sic] two\n[laughs]"),
    TimedText(3_600_007, 3_660_000, "x"),
]


def test_it_is_written_as_people_read_it() -> None:
    assert written(CUES) == "[0:00 - 0:00.9] open it\n[0:23.5 - 0:27] [sic] two\n[laughs]\n[60:00.007 - 61:00] x\n"


@given(
    st.lists(st.tuples(st.integers(0, 86_000_000), st.integers(1, 60_000), st.text(min_size=1)), min_size=1, max_size=5)
)
def test_what_was_written_is_read_as_it_was(found: list[tuple[int, int, str]]) -> None:
    cues = cleaned(TimedText(start_ms, start_ms + length_ms, text) for start_ms, length_ms, text in found)
    # A line of a cue that looks like times begins another one: people write it so.
    if cues and not any(re.match(r"\[\s*\d", line) for cue in cues for line in cue.text.splitlines()[1:]):
        assert read(written(cues)) == cues


def test_hours_dashes_and_commas_are_taken_as_people_type_them() -> None:
    assert read("[ 1:02:03,5–1:02:04 ]words") == [TimedText(3_723_500, 3_724_000, "words")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("words", "Line 1"),
        ("[0:01 - 0:02] a\n[0:x - 0:03] b", "Line 2"),
        ("[0:02 - 0:01] a", "0:02"),
        ("", "One line"),
        ("[0:01 - 0:02]", "One line"),
    ],
)
def test_a_fault_is_named_by_its_line(text: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text)
    assert said in caught.value.errors["words"][0]
