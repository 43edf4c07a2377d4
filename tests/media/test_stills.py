import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageSequence

from kb.errors import ToolFailed
from kb.media.kinds import Kind
from kb.media.probe import Probe
from kb.media.rendition import Storyboard, quick, render
from kb.media.stills import poster, preview, preview_moments_ms, still, storyboard_vtt

pytestmark = pytest.mark.usefixtures("tools")

Probed = tuple[Path, Kind, Probe]
Give = Callable[[str | Path], Probed]


def colour_of(image: Path) -> str:
    """Which of the three is the strongest in its middle."""
    with Image.open(image) as opened:
        assert opened.format == "WEBP"
        pixel: Any = opened.convert("RGB").getpixel((opened.width // 2, opened.height // 2))
    return ("red", "lime", "blue")[pixel.index(max(pixel))]


@pytest.fixture(scope="module")
def three_colours(ffmpeg: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red, lime from 1 s, blue from 2.5 s, and no picture after that until the sound ends at 6 s."""
    path = tmp_path_factory.mktemp("colours") / "three.mkv"
    graph = (
        "color=red:s=640x360:r=10:d=1[a];color=lime:s=640x360:r=10:d=1.5[b];color=blue:s=640x360:r=10:d=1[c];"
        "[a][b][c]concat=n=3,mpdecimate[v]"
    )
    options = ["-map", "[v]", "-map", "0", "-fps_mode", "vfr", "-c:v", "libvpx", "-c:a", "libopus"]
    ffmpeg("-f", "lavfi", "-i", "sine=d=6", "-filter_complex", graph, *options, path)
    return path


@pytest.fixture(scope="module")
def versions(three_colours: Path, probed: Give, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What stills are taken from: the quick copy and the rendition."""
    folder = tmp_path_factory.mktemp("versions")
    path, kind, found = probed(three_colours)
    made, rendered = quick(path, kind, found, folder), render(path, kind, found, folder, encode=True)
    assert made
    assert rendered.video
    return {"quick": made.path, "rendition": rendered.video}


@pytest.mark.parametrize("version", ["quick", "rendition"])
@pytest.mark.parametrize(
    ("at_ms", "colour"),
    [
        (0, "red"),
        (900, "red"),
        (1100, "lime"),
        (2400, "lime"),
        (2600, "blue"),
        (4000, "blue"),
        (5999, "blue"),
        (9000, "blue"),
    ],
)
def test_a_still_is_what_was_on_the_screen_however_long_before_it_came(
    versions: dict[str, Path], tmp_path: Path, version: str, at_ms: int, colour: str
) -> None:
    out = tmp_path / "still.webp"
    still(versions[version], at_ms, out)
    assert colour_of(out) == colour
    assert list(tmp_path.iterdir()) == [out]


def test_a_still_has_the_width_asked_for_and_is_never_blown_up(versions: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "still.webp"
    for width, size in ((480, (480, 270)), (1280, (640, 360))):
        still(versions["rendition"], 500, out, width=width)
        with Image.open(out) as image:
            assert image.size == size


@pytest.mark.parametrize("version", ["quick", "rendition"])
def test_a_preview_shows_a_second_from_each_moment(versions: dict[str, Path], tmp_path: Path, version: str) -> None:
    out = tmp_path / "preview.webp"
    preview(versions[version], [2000, 4500, 0], out, width=240)
    shown: list[tuple[str, int]] = []
    with Image.open(out) as moving:
        assert moving.size == (240, 136)
        for picture in ImageSequence.Iterator(moving):
            pixel: Any = picture.convert("RGB").getpixel((120, 68))
            colour = ("red", "lime", "blue")[pixel.index(max(pixel))]
            shown += [(colour, round(moving.info["duration"]))]
    lasts = [(colour, sum(ms for _, ms in held)) for colour, held in itertools.groupby(shown, key=lambda each: each[0])]
    # Lime until 2.5 s, the blue that stays to the end, and red again.
    assert [colour for colour, _ in lasts] == ["lime", "blue", "red"]
    # An eighth of a second is a picture.
    assert [ms for _, ms in lasts] == pytest.approx([500, 1500, 1000], abs=125)
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    ("scenes_ms", "duration_ms", "moments_ms"),
    [
        ([0], 60_000, [7000, 22_000, 37_000, 52_000]),
        ([0, 20_000, 25_000, 50_000], 60_000, [7000, 25_000, 37_000, 50_000]),
        # A scene that ends with its part is left out, and what is short is shown whole.
        ([0, 14_500], 60_000, [7000, 22_000, 37_000, 52_000]),
        ([0], 2500, [125, 1375]),
        ([0], 700, [0]),
        ([], 1, [0]),
    ],
)
def test_a_preview_is_spread_over_the_recording_and_its_scenes(
    scenes_ms: list[int], duration_ms: int, moments_ms: list[int]
) -> None:
    assert preview_moments_ms(scenes_ms, duration_ms) == pytest.approx(moments_ms, abs=1)


def test_a_still_of_what_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a video")
    with pytest.raises(ToolFailed) as caught:
        still(tmp_path / "text", 0, tmp_path / "still.webp")
    assert caught.value.code == "unreadable"


# -- the poster ----------------------------------------------------------------------------------------------


def test_the_poster_is_taken_from_the_moment_that_it_names(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    path = tmp_path / "blank-first.mp4"
    graph = "color=white:s=1600x900:r=5:d=2[a];testsrc2=s=1600x900:r=5:d=2[b];[a][b]concat=n=2[v]"
    ffmpeg("-filter_complex", graph, "-map", "[v]", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path)
    rendered = render(*probed(path), tmp_path, encode=True)
    assert rendered.frames
    assert rendered.video
    at_ms = poster(rendered.frames, rendered.video, tmp_path / "poster.webp")
    assert 2000 <= at_ms < 4000
    with Image.open(tmp_path / "poster.webp") as image:
        assert image.size == (1280, 720)
        assert image.convert("L").entropy() > 2


# -- the storyboard ------------------------------------------------------------------------------------------

CUE = re.compile(r"(\d\d:\d\d:\d\d\.\d{3}) --> (\d\d:\d\d:\d\d\.\d{3})\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)")


def board(tiles: int, duration_ms: int, interval_ms: int = 1000) -> Storyboard:
    sheets = (Path("a.webp"), Path("b.webp"))
    return Storyboard(sheets, interval_ms, 192, 108, columns=3, rows=2, tiles=tiles, duration_ms=duration_ms)


def test_the_storyboard_names_for_each_time_a_part_of_a_sheet() -> None:
    text = storyboard_vtt(board(tiles=8, duration_ms=7400), lambda sheet: f"/sheets/{sheet}.webp")
    header, *cues = text.rstrip("\n").split("\n\n")
    assert header == "WEBVTT"
    found = [match.groups() for cue in cues if (match := CUE.fullmatch(cue))]
    assert len(found) == len(cues) == 8
    assert found[0] == ("00:00:00.000", "00:00:01.000", "/sheets/0.webp", "0", "0", "192", "108")
    assert found[4] == ("00:00:04.000", "00:00:05.000", "/sheets/0.webp", "192", "108", "192", "108")
    assert found[7] == ("00:00:07.000", "00:00:07.400", "/sheets/1.webp", "192", "0", "192", "108")
    assert all(earlier[1] == later[0] for earlier, later in itertools.pairwise(found))


def test_times_beyond_an_hour_are_written_out() -> None:
    text = storyboard_vtt(board(tiles=2, duration_ms=7_322_001, interval_ms=3_661_001), lambda sheet: "s.webp")
    assert "01:01:01.001 --> 02:02:02.001\n" in text


def test_all_tiles_lie_on_the_sheet(probed: Give, tmp_path: Path) -> None:
    storyboard = render(*probed("still-ending.mp4"), tmp_path, encode=False).storyboard
    assert storyboard
    with Image.open(storyboard.sheets[0]) as sheet:
        width, height = sheet.size
    for match in CUE.finditer(storyboard_vtt(storyboard, lambda sheet: "s.webp")):
        left, top, across, down = map(int, match.groups()[3:])
        assert left + across <= width
        assert top + down <= height
