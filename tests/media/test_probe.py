import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.media.kinds import MATROSKA, MP4, WEBM, Kind
from kb.media.probe import Probe, measure, probe, read

pytestmark = pytest.mark.usefixtures("both_tools")

Probed = tuple[Path, Kind, Probe]
Give = Callable[[str | Path], Probed]
Clip = Callable[[str], Path]


def failure_of(path: Path, kind: Kind) -> ToolFailed:
    with pytest.raises(ToolFailed) as caught:
        probe(path, kind)
    assert caught.value.permanent
    assert str(path) not in caught.value.detail
    return caught.value


def test_the_header_tells_what_is_in_it(probed: Give) -> None:
    _, _, found = probed("h264-aac.mp4")
    assert (found.width, found.height, found.rotation, found.bits) == (320, 180, 0, 8)
    assert (found.video_codec, found.pixel_format, found.video_frames, found.fps) == ("h264", "yuv420p", 20, 10.0)
    assert (found.audio_codec, found.audio_channels, found.audio_streams) == ("aac", 1, 1)
    assert found.duration_ms == pytest.approx(2000, abs=30)
    assert found.bit_rate
    assert found.notes == ()


def test_no_sound_is_none(probed: Give) -> None:
    _, _, found = probed("silent.mp4")
    assert (found.audio_codec, found.audio_channels, found.audio_streams) == (None, 0, 0)


def test_a_browsers_recording_does_not_say_how_long_it_is(probed: Give) -> None:
    path, kind, found = probed("browser.webm")
    assert (found.duration_ms, found.video_frames, found.fps, found.bit_rate) == (None, None, None, None)
    assert found.notes
    measured = measure(path, kind, found)
    assert measured.duration_ms == pytest.approx(2000, abs=60)
    assert measured.video_frames == 20
    assert measured.keyframe_gap_ms == pytest.approx(2000, abs=60)


def test_a_rate_is_counted_and_never_believed(
    probed: Give, look: Callable[..., dict[str, list[dict[str, str]]]]
) -> None:
    path, kind, found = probed("browser-1000fps.webm")
    assert look(path)["streams"][0]["r_frame_rate"] == "1000/1"
    assert measure(path, kind, found).fps == pytest.approx(30, abs=1)


def test_measuring_needs_no_probe_before_it(probed: Give) -> None:
    path, kind, found = probed("h264-aac.mp4")
    assert measure(path, kind) == measure(path, kind, found)


def test_the_last_picture_without_a_duration_stays_as_long_as_the_others(probed: Give) -> None:
    path, kind, found = probed("browser-1000fps.webm")
    measured = measure(path, kind, found)
    assert 0 < measured.duration_ms - measured.last_picture_us / 1000 < 100


@pytest.mark.parametrize(("by", "size"), [(90, (180, 320)), (180, (320, 180)), (270, (180, 320))])
def test_a_turned_recording_has_the_size_that_people_see(
    clip: Clip, turned: Callable[..., Path], tmp_path: Path, by: int, size: tuple[int, int]
) -> None:
    found = probe(turned(clip("silent.mp4"), by, tmp_path / "turned.mp4"), MP4)
    assert found.rotation == by
    assert (found.width, found.height) == size


def test_pixels_that_are_not_square_count_as_displayed(ffmpeg: Callable[..., None], clip: Clip, tmp_path: Path) -> None:
    ffmpeg("-i", clip("silent.mp4"), "-vf", "setsar=2/1", "-c:v", "libx264", tmp_path / "wide.mp4")
    found = probe(tmp_path / "wide.mp4", MP4)
    assert (found.width, found.height) == (640, 180)


def test_ten_bits_are_told_from_eight(ffmpeg: Callable[..., None], clip: Clip, tmp_path: Path) -> None:
    ffmpeg(
        "-i",
        clip("silent.mp4"),
        "-pix_fmt",
        "yuv420p10le",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        tmp_path / "x.mkv",
    )
    assert probe(tmp_path / "x.mkv", MATROSKA).bits == 10


def test_a_name_that_looks_like_an_option_or_an_address_is_a_name(clip: Clip, tmp_path: Path) -> None:
    for name in ("-i", "--help", "http:", "concat:a|b", "pipe:0", "%03d.mp4", "a b'\"$(x)\n.mp4", "@file", "|cat"):
        path = tmp_path / name
        path.write_bytes(clip("silent.mp4").read_bytes())
        assert probe(path, MP4).width == 320, name


def test_a_relative_path_is_found(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clip("silent.mp4").parent)
    assert probe(Path("silent.mp4"), MP4).width == 320


# -- refused in words --------------------------------------------------------------------------------------


def test_sound_alone_is_no_video(clip: Clip) -> None:
    assert failure_of(clip("sound-in.mp4"), MP4).code == "no-picture"


def test_a_cover_picture_makes_no_video_of_a_song(ffmpeg: Callable[..., None], clip: Clip, tmp_path: Path) -> None:
    song = tmp_path / "song.mp4"
    ffmpeg(
        "-i",
        clip("tone.m4a"),
        "-i",
        clip("red.png"),
        "-map",
        0,
        "-map",
        1,
        "-c",
        "copy",
        "-disposition:v",
        "attached_pic",
        song,
    )
    assert failure_of(song, MP4).code == "no-picture"
    ffmpeg("-i", clip("tone.m4a"), "-i", clip("red.png"), "-map", 0, "-map", 1, "-c:a", "copy", "-c:v", "mjpeg", song)
    assert failure_of(song, MP4).code == "no-picture"


def test_a_cover_picture_before_the_video_is_not_taken_for_it(
    ffmpeg: Callable[..., None], clip: Clip, tmp_path: Path
) -> None:
    both = tmp_path / "both.mkv"
    ffmpeg(
        "-i",
        clip("red.png"),
        "-i",
        clip("silent.mp4"),
        "-map",
        0,
        "-map",
        1,
        "-c",
        "copy",
        "-disposition:0",
        "attached_pic",
        both,
    )
    found = probe(both, MATROSKA)
    assert (found.video_codec, found.video_index) == ("h264", 1)


def test_a_gif_that_stands_still_is_a_picture(clip: Clip, probed: Give) -> None:
    _, _, moving = probed("moving.gif")
    assert moving.video_frames == 5
    with pytest.raises(ToolFailed) as caught:
        probed("still.gif")
    assert caught.value.code == "no-picture"


def test_a_giant_picture_is_refused_before_it_takes_memory(
    ffmpeg: Callable[..., None], tmp_path: Path, probed: Give
) -> None:
    giant = tmp_path / "giant.mp4"
    # 41 million pixels in a few KB.
    gray = [
        "-f",
        "lavfi",
        "-i",
        "color=gray:s=6400x6400:r=1:d=1",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-threads",
        "1",
    ]
    ffmpeg(*gray, giant)
    for extension in ("mp4", "mkv", "ts"):
        copied = tmp_path / f"copy.{extension}"
        ffmpeg("-i", giant, "-c", "copy", copied)
        began = time.monotonic()
        with pytest.raises(ToolFailed) as caught:
            probed(copied)
        assert caught.value.code == "picture-too-big"
        assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", MP4),
        (b"not a video at all " * 100, MP4),
        (bytes(range(256)) * 400, WEBM),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm", WEBM),
    ],
)
def test_what_is_no_recording_is_unreadable_whatever_it_was_taken_for(
    tmp_path: Path, content: bytes, kind: Kind
) -> None:
    (tmp_path / "file").write_bytes(content)
    assert failure_of(tmp_path / "file", kind).code == "unreadable"


def test_a_file_cut_before_its_index_says_so(clip: Clip, tmp_path: Path) -> None:
    whole = clip("silent.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 3])
    failure = failure_of(tmp_path / "cut.mp4", MP4)
    assert failure.code == "unreadable"
    assert "cut short" in failure.detail


def test_a_picture_in_an_unknown_form_is_unreadable() -> None:
    stream = {"codec_type": "video", "index": 0, "width": 640, "height": 360, "disposition": {}}
    with pytest.raises(ToolFailed) as caught:
        read({"streams": [stream], "format": {}}, MP4)
    assert caught.value.code == "unreadable"


def test_a_header_without_any_picture_behind_it_is_unreadable(probed: Give, tmp_path: Path) -> None:
    path, kind, found = probed("browser.webm")
    cut = tmp_path / "header.webm"
    cut.write_bytes(path.read_bytes()[:400])
    with pytest.raises(ToolFailed) as caught:
        measure(cut, kind, found)
    assert caught.value.code == "unreadable"


def test_a_look_at_the_header_is_cheap(probed: Give) -> None:
    path, kind, _ = probed("h264-aac.mp4")
    began = time.process_time(), sum(children()[:2])
    probe(path, kind)
    assert time.process_time() - began[0] + sum(children()[:2]) - began[1] < 0.6


def children() -> tuple[float, ...]:
    import resource

    return tuple(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
