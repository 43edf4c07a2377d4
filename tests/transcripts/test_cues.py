"""Caption files of every make in, strict ones out. Pure."""

import contextlib
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.config import ROOT
from kb.errors import Invalid
from kb.transcripts.cues import (
    LARGEST_BYTES,
    MOST_CUES,
    NONE_FOUND,
    TOO_LARGE,
    TOO_MANY,
    TimedText,
    check_cues,
    read,
    to_srt,
    to_vtt,
)
from tests.transcripts.caption_files import FILES, VTT, Given, vtt

DOCS = ROOT / "docs" / "captions.md"


@pytest.mark.parametrize("given_file", FILES, ids=lambda each: each.what)
def test_a_file_of_whatever_make_is_read_or_refused_in_words(given_file: Given) -> None:
    if given_file.refused:
        with pytest.raises(Invalid) as caught:
            read(given_file.content)
        assert (caught.value.code, caught.value.errors["captions"]) == ("bad-captions", [given_file.refused])
    else:
        assert read(given_file.content) == list(given_file.cues)


def test_what_happens_to_which_file_is_written_for_people() -> None:
    rows = [f"| {each.what} | {each.happens} |" for each in FILES]
    written = [line for line in DOCS.read_text().splitlines() if line.startswith("| ")]
    assert written == ["| file | what happens |", *rows]


def test_each_sentence_of_refusal_is_written_for_people() -> None:
    text = " ".join(DOCS.read_text().split())
    assert all(sentence in text for sentence in (NONE_FOUND, TOO_LARGE, TOO_MANY))


def test_ten_thousand_cues_are_read_in_no_time() -> None:
    cues = [TimedText(n * 1000, n * 1000 + 900, f"line {n}") for n in range(10_000)]
    began = time.process_time()
    assert read(to_vtt(cues).encode()) == cues
    assert read(to_srt(cues).encode()) == cues
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    "content",
    [
        b"WEBVTT\n\n" + b"<" * 400_000,
        vtt("<" * 4_000_000),
        b"WEBVTT\n\n" + b"00:00:01.000 --> 00:00:02.500\n" * 100_000,
        vtt(*["<b" * 4000] * 400),
        vtt("{\\" * 200_000),
        vtt("&amp;" * 200_000),
        vtt("&#" + "1" * 1_000_000 + ";"),
        vtt("&#x" + "1" * 1_000_000 + ";"),
        b"1\n" * 300_000,
        b"\n" * 1_000_000,
        b"00:00:01,000 --> " * 60_000,
        b"1\n00:00:01,000 --> 00:00:02,000" + b" " * 1_000_000,
    ],
)
def test_a_file_made_to_take_for_ever_does_not(content: bytes) -> None:
    began = time.process_time()
    with contextlib.suppress(Invalid):
        read(content)
    assert time.process_time() - began < 4


def test_too_many_cues_and_too_many_bytes_are_refused() -> None:
    with pytest.raises(Invalid):
        check_cues(TimedText(n, n + 1, "x") for n in range(MOST_CUES + 1))
    with pytest.raises(Invalid):
        read(VTT.encode() + b" " * LARGEST_BYTES)


TEXTS = st.lists(
    st.tuples(st.integers(0, 86_000_000), st.integers(1, 60_000), st.text(min_size=1, max_size=60)),
    min_size=1,
    max_size=6,
)


@given(TEXTS)
@example([(0, 1, r"{\an8} {\}")])
def test_what_was_taken_comes_back_the_same_from_what_was_written(found: list[tuple[int, int, str]]) -> None:
    try:
        cues = check_cues(TimedText(start, start + length, text) for start, length, text in found)
    except Invalid:
        return
    expected = [TimedText(cue.start_ms, cue.end_ms, cue.text.replace("-->", "→")) for cue in cues]
    assert read(to_vtt(cues).encode()) == expected


@given(TEXTS)
def test_what_is_written_is_strict_and_holds_no_markup(found: list[tuple[int, int, str]]) -> None:
    try:
        cues = check_cues(TimedText(start, start + length, text) for start, length, text in found)
    except Invalid:
        return
    written = to_vtt(cues)
    header, *blocks = written.rstrip("\n").split("\n\n")
    assert header == "WEBVTT"
    assert len(blocks) == len(cues)
    for block in blocks:
        times, *lines = block.split("\n")
        assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}", times)
        assert lines
        assert all(line.strip() for line in lines)
        assert not set("<>") & set("".join(lines))
        assert "-->" not in "".join(lines)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for whole in (content, b"WEBVTT\n\n" + content, b"1\n00:00:01,000 --> 00:00:02,000\n" + content):
        try:
            cues = read(whole)
        except Invalid:
            continue
        assert all(0 <= cue.start_ms < cue.end_ms and cue.text for cue in cues)
