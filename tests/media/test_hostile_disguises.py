"""Uploads that name other files and addresses: ffmpeg, told as we tell it, opens none; nor can it behind the walls.

First that the bait is good: an ffmpeg that is told less opens it.
"""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.media.kinds import ALL, sniff
from kb.media.launch import confinement
from kb.media.probe import probe
from kb.media.run import Limits, run
from tests.media.disguises import CANARY, FFMPEG, HEADERS, REFERENCES, SCRIPTS, WITHIN, Bait, baited, shows_magenta
from tests.media.guarded import Guarded, Outcome, through

Clips = Callable[[str], Path]
DEMUXERS = {kind.demuxer: kind for kind in ALL}
CARELESS = ["-nostdin", "-v", "error", "-y", "-protocol_whitelist", "file,http,tcp,crypto,data,concat,subfile"]
# What stands for the others where all would take too long.
SOME = ("playlist of a film", "concat script")
ALL_OR_SLOW = [script if script in SOME else pytest.param(script, marks=pytest.mark.slow) for script in SCRIPTS]
# With ffmpeg's options alone, as on a kernel that has no wall; and with every wall, as the tests of uploads do, too.
WALLS = [("landlock", "seccomp"), pytest.param((), marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    with baited(tmp_path_factory.mktemp("bait") / "secret") as laid:
        yield laid


@pytest.fixture(autouse=True)
def nobody_called(bait: Bait) -> Iterator[None]:
    yield
    assert bait.heard == []


def careless(script: str, bait: Bait, tmp_path: Path) -> list[str]:
    """A command that opens what it is told to open, for as long as it plays."""
    path, out = tmp_path / "script.m3u8", tmp_path / "out" / "out.mkv"
    out.parent.mkdir()
    if script in REFERENCES:
        path.write_bytes(REFERENCES[script](bait, lambda _: Path()))
        given = ["-f", "mov", "-enable_drefs", "1", "-use_absolute_path", "1"]
    else:
        path.write_text(SCRIPTS[script](bait))
        given = ["-f", "concat", "-safe", "0"] if script == "concat script" else ["-allowed_extensions", "ALL"]
    return [*CARELESS, *given, "-i", f"file:{path}", "-frames:v", "3", "-c:v", "ffv1", str(out)]


@pytest.mark.parametrize("script", [*SOME, "alias.mov"])
def test_a_careless_program_shows_the_canary(bait: Bait, tmp_path: Path, script: str) -> None:
    subprocess.run([FFMPEG, *careless(script, bait, tmp_path)], check=False, capture_output=True, timeout=60)
    assert shows_magenta(tmp_path / "out" / "out.mkv")
    bait.heard.clear()


def test_a_careless_program_calls(bait: Bait, tmp_path: Path) -> None:
    command = [FFMPEG, *careless("playlist of an address", bait, tmp_path)]
    subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert any(b"/segment.ts" in call for call in bait.heard)
    bait.heard.clear()


@pytest.mark.skipif(not {"files", "no network"} <= set(confinement()), reason="this kernel has no Landlock or seccomp")
@pytest.mark.parametrize("script", [*SOME, "playlist of an address", "alias.mov"])
def test_behind_the_walls_even_a_careless_program_reaches_nothing(bait: Bait, tmp_path: Path, script: str) -> None:
    command, out = careless(script, bait, tmp_path), tmp_path / "out"
    with pytest.raises(ToolFailed) as caught:
        run(["ffmpeg", *command], limits=Limits(deadline_s=20), reads=[tmp_path / "script.m3u8"], writes=[out])
    assert caught.value.code == "tool-failed"
    assert CANARY not in caught.value.log
    assert not shows_magenta(out / "out.mkv")


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("extension", ["mp4", "webm", "avi", "mkv", "m3u8"])
def test_a_script_in_disguise_is_no_recording(bait: Bait, script: str, extension: str) -> None:
    """Whatever its name: we go by its first bytes."""
    assert sniff(SCRIPTS[script](bait).encode()) is None


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_taken_for_a_recording_is_refused(bait: Bait, tmp_path: Path, script: str) -> None:
    path = tmp_path / "film.m3u8"
    path.write_text(SCRIPTS[script](bait))
    for kind in DEMUXERS.values():
        with pytest.raises(ToolFailed) as caught:
            probe(path, kind)
        assert caught.value.permanent
        assert CANARY not in caught.value.log


def check(outcome: Outcome, bait: Bait, out: Path) -> None:
    """Nothing of the canaries anywhere, and nothing where nobody was to write."""
    assert outcome.permanent
    assert outcome.end == "plays" or outcome.detail.endswith(".")
    assert CANARY not in outcome.log
    for made in out.rglob("*"):
        assert CANARY.encode() not in made.read_bytes()
        assert not shows_magenta(made)
    assert not [*bait.words.parent.parent.rglob("escaped*"), *out.parent.rglob("escaped*")]


@pytest.mark.parametrize("script", ALL_OR_SLOW)
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("lacks", WALLS)
def test_a_script_after_a_true_beginning_is_refused(
    guarded: Guarded, bait: Bait, tmp_path: Path, script: str, header: str, lacks: tuple[str, ...]
) -> None:
    path, out = tmp_path / header, tmp_path / "out"
    out.mkdir()
    path.write_bytes(HEADERS[header] + SCRIPTS[script](bait).encode())
    outcome = guarded(through, path, out, lacks=lacks)
    assert outcome.end != "plays"
    check(outcome, bait, out)


@pytest.mark.parametrize("script", ALL_OR_SLOW)
@pytest.mark.parametrize("film", WITHIN)
@pytest.mark.parametrize("lacks", WALLS)
def test_a_script_within_a_film_is_not_followed(
    guarded: Guarded, clip: Clips, bait: Bait, tmp_path: Path, film: str, script: str, lacks: tuple[str, ...]
) -> None:
    path, out = tmp_path / film, tmp_path / "out"
    out.mkdir()
    path.write_bytes(WITHIN[film](SCRIPTS[script](bait).encode(), clip))
    outcome = guarded(through, path, out, lacks=lacks)
    assert outcome.end == "plays", outcome
    check(outcome, bait, out)


@pytest.mark.parametrize("film", REFERENCES)
@pytest.mark.parametrize("lacks", WALLS)
def test_a_film_that_refers_to_others_is_taken_by_itself(
    guarded: Guarded, clip: Clips, bait: Bait, tmp_path: Path, film: str, lacks: tuple[str, ...]
) -> None:
    path, out = tmp_path / film, tmp_path / "out"
    out.mkdir()
    path.write_bytes(REFERENCES[film](bait, clip))
    outcome = guarded(through, path, out, lacks=lacks)
    assert outcome.end in (("plays",) if film.endswith(".mkv") else ("unreadable", "no-picture")), outcome
    check(outcome, bait, out)
