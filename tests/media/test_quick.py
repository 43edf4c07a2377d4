import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.media.kinds import Kind
from kb.media.probe import Probe
from kb.media.rendition import quick
from kb.media.run import Stopped

pytestmark = pytest.mark.usefixtures("tools")

Probed = tuple[Path, Kind, Probe]
Give = Callable[[str | Path], Probed]
Look = Callable[..., dict[str, Any]]
CUES, CLUSTER = bytes.fromhex("1c53bb6b"), bytes.fromhex("1f43b675")


def codecs_of(look: Look, path: Path) -> list[str]:
    return [stream["codec_name"] for stream in look(path)["streams"]]


def pictures_of(look: Look, path: Path) -> list[str]:
    """The packets of the picture by their content: the same ones mean that nothing was encoded."""
    options = ("-show_packets", "-show_data_hash", "md5", "-select_streams", "v")
    return [packet["data_hash"] for packet in look(path, *options)["packets"]]


def test_a_browsers_recording_gets_its_length_and_an_index_in_front(probed: Give, look: Look, tmp_path: Path) -> None:
    path, kind, found = probed("browser.webm")
    made = quick(path, kind, found, tmp_path)
    assert made
    assert made.path == tmp_path / "quick.webm"
    assert made.mime == 'video/webm; codecs="vp8, opus"'
    assert made.duration_ms == pytest.approx(2000, abs=60)
    assert (made.width, made.height) == (320, 180)
    assert not made.is_final
    assert pictures_of(look, made.path) == pictures_of(look, path)
    content = made.path.read_bytes()
    assert 0 < content.index(CUES) < content.index(CLUSTER)


@pytest.mark.parametrize("name", ["h264-aac.mp4", "flash.flv", "camera.ts"])
def test_what_every_browser_plays_is_copied_and_final(probed: Give, look: Look, tmp_path: Path, name: str) -> None:
    made = quick(*probed(name), tmp_path)
    assert made
    assert made.path == tmp_path / "quick.mp4"
    assert made.is_final
    assert made.duration_ms == pytest.approx(2000, abs=80)
    assert codecs_of(look, made.path) == ["h264", "aac"]
    assert len(pictures_of(look, made.path)) == 20
    content = made.path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_its_type_names_the_codecs_as_browsers_ask_for_them(probed: Give, tmp_path: Path) -> None:
    made = quick(*probed("h264-aac.mp4"), tmp_path)
    assert made
    # Constrained Baseline, as x264's ultrafast makes it.
    assert made.mime.startswith('video/mp4; codecs="avc1.42c0')
    assert made.mime.endswith(', mp4a.40.2"')


def test_the_picture_of_a_silent_recording_is_the_same(probed: Give, look: Look, tmp_path: Path) -> None:
    path, kind, found = probed("silent.mp4")
    made = quick(path, kind, found, tmp_path)
    assert made
    assert made.is_final
    assert codecs_of(look, made.path) == ["h264"]
    assert pictures_of(look, made.path) == pictures_of(look, path)


@pytest.mark.parametrize("name", ["h264-opus.mkv", "quicktime.mov"])
def test_sound_that_not_every_browser_plays_is_encoded_alone(
    probed: Give, look: Look, tmp_path: Path, name: str
) -> None:
    made = quick(*probed(name), tmp_path)
    assert made
    assert codecs_of(look, made.path) == ["h264", "aac"]
    assert made.is_final


def test_two_sounds_play_at_once_but_only_one_of_them_so_it_is_not_final(
    probed: Give, look: Look, tmp_path: Path
) -> None:
    made = quick(*probed("h264-two-sounds.mkv"), tmp_path)
    assert made
    assert codecs_of(look, made.path) == ["h264", "aac"]
    assert not made.is_final


@pytest.mark.parametrize("name", ["big.mp4", "heavy.mp4", "rare-keyframes.mp4"])
def test_what_is_too_big_too_heavy_or_hard_to_jump_in_plays_but_is_not_final(
    probed: Give, tmp_path: Path, name: str
) -> None:
    made = quick(*probed(name), tmp_path)
    assert made
    assert not made.is_final


def test_a_turned_recording_stays_turned(
    probed: Give, clip: Callable[[str], Path], turned: Callable[..., Path], tmp_path: Path
) -> None:
    made = quick(*probed(turned(clip("silent.mp4"), 90, tmp_path / "turned.mp4")), tmp_path)
    assert made
    assert (made.width, made.height) == (180, 320)
    assert probed(made.path)[2].rotation == 90


@pytest.mark.parametrize("name", ["mpeg4.avi", "odd.mkv", "moving.gif", "theora.ogv"])
def test_what_no_browser_plays_has_no_quick_copy(probed: Give, tmp_path: Path, name: str) -> None:
    assert quick(*probed(name), tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_it_makes_the_same_bytes_twice_and_nothing_else(probed: Give, tmp_path: Path) -> None:
    for name in ("browser.webm", "h264-opus.mkv"):
        folder = tmp_path / name
        folder.mkdir()
        sums = set()
        for _ in range(2):
            made = quick(*probed(name), folder)
            assert made
            sums.add(hashlib.sha256(made.path.read_bytes()).hexdigest())
            assert list(folder.iterdir()) == [made.path]
        assert len(sums) == 1


def test_a_stop_leaves_nothing(probed: Give, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        quick(*probed("h264-opus.mkv"), tmp_path, should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []
