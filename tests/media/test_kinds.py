from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.media.kinds import ALL, EXTENSIONS, HEAD_BYTES, MP4, WEBM, by_name, describe, fits, sniff


def head_of(path: Path) -> bytes:
    return path.read_bytes()[:HEAD_BYTES]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("browser.webm", "webm"),
        ("vp9.webm", "webm"),
        ("h264-opus.mkv", "matroska"),
        ("h264-aac.mp4", "mp4"),
        ("apple.m4v", "m4v"),
        ("phone.3gp", "3gp"),
        ("quicktime.mov", "mov"),
        ("mpeg4.avi", "avi"),
        ("flash.flv", "flv"),
        ("camera.ts", "mpegts"),
        ("moving.gif", "gif"),
        ("theora.ogv", "ogg"),
    ],
)
def test_a_recording_is_known_by_its_first_bytes(clip: Callable[[str], Path], name: str, kind: str) -> None:
    found = sniff(head_of(clip(name)))
    assert found
    assert found.name == kind


@pytest.mark.parametrize("first", [b"free", b"skip", b"wide"])
def test_quicktime_without_a_file_type_is_known_by_its_boxes(clip: Callable[[str], Path], first: bytes) -> None:
    head = bytearray(head_of(clip("quicktime.mov")))
    head[4:8] = first
    found = sniff(bytes(head))
    assert found
    assert found.name == "mov"


def test_a_camcorders_packets_with_a_time_before_each_are_mpeg_ts(clip: Callable[[str], Path]) -> None:
    packets = head_of(clip("camera.ts"))
    head = b"".join(b"\0\0\0\0" + packets[at : at + 188] for at in range(0, 3760, 188))
    assert sniff(head) == by_name("mpegts")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("tone.wav", "an audio file"),
        ("tone.mp3", "an audio file"),
        ("tone.m4a", "an audio file"),
        ("tone.ogg", "an audio file"),
        ("red.png", "a picture"),
    ],
)
def test_sound_and_pictures_are_no_recordings(clip: Callable[[str], Path], name: str, words: str) -> None:
    head = head_of(clip(name))
    assert sniff(head) is None
    assert describe(head) == words


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"", "an empty file"),
        (b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "a playlist"),
        (b"\xef\xbb\xbf#EXTM3U\n", "a playlist"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "a playlist"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\n", "a playlist"),
        (b'<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>', "a playlist"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "a picture"),
        (b"\0\0\0\x20ftypheic\0\0\0\0", "a picture"),
        (b"\0\0\0\x20ftypavif\0\0\0\0", "a picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"<!DOCTYPE html><title>x</title>", "a web page"),
        (b"PK\x03\x04\x14\0", "a ZIP archive or an office document"),
        (b"\x7fELF\x02\x01", "a program"),
        (b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n", "a subtitle file"),
        ("Grüße aus der Küche".encode(), "a text file"),
        (b"x" * (HEAD_BYTES - 1) + "ü".encode()[:1], "a text file"),
        (b"\0\x01\x02\x03nothing that anybody knows\0", "a file of an unknown kind"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x84ebml", "a file of an unknown kind"),
        (b"RIFF\x24\0\0\0AVIX", "a file of an unknown kind"),
    ],
)
def test_what_is_no_recording_is_named_for_a_colleague(head: bytes, words: str) -> None:
    assert sniff(head) is None
    assert describe(head) == words


def test_four_letters_in_a_text_do_not_make_a_recording() -> None:
    assert sniff(b"The free mdat of moov and wide, which is text.") is None
    assert sniff(b"I'm free to go wherever I like, and this goes on") is None


@given(st.binary(max_size=600))
def test_no_bytes_break_it(head: bytes) -> None:
    assert sniff(head) is None or sniff(head) in ALL
    assert describe(head).startswith(("a ", "an "))


STARTS = [b"\x1a\x45\xdf\xa3", b"\0\0\0\x08free", b"\0\0\0\x08wide", b"OggS", b"\x47", b"FLV\x01"]


@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_no_bytes_after_a_true_beginning_break_it(start: bytes, rest: bytes) -> None:
    assert sniff(start + rest) is None or sniff(start + rest) in ALL


def test_every_kind_is_found_again_by_its_name() -> None:
    assert [by_name(kind.name) for kind in ALL] == list(ALL)


def test_a_name_that_says_something_else_is_noticed() -> None:
    assert fits(MP4, "a.MOV")
    assert fits(WEBM, "no extension at all")
    assert not fits(MP4, "recording.avi")
    assert {kind.demuxer for kind in ALL} == set(EXTENSIONS)
