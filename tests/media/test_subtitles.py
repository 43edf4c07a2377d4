from collections.abc import Callable
from pathlib import Path

import pytest

from kb.media.kinds import Kind
from kb.media.languages import on_the_web
from kb.media.probe import Probe
from kb.media.subtitles import extract
from kb.transcripts.cues import TimedText, read

pytestmark = pytest.mark.usefixtures("tools")

Give = Callable[[str | Path], tuple[Path, Kind, Probe]]

SAID = [TimedText(500, 1250, "Öffne das Menü"), TimedText(1400, 1900, "Klick auf\nSpeichern")]
SRT = "1\n00:00:00,500 --> 00:00:01,250\nÖffne das Menü\n\n2\n00:00:01,400 --> 00:00:01,900\nKlick auf\nSpeichern\n"


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("movie.mp4", "mov_text"),
        ("movie.mov", "mov_text"),
        ("movie.mkv", "subrip"),
        ("styled.mkv", "ass"),
        ("web.mkv", "webvtt"),
        ("web.webm", "webvtt"),
    ],
)
def test_subtitles_inside_a_recording_come_out_as_text_with_their_language(
    probed: Give, ffmpeg: Callable[..., None], clip: Callable[[str], Path], tmp_path: Path, name: str, codec: str
) -> None:
    (tmp_path / "said.srt").write_text(SRT)
    source, out = clip("browser.webm" if name.endswith("webm") else "h264-aac.mp4"), tmp_path / "out"
    copy = ["-c:v", "copy", "-c:a", "copy", "-c:s", codec, "-metadata:s:s", "language=ger"]
    ffmpeg("-i", source, "-i", tmp_path / "said.srt", "-map", "0", "-map", "1", *copy, tmp_path / name)
    out.mkdir()
    path, kind, found = probed(tmp_path / name)
    assert [(track.codec, track.language) for track in found.subtitles] == [(codec, "de")]
    (brought,) = extract(path, kind, found, out)
    assert brought.language == "de"
    said = read(brought.vtt)
    assert [cue.text for cue in said] == [cue.text for cue in SAID]
    # Copied into another container, all may begin as much later as AAC begins before 0.
    assert [cue.start_ms for cue in said] == pytest.approx([cue.start_ms for cue in SAID], abs=30)
    assert list(out.iterdir()) == []


def test_each_track_has_its_own_words(
    probed: Give, ffmpeg: Callable[..., None], clip: Callable[[str], Path], tmp_path: Path
) -> None:
    words = {"eng": "Open the menu", "fre": "Ouvrez le menu"}
    inputs: list[str | Path] = []
    for language, text in words.items():
        (tmp_path / f"{language}.srt").write_text(f"1\n00:00:00,200 --> 00:00:01,000\n{text}\n")
        inputs += ["-i", tmp_path / f"{language}.srt"]
    tags = ["-metadata:s:s:0", "language=eng", "-metadata:s:s:1", "language=fre"]
    maps = ["-map", "0", "-map", "1", "-map", "2", "-c", "copy", "-c:s", "srt"]
    ffmpeg("-i", clip("h264-aac.mp4"), *inputs, *maps, *tags, tmp_path / "both.mkv")
    found = extract(*probed(tmp_path / "both.mkv"), tmp_path)
    assert [(each.language, read(each.vtt)[0].text) for each in found] == [
        ("en", "Open the menu"),
        ("fr", "Ouvrez le menu"),
    ]


def test_a_recording_without_subtitles_has_none(probed: Give, tmp_path: Path) -> None:
    assert extract(*probed("h264-aac.mp4"), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("told", "tag"),
    [("ger", "de"), ("deu", "de"), ("eng", "en"), ("pt-BR", "pt-br"), ("gsw", "gsw"), ("und", ""), ("", "")],
)
def test_languages_are_named_as_the_web_does(told: str, tag: str) -> None:
    assert on_the_web(told) == tag
