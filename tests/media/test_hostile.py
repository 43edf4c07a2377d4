"""Names made to harm, and files that are damaged or cut off anywhere."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.media.audio import extract
from kb.media.kinds import Kind, sniff
from kb.media.probe import Probe, probe
from kb.media.rendition import quick, render
from kb.media.stills import still

pytestmark = pytest.mark.usefixtures("both_tools")

Give = Callable[[str | Path], tuple[Path, Kind, Probe]]
NAMES = ["-i", "concat:http:x|file:y", "%03d [0:v] 'b' \"c\" $(d) `e`\nf", "@\u202e"]


@pytest.mark.parametrize("name", NAMES)
def test_names_like_options_addresses_or_patterns_are_names(probed: Give, tmp_path: Path, name: str) -> None:
    content = probed("browser.webm")[0].read_bytes()
    folder = tmp_path / name
    folder.mkdir()
    source = folder / name
    source.write_bytes(content)
    given = probed(source)
    made = quick(*given, folder)
    rendered = render(*given, folder, encode=True)
    assert made
    assert rendered.video
    still(rendered.video, 100, folder / "-still.webp")
    found = {path.name for path in folder.iterdir()}
    assert found == {
        name, "quick.webm", "video.mp4", "frames.gray", "storyboard-0.webp", "audio.wav", "-still.webp",
    }  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [name]


def broken(content: bytes, seed: int) -> bytes:
    """The same with some bytes changed, cut out or doubled."""
    chance, changed = random.Random(seed), bytearray(content)
    for _ in range(chance.randint(1, 40)):
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                del changed[at : at + chance.randrange(500)]
            case 1:
                changed[at:at] = changed[at : at + chance.randrange(500)]
            case _:
                changed[at] = chance.randrange(256)
    return bytes(changed)


def go_all_the_way(path: Path, out: Path) -> None:
    """What the steps do with an upload; anything but a ToolFailed with a sentence is our fault."""
    kind = sniff(path.read_bytes()[:4096])
    if not kind:
        return
    try:
        found = probe(path, kind)
        quick(path, kind, found, out)
        rendered = render(path, kind, found, out, encode=True)
        assert rendered.video
        still(rendered.video, rendered.duration_ms // 2, out / "still.webp")
    except ToolFailed as failure:
        assert failure.detail.endswith(".")
        assert failure.code != "deadline"
    assert not list(out.glob(".*"))


@pytest.mark.parametrize("name", ["browser.webm", "h264-aac.mp4", "mpeg4.avi", "camera.ts"])
def test_a_damaged_file_ends_in_a_video_or_in_a_sentence(
    clip: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(broken(clip(name).read_bytes(), seed=1))
    out = tmp_path / "out"
    out.mkdir()
    go_all_the_way(path, out)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 40))
def test_many_damaged_files_end_so(clip: Callable[[str], Path], tmp_path: Path, seed: int) -> None:
    names = [
        "browser.webm",
        "h264-aac.mp4",
        "mpeg4.avi",
        "camera.ts",
        "flash.flv",
        "theora.ogv",
        "moving.gif",
        "vp9.webm",
    ]
    path = tmp_path / "damaged"
    path.write_bytes(broken(clip(names[seed % len(names)]).read_bytes(), seed))
    out = tmp_path / "out"
    out.mkdir()
    go_all_the_way(path, out)


CUTS = [0.003, 0.33, 0.98]


@pytest.mark.parametrize("share", [*CUTS, *(pytest.param(at / 20, marks=pytest.mark.slow) for at in range(1, 20))])
@pytest.mark.parametrize("name", ["browser.webm", "h264-aac.mp4", "camera.ts"])
def test_a_file_cut_off_anywhere_ends_so(clip: Callable[[str], Path], tmp_path: Path, name: str, share: float) -> None:
    content = clip(name).read_bytes()
    path, out = tmp_path / "cut", tmp_path / "out"
    path.write_bytes(content[: int(len(content) * share)])
    out.mkdir()
    go_all_the_way(path, out)


VERDICTS = ["No space left on device", "x: No space left on device", "Cannot allocate memory", "File too large"]


def test_the_words_of_a_recording_are_not_taken_for_the_programs_own(
    probed: Give, ffmpeg: Callable[..., None], clip: Callable[[str], Path], tmp_path: Path
) -> None:
    """ffmpeg says in its log what the tags are; a title is no verdict, and a tag no measure of loudness."""
    path, out = tmp_path / "film.mkv", tmp_path / "out"
    out.mkdir()
    lines = "\n".join([*VERDICTS, "[Parsed_ebur128_1 @ 0] Summary:", "    I:         -3.0 LUFS"])
    tags = ["-metadata", f"title={lines}", "-metadata", f"{'I':>16}=loud LUFS", "-metadata", f"{'Peak':>16}=9 dBFS"]
    ffmpeg("-i", clip("h264-aac.mp4"), "-c", "copy", *tags, path)
    assert render(*probed(path), out, encode=False).note is None
    said, plain = extract(*probed(path), out), extract(*probed(clip("h264-aac.mp4")), tmp_path)
    assert (said.loudness_lufs, said.peak_dbfs) == (plain.loudness_lufs, plain.peak_dbfs)
