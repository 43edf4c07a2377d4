"""Caption files of every make in, strict ones out. Pure."""

import contextlib
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.errors import Invalid
from kb.transcripts.cues import LARGEST_BYTES, LONGEST_TEXT, MOST_CUES, TimedText, check_cues, read, to_srt, to_vtt

VTT = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nhello there\n"
ONE = [TimedText(1000, 2500, "hello there")]


def vtt(*lines: str) -> bytes:
    return ("WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n" + "\n".join(lines) + "\n").encode()


@pytest.mark.parametrize(
    ("name", "content", "cues"),
    [
        ("plain VTT", VTT.encode(), ONE),
        ("with a byte order mark", b"\xef\xbb\xbf" + VTT.encode(), ONE),
        ("UTF-16", VTT.encode("utf-16"), ONE),
        ("UTF-16 big-endian", b"\xfe\xff" + VTT.encode("utf-16-be"), ONE),
        ("CRLF", VTT.replace("\n", "\r\n").encode(), ONE),
        ("old Mac line ends", VTT.replace("\n", "\r").encode(), ONE),
        ("no line end at the end", VTT.rstrip().encode(), ONE),
        ("header with a title", VTT.replace("WEBVTT", "WEBVTT - Reset the VPN").encode(), ONE),
        ("header block", VTT.replace("WEBVTT\n", "WEBVTT\nKind: captions\nLanguage: en\n").encode(), ONE),
        ("no hours", b"WEBVTT\n\n00:01.000 --> 00:02.500\nhello there\n", ONE),
        ("no hours in one of them", b"WEBVTT\n\n00:01.000 --> 00:00:02.500\nhello there\n", ONE),
        ("identifier", b"WEBVTT\n\nintro\n00:01.000 --> 00:02.500\nhello there\n", ONE),
        ("settings", b"WEBVTT\n\n00:01.000 --> 00:02.500 line:0 align:start\nhello there\n", ONE),
        ("note and style", b"WEBVTT\n\nNOTE hi --x\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.500\nhello there\n", ONE),
        ("region", b"WEBVTT\n\nREGION\nid:fred\n\n00:01.000 --> 00:02.500\nhello there\n", ONE),
        ("SRT", b"1\n00:00:01,000 --> 00:00:02,500\nhello there\n", ONE),
        ("SRT with CRLF", b"1\r\n00:00:01,000 --> 00:00:02,500\r\nhello there\r\n\r\n", ONE),
        ("SRT with points", b"1\n00:00:01.000 --> 00:00:02.500\nhello there\n", ONE),
        ("SRT without numbers", b"00:00:01,000 --> 00:00:02,500\nhello there\n", ONE),
        ("SRT with a byte order mark", b"\xef\xbb\xbf1\n00:00:01,000 --> 00:00:02,500\nhello there\n", ONE),
        ("SRT with empty lines before", b"\n\n1\n00:00:01,000 --> 00:00:02,500\nhello there\n", ONE),
        ("SRT with styles", b"1\n00:00:01,000 --> 00:00:02,500\n{\\an8}<i>hello</i> <font size=9>there</font>\n", ONE),
        ("SRT with nothing between its cues",
         b"1\n00:00:01,000 --> 00:00:02,500\nhello there\n2\n00:00:03,000 --> 00:00:04,000\n7\n",
         [*ONE, TimedText(3000, 4000, "7")]),
        ("times in a hurry", b"0:1.0-->0:2.5\nhello there\n", ONE),
        ("bold and a speaker", vtt("<v Ada><b>hello</b> <c.loud>there</c>"), ONE),
        ("karaoke times", vtt("hello <00:00:01.500>there"), ONE),
        ("characters written as names", vtt("a &lt;b&gt; &amp; c&nbsp;d"), [TimedText(1000, 2500, "a <b> & c d")]),
        ("two lines", vtt("hello", "there"), [TimedText(1000, 2500, "hello\nthere")]),
        ("space all over", vtt("  hello   there  "), ONE),
        ("a script", vtt("<script>alert(1)</script>hello there"), [TimedText(1000, 2500, "alert(1)hello there")]),
        ("an escaped script", vtt("&lt;script&gt;x"), [TimedText(1000, 2500, "<script>x")]),
        ("Latin-1", "1\n00:00:01,000 --> 00:00:02,500\nGrüße, Übung\n".encode("latin-1"),
         [TimedText(1000, 2500, "Grüße, Übung")]),
        ("Windows quotes", b"1\n00:00:01,000 --> 00:00:02,500\n\x93hello\x94\n", [TimedText(1000, 2500, "“hello”")]),
        ("NULs inside", VTT.replace("hello", "he\x00llo").encode(), ONE),
        ("control signs inside", vtt("he\x07llo \u202ethere"), ONE),
        ("ends before it starts", b"WEBVTT\n\n00:05.000 --> 00:02.000\nn\n\n00:01.000 --> 00:02.500\nhello there", ONE),
        ("takes no time", b"WEBVTT\n\n00:05.000 --> 00:05.000\nno\n\n00:01.000 --> 00:02.500\nhello there\n", ONE),
        ("says nothing", b"WEBVTT\n\n00:05.000 --> 00:06.000\n   \n\n00:01.000 --> 00:02.500\nhello there\n", ONE),
        ("lasts for days", b"WEBVTT\n\n00:05.000 --> 99:00:06.000\nno\n\n00:01.000 --> 00:02.500\nhello there\n", ONE),
        ("out of order", b"WEBVTT\n\n00:03.000 --> 00:04.000\nb\n\n00:01.000 --> 00:02.500\nhello there\n",
         [*ONE, TimedText(3000, 4000, "b")]),
        ("joined letters", vtt("می\u200cخواهم"), [TimedText(1000, 2500, "می\u200cخواهم")]),
        ("arrow in the text", vtt("a -> b"), [TimedText(1000, 2500, "a -> b")]),
        ("less than", vtt("1 &lt; 2"), [TimedText(1000, 2500, "1 < 2")]),
    ],
)  # fmt: skip
def test_a_file_of_whatever_make_is_read(name: str, content: bytes, cues: list[TimedText]) -> None:
    assert read(content) == cues, name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty", b""),
        ("only space", b" \n\n "),
        ("only a header", b"WEBVTT\n"),
        ("text", b"not captions at all"),
        ("binary", bytes(range(256)) * 40),
        ("a video", b"\0\0\0\x18ftypisom" + b"\0" * 5000),
        ("no cue that could be shown", b"WEBVTT\n\n00:05.000 --> 00:02.000\nno\n"),
        ("JSON", b'{"cues": []}'),
        ("a web page", b"<html><script>alert(1)</script></html>"),
        ("ASS", b"[Script Info]\n\n[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,hi\n"),
        ("6 MB", VTT.encode() + b"x" * (6 << 20)),
        ("times out of this world", b"WEBVTT\n\n9999999999:00:01.000 --> 99999999999:00:02.500\nno\n"),
        ("a number of 5,000 digits", b"1\n" + b"9" * 5000 + b":00:01,000 --> 00:00:02,500\nno\n"),
    ],
)
def test_what_holds_no_captions_is_refused_in_words(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        read(content)
    assert caught.value.code == "bad-captions"
    assert caught.value.errors["captions"]


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


def test_a_cue_without_end_is_cut() -> None:
    (cue,) = read(vtt("x" * 100_000))
    assert len(cue.text) == LONGEST_TEXT


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
