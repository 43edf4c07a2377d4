"""Our own reading of an index against ffprobe's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.errors import ToolFailed
from kb.media.kinds import MP4
from kb.media.muxed import read_mp4, webm_duration_ms
from kb.media.probe import measure

Clips = Callable[[str], Path]
Look = Callable[..., dict[str, Any]]

# Pictures in order and out of it, at a steady and at a wild rate, each a keyframe and hardly one, sound that is longer.
ENCODINGS = {
    "steady": "-f lavfi -i testsrc2=s=160x90:r=25:d=7 -c:v libx264 -g 50 -bf 0",
    "out-of-order": "-f lavfi -i testsrc2=s=160x90:r=25:d=7 -c:v libx264 -g 60 -bf 3",
    "all-keyframes": "-f lavfi -i testsrc2=s=160x90:r=4:d=7 -c:v libx264 -g 1",
    "one-keyframe": "-f lavfi -i testsrc2=s=160x90:r=5:d=7 -c:v libx264 -g 1000 -sc_threshold 0",
    "wild-rate": "-f lavfi -i testsrc2=r=30:d=7 -vf select='not(mod(n*n\\,7))' -fps_mode vfr -c:v libx264 -g 20",
    "long-sound": "-f lavfi -i sine=d=9 -f lavfi -i testsrc2=s=160x90:r=10:d=3 -c:v libx264 -c:a aac",
    "no-h264": "-f lavfi -i testsrc2=s=160x90:r=10:d=3 -c:v mpeg4",
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_it_reads_from_an_mp4_what_all_its_packets_say(ffmpeg: Callable[..., None], tmp_path: Path, name: str) -> None:
    path = tmp_path / "made.mp4"
    ffmpeg(*ENCODINGS[name].split(), "-pix_fmt", "yuv420p", "-movflags", "+faststart", path)
    found, measured = read_mp4(path), measure(path, MP4)
    assert found.duration_ms == pytest.approx(measured.duration_ms, abs=45)
    assert found.keyframe_gap_ms == pytest.approx(measured.keyframe_gap_ms, abs=130)
    assert (found.avc is None) == (name == "no-h264")


def test_it_names_the_codec_as_browsers_do(ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / "made.mp4"
    encoder = "-c:v libx264 -profile:v high -level 4.0 -pix_fmt yuv420p -movflags +faststart"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x90:r=5:d=1", *encoder.split(), path)
    assert read_mp4(path).avc == "avc1.640028"


def test_it_reads_how_long_a_webm_is(clip: Clips, look: Look) -> None:
    path = clip("vp9.webm")
    assert webm_duration_ms(path) == pytest.approx(float(look(path)["format"]["duration"]) * 1000, abs=1)


def test_a_webm_that_does_not_say_how_long_it_is_is_none_of_ours(clip: Clips) -> None:
    with pytest.raises(ToolFailed):
        webm_duration_ms(clip("browser.webm"))


def test_an_mp4_whose_index_does_not_stand_in_front_is_none_of_ours(clip: Clips, tmp_path: Path) -> None:
    whole = clip("silent.mp4").read_bytes()
    assert whole.index(b"mdat") < whole.index(b"moov")
    begun = clip("apple.m4v").read_bytes()[:20]
    for number, content in enumerate((whole, b"", begun, b"\0\0\0\x09moov\0" * 3)):
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(content)
        with pytest.raises(ToolFailed):
            read_mp4(path)
