import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kb import tools
from kb.errors import ToolFailed
from kb.media.bounds import DECODERS, check
from kb.media.kinds import ALL
from kb.media.packets import Measured
from kb.media.probe import input_options, probe
from kb.media.rendition import render


def of(frames: int, seconds: float) -> Measured:
    return Measured(round(seconds * 1000), frames, frames / seconds, 0, 0, None)


@pytest.mark.parametrize(
    ("width", "height", "measured"),
    [
        (1920, 1080, of(240 * 60, 60)),
        (6016, 3384, of(60 * 60, 60)),
        (320, 180, of(400, 0.001)),
    ],
)
def test_what_cameras_and_screens_make_is_taken(width: int, height: int, measured: Measured) -> None:
    check(width, height, measured)


@pytest.mark.parametrize(
    ("width", "height", "measured"),
    [(16, 16, of(60_000, 60)), (5888, 5888, of(60 * 60, 60)), (16, 16, of(501, 0.001))],
)
def test_more_pictures_than_anybody_sees_are_refused_with_a_way_out(
    width: int, height: int, measured: Measured
) -> None:
    with pytest.raises(ToolFailed, match=r"Record it again at 30 a second, or export it so\.") as caught:
        check(width, height, measured)
    assert (caught.value.code, caught.value.permanent) == ("too-many-pictures", True)


def test_every_input_is_told_its_demuxer_and_decoders_and_to_leave_all_else_alone() -> None:
    for kind in ALL:
        told = input_options(kind)
        assert told["f"] == told["format_whitelist"] == kind.demuxer
        assert told["protocol_whitelist"] == "file,pipe"
        assert told["codec_whitelist"] == DECODERS


def test_every_decoder_on_the_list_is_one_that_some_ffmpeg_has() -> None:
    known: set[str] = set()
    for program in filter(None, (shutil.which("ffmpeg"), *map(str, tools.WHEELS.glob(tools.BROUGHT["ffmpeg"])))):
        said = subprocess.run([program, "-v", "quiet", "-decoders"], capture_output=True, text=True, check=True).stdout
        known |= {line.split()[1] for line in said.splitlines() if len(line.split()) > 1}
    assert not set(DECODERS.split(",")) - known


@pytest.mark.usefixtures("both_tools")
@pytest.mark.parametrize("codec", ["snow", "gif"])
def test_a_decoder_that_no_recorder_needs_is_not_started(
    ffmpeg: Callable[..., None], tmp_path: Path, codec: str
) -> None:
    """Beside it one that is needed, so that the refusal is the list's."""
    path, out = tmp_path / "film.mkv", tmp_path / "out"
    out.mkdir()
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=1", "-c:v", codec, "-strict", -2, path)
    matroska = next(kind for kind in ALL if kind.name == "matroska")
    if codec == "gif":
        assert probe(path, matroska).width == 64
        return
    with pytest.raises(ToolFailed) as caught:
        render(path, matroska, probe(path, matroska), out, encode=True)
    assert caught.value.code == "unreadable"
    assert list(out.iterdir()) == []
