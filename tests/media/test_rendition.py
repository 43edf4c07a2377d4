import array
import hashlib
import math
import re
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kb.errors import ToolFailed
from kb.media.frames import FRAME_SIZE
from kb.media.kinds import MP4, Kind
from kb.media.probe import Probe, measure
from kb.media.rendition import Rendered, render
from kb.media.run import Stopped
from tests.media.conftest import FFMPEG

pytestmark = pytest.mark.usefixtures("tools")

Probed = tuple[Path, Kind, Probe]
Give = Callable[[str | Path], Probed]
Look = Callable[..., dict[str, Any]]


def video_of(found: dict[str, Any]) -> dict[str, Any]:
    return next(stream for stream in found["streams"] if stream["codec_type"] == "video")


def frames_of(rendered: Rendered) -> list[bytes]:
    assert rendered.frames
    size = FRAME_SIZE[0] * FRAME_SIZE[1]
    content = rendered.frames.read_bytes()
    assert len(content) % size == 0
    return [content[at : at + size] for at in range(0, len(content), size)]


def samples_of(wav: Path | None) -> "array.array[int]":
    assert wav
    with wave.open(str(wav)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        return array.array("h", sound.readframes(sound.getnframes()))


def strength(samples: "array.array[int]", hertz: float) -> float:
    """How much of one tone is in it, 0 to 1."""
    turn = 2 * math.pi * hertz / 16000
    real = sum(sample * math.cos(turn * at) for at, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * at) for at, sample in enumerate(samples))
    return 2 * math.hypot(real, imaginary) / len(samples) / 32768


def contents(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_one_decode_makes_video_frames_storyboard_and_sound(probed: Give, look: Look, tmp_path: Path) -> None:
    rendered = render(*probed("h264-aac.mp4"), tmp_path, encode=True)
    assert sorted(contents(tmp_path)) == ["audio.wav", "frames.gray", "storyboard-0.webp", "video.mp4"]
    assert rendered.video
    found = look(rendered.video)
    video = video_of(found)
    assert (video["codec_name"], video["profile"], video["pix_fmt"]) == ("h264", "High", "yuv420p")
    assert (video["width"], video["height"]) == (rendered.width, rendered.height) == (320, 180)
    assert float(found["format"]["duration"]) == pytest.approx(2, abs=0.05)
    assert len(frames_of(rendered)) == 4
    assert len(samples_of(rendered.wav)) == pytest.approx(32000, abs=800)
    assert strength(samples_of(rendered.wav)[8000:16000], 440) > 0.05
    assert rendered.note is None
    content = rendered.video.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_without_encode_there_is_no_video_but_all_else(probed: Give, tmp_path: Path) -> None:
    rendered = render(*probed("h264-aac.mp4"), tmp_path, encode=False)
    assert rendered.video is None
    assert (rendered.width, rendered.height) == (320, 180)
    assert sorted(contents(tmp_path)) == ["audio.wav", "frames.gray", "storyboard-0.webp"]


def test_a_still_ending_without_sound_keeps_its_length(probed: Give, look: Look, tmp_path: Path) -> None:
    path, kind, found = probed("still-ending.mp4")
    rendered = render(path, kind, found, tmp_path, encode=True)
    assert rendered.duration_ms == 30_500
    assert rendered.video
    result = look(rendered.video)
    assert float(result["format"]["duration"]) == pytest.approx(30.5, abs=0.01)
    assert float(video_of(result)["duration"]) == pytest.approx(30.5, abs=0.01)
    # Players end with the last picture, so there must be one at the end; and what repeats was dropped all the same.
    measured = measure(rendered.video, MP4)
    assert measured.last_picture_us > 30_400_000
    assert measured.video_frames < 120
    assert len(frames_of(rendered)) == 61
    assert rendered.storyboard
    assert rendered.storyboard.tiles == 31


def test_a_browsers_1000_pictures_a_second_stay_what_they_are(probed: Give, look: Look, tmp_path: Path) -> None:
    path, kind, found = probed("browser-1000fps.webm")
    source = measure(path, kind, found)
    rendered = render(path, kind, found, tmp_path, encode=True)
    assert rendered.video
    assert rendered.duration_ms == source.duration_ms
    result = measure(rendered.video, MP4)
    assert result.video_frames <= source.video_frames
    assert result.duration_ms == pytest.approx(source.duration_ms, abs=20)
    # 4.0 is what phones of the last ten years play; 1000 a second would claim 6.2.
    assert video_of(look(rendered.video))["level"] <= 40


def test_pictures_keep_their_times(probed: Give, look: Look, tmp_path: Path) -> None:
    rendered = render(*probed("browser-1000fps.webm"), tmp_path, encode=True)
    assert rendered.video

    def times(path: Path) -> list[float]:
        return sorted(float(packet["pts_time"]) for packet in look(path, "-show_packets")["packets"])

    source = times(probed("browser-1000fps.webm")[0])
    assert all(min(abs(at - other) for other in source) < 0.002 for at in times(rendered.video))


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("odd.mkv", (320, 180)),
        ("big.mp4", (1728, 1080)),
        ("upright.mp4", (360, 640)),
        ("browser-1000fps.webm", (320, 182)),
        ("moving.gif", (160, 90)),
        ("mpeg4.avi", (320, 180)),
        ("theora.ogv", (320, 180)),
        ("flash.flv", (320, 180)),
        ("camera.ts", (320, 180)),
        ("quicktime.mov", (320, 180)),
        ("phone.3gp", (320, 180)),
    ],
)
def test_every_recording_becomes_even_fits_the_box_and_is_never_blown_up(
    probed: Give, look: Look, tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    rendered = render(*probed(name), tmp_path, encode=True)
    assert rendered.video
    video = video_of(look(rendered.video))
    assert (video["width"], video["height"]) == (rendered.width, rendered.height) == size
    assert video["pix_fmt"] == "yuv420p"
    assert video["sample_aspect_ratio"] == "1:1"


def test_a_turned_recording_is_upright_and_not_turned_again(
    probed: Give, look: Look, clip: Callable[[str], Path], turned: Callable[..., Path], tmp_path: Path
) -> None:
    path, kind, found = probed(turned(clip("silent.mp4"), 90, tmp_path / "turned.mp4"))
    out = tmp_path / "out"
    out.mkdir()
    rendered = render(path, kind, found, out, encode=True)
    assert rendered.video
    video = video_of(look(rendered.video))
    assert (video["width"], video["height"]) == (180, 320)
    assert "rotation" not in str(video)
    assert rendered.storyboard
    assert rendered.storyboard.tile_height > rendered.storyboard.tile_width


def test_a_window_that_was_resized_while_recording_keeps_its_shape_and_its_clock(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    quick = ["-c:v", "libx264", "-preset", "ultrafast"]
    ffmpeg("-f", "lavfi", "-i", "color=red:s=320x180:r=10:d=3", *quick, tmp_path / "a.ts")
    ffmpeg("-f", "lavfi", "-i", "color=lime:s=180x180:r=10:d=3", "-output_ts_offset", 3, *quick, tmp_path / "b.ts")
    both = tmp_path / "both.ts"
    both.write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    out = tmp_path / "out"
    out.mkdir()
    rendered = render(*probed(both), out, encode=True)
    assert (rendered.width, rendered.height) == (320, 180)
    assert len(frames_of(rendered)) == 12
    assert rendered.storyboard
    with Image.open(rendered.storyboard.sheets[0]) as sheet:
        picture = sheet.convert("RGB")
    for tile, colour in enumerate("rrrggg"):
        middle = picture.getpixel((tile * 192 + 96, 54))
        assert isinstance(middle, tuple)
        assert middle["rgb".index(colour)] > 150
    # Bars at the sides rather than a picture pulled wide.
    assert max(picture.getpixel((4 * 192 + 10, 54)) or (255,)) < 40  # type: ignore[arg-type, type-var]


def test_a_storyboard_shows_what_was_on_at_the_time_also_with_two_pictures_in_all(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    rare = tmp_path / "rare.mkv"
    graph = "color=red:s=320x180:r=10:d=2.5[a];color=lime:s=320x180:r=10:d=3[b];[a][b]concat,mpdecimate[v]"
    sound = ["-f", "lavfi", "-i", "sine=d=5.5"]
    ffmpeg(*sound, "-filter_complex", graph, "-map", "[v]", "-map", "0", "-fps_mode", "vfr", rare)
    path, kind, found = probed(rare)
    assert measure(path, kind, found).video_frames == 2
    out = tmp_path / "out"
    out.mkdir()
    board = render(path, kind, found, out, encode=False).storyboard
    assert board
    assert (board.tiles, board.interval_ms, board.columns, board.rows) == (6, 1000, 6, 1)
    with Image.open(board.sheets[0]) as sheet:
        assert sheet.size == (6 * 192, 108)
        picture = sheet.convert("RGB")
    shown = ["red" if picture.getpixel((tile * 192 + 96, 54))[0] > 150 else "lime" for tile in range(6)]  # type: ignore[index]
    assert shown == ["red", "red", "red", "lime", "lime", "lime"]


def test_a_long_recording_has_a_hundred_tiles_on_one_sheet(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    long = tmp_path / "long.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=1:d=150.5", "-preset", "ultrafast", "-pix_fmt", "yuv420p", long)
    out = tmp_path / "out"
    out.mkdir()
    path, kind, found = probed(long)
    board = render(path, kind, found, out, encode=False).storyboard
    assert board
    assert board.tiles == 100
    assert board.interval_ms * 100 >= board.duration_ms > board.interval_ms * 99
    with Image.open(board.sheets[0]) as sheet:
        assert sheet.size == (1920, 10 * board.tile_height)


def test_two_sounds_are_heard_at_once(probed: Give, look: Look, tmp_path: Path) -> None:
    rendered = render(*probed("h264-two-sounds.mkv"), tmp_path, encode=True)
    samples = samples_of(rendered.wav)[8000:16000]
    assert strength(samples, 440) > 0.05
    assert strength(samples, 880) > 0.05
    assert rendered.video
    assert [stream["codec_type"] for stream in look(rendered.video)["streams"]].count("audio") == 1


def loudness_of(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBFS, by another run of ffmpeg."""
    measure = [FFMPEG, "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(measure, check=True, capture_output=True, text=True, timeout=60).stderr
    *_, loudness = re.findall(r"I: +(\S+) LUFS", said)
    *_, peak = re.findall(r"Peak: +(\S+) dBFS", said)
    return float(loudness), float(peak)


@pytest.mark.parametrize(("volume", "wanted"), [("-8dB", -16.0), ("20dB", -16.0), ("-60dB", None)])
def test_what_is_encoded_is_as_loud_as_other_recordings(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path, volume: str, wanted: float | None
) -> None:
    # Speech has peaks: a tone that swells and fades has them, too.
    voice = f"sine=f=300:d=6,tremolo=f=2:d=0.9,volume={volume}"
    path, out = tmp_path / "voice.mkv", tmp_path / "out"
    out.mkdir()
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=6", "-f", "lavfi", "-i", voice, "-c:a", "flac", path)
    rendered = render(*probed(path), out, encode=True)
    assert rendered.video
    loudness, peak = loudness_of(rendered.video)
    assert peak < -1
    if wanted is None:
        assert rendered.note
        assert "Nothing can be heard" in rendered.note
        assert loudness < -50
    else:
        assert loudness == pytest.approx(wanted, abs=1)


def test_its_scenes_are_told(probed: Give, ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    path, out = tmp_path / "two.mp4", tmp_path / "out"
    out.mkdir()
    graph = "color=white:s=640x360:r=5:d=4[a];color=black:s=640x360:r=5:d=4[b];[a][b]concat=n=2[v]"
    ffmpeg("-filter_complex", graph, "-map", "[v]", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path)
    assert render(*probed(path), out, encode=False).scenes_ms == [0, 4000]


def test_sound_that_begins_late_keeps_its_time(probed: Give, tmp_path: Path) -> None:
    samples = samples_of(render(*probed("late-sound.mkv"), tmp_path, encode=False).wav)
    assert max(map(abs, samples[:6400])) < 100
    assert strength(samples[12000:20000], 440) > 0.05


def test_the_first_picture_stands_from_the_start_where_the_sound_began_before_it(
    probed: Give, look: Look, tmp_path: Path
) -> None:
    rendered = render(*probed("late-picture.mkv"), tmp_path, encode=True)
    assert rendered.video
    packets = look(rendered.video, "-show_packets", "-select_streams", "v")["packets"]
    assert float(packets[0]["pts_time"]) == 0
    assert float(packets[1]["pts_time"]) == pytest.approx(0.7, abs=0.03)


def test_a_recording_cut_short_is_taken_with_a_note(
    probed: Give, look: Look, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    whole, cut, out = tmp_path / "whole.mp4", tmp_path / "cut.mp4", tmp_path / "out"
    out.mkdir()
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=8", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    ffmpeg(*picture, "-movflags", "+faststart", whole)
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    path, kind, found = probed(cut)
    assert found.duration_ms == 8000
    rendered = render(path, kind, found, out, encode=True)
    assert 2500 < rendered.duration_ms < 6000
    assert rendered.note
    assert "cut short" in rendered.note
    assert rendered.video
    assert float(look(rendered.video)["format"]["duration"]) == pytest.approx(rendered.duration_ms / 1000, abs=0.2)


def test_a_browsers_recording_cut_in_the_middle_is_taken(probed: Give, tmp_path: Path) -> None:
    content = probed("browser.webm")[0].read_bytes()
    cut, out = tmp_path / "cut.webm", tmp_path / "out"
    cut.write_bytes(content[: len(content) * 2 // 3])
    out.mkdir()
    rendered = render(*probed(cut), out, encode=True)
    assert 800 < rendered.duration_ms < 1900
    assert rendered.video


@pytest.mark.parametrize(
    ("shape", "size"), [("1x400", (2, 400)), ("400x1", (400, 2)), ("16x900", (16, 900)), ("3840x64", (1920, 32))]
)
def test_strange_shapes_are_taken(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path, shape: str, size: tuple[int, int]
) -> None:
    path, out = tmp_path / "strange.mkv", tmp_path / "out"
    out.mkdir()
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={shape}:r=5:d=1,format=yuv444p", path)
    rendered = render(*probed(path), out, encode=True)
    assert (rendered.width, rendered.height) == size
    assert rendered.storyboard
    with Image.open(rendered.storyboard.sheets[0]) as sheet:
        assert sheet.size == (rendered.storyboard.tile_width, rendered.storyboard.tile_height)


def test_sound_that_changes_from_one_channel_to_two_goes_on(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    encoder = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-shortest"]
    for name, channels, offset in (("a", 1, 0), ("b", 2, 2)):
        picture, sound = "testsrc2=s=160x90:r=10:d=2", "sine=f=440:d=2"
        inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-ac", channels]
        ffmpeg(*inputs, *encoder, "-output_ts_offset", offset, tmp_path / f"{name}.ts")
    both, out = tmp_path / "both.ts", tmp_path / "out"
    both.write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    out.mkdir()
    rendered = render(*probed(both), out, encode=True)
    assert len(frames_of(rendered)) == math.ceil(rendered.duration_ms / 500)
    assert rendered.duration_ms == pytest.approx(4000, abs=60)
    samples = samples_of(rendered.wav)
    assert len(samples) == pytest.approx(4 * 16000, abs=2000)
    assert strength(samples[44_000:52_000], 440) > 0.05


def test_nothing_of_the_sources_tags_is_kept(
    probed: Give, look: Look, ffmpeg: Callable[..., None], clip: Callable[[str], Path], tmp_path: Path
) -> None:
    tagged, out = tmp_path / "tagged.mp4", tmp_path / "out"
    out.mkdir()
    tags = ["-metadata", "title=canary", "-metadata", "location=+51.5/", "-metadata:s:v", "handler_name=canary"]
    ffmpeg("-i", clip("h264-aac.mp4"), "-c", "copy", *tags, tagged)
    rendered = render(*probed(tagged), out, encode=True)
    assert rendered.video
    assert "canary" not in str(look(rendered.video))
    assert b"51.5" not in rendered.video.read_bytes()


def test_it_makes_the_same_bytes_twice_also_over_older_ones(probed: Give, tmp_path: Path) -> None:
    given = probed("browser.webm")
    render(*given, tmp_path, encode=True)
    first = contents(tmp_path)
    render(*given, tmp_path, encode=True)
    assert contents(tmp_path) == first


def test_it_says_how_far_it_is_while_it_works_and_not_at_the_end_alone(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    told: list[float] = []
    heavy = tmp_path / "heavy.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=12", "-c:v", "libx264", "-preset", "ultrafast", heavy)
    render(*probed(heavy), tmp_path, encode=True, on_progress=told.append)
    assert told == sorted(told)
    assert any(0.1 < share < 0.9 for share in told)
    assert all(0 <= share <= 1 for share in told)


def test_a_stop_comes_through_at_once_and_leaves_nothing(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    heavy, out = tmp_path / "heavy.mp4", tmp_path / "out"
    out.mkdir()
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=30:d=3", "-preset", "ultrafast", heavy)
    path, kind, found = probed(heavy)
    wished: list[bool] = []

    def should_stop() -> bool:
        wished.append(any(out.glob(".unfinished-*/frames.gray")))
        return wished[-1]

    with pytest.raises(Stopped):
        render(path, kind, found, out, encode=True, should_stop=should_stop)
    assert wished.count(True) == 1, "nobody had to ask twice"
    assert list(out.iterdir()) == []


def test_pictures_that_can_not_be_decoded_are_unreadable_and_leave_nothing(probed: Give, tmp_path: Path) -> None:
    path, kind, found = probed("silent.mp4")
    content = bytearray(path.read_bytes())
    at, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[at:end] = bytes(end - at)
    (tmp_path / "broken.mp4").write_bytes(content)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(ToolFailed) as caught:
        render(tmp_path / "broken.mp4", kind, found, out, encode=True)
    assert caught.value.permanent
    assert caught.value.code == "unreadable"
    assert list(out.iterdir()) == []
