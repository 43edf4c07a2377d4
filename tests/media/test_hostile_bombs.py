"""Files that would be giant, endless or countless: each is refused with a sentence or bounded, and nothing is left."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.media.kinds import by_name
from kb.media.probe import measure
from tests.media.bombs import BOMBS
from tests.media.guarded import Guarded, Outcome, through

Clips = Callable[[str], Path]
CPU_S, PEAK_MB = 20, 1000
MADE = {"quick.mp4", "quick.webm", "video.mp4", "frames.gray", "storyboard-0.webp", "audio.wav", "still.webp"}


@pytest.fixture
def go(guarded: Guarded, ffmpeg: Callable[..., None], clip: Clips, tmp_path: Path) -> Callable[..., Outcome]:
    def went(name: str, **named: str) -> Outcome:
        (tmp_path / "made").mkdir()
        (tmp_path / "out").mkdir()
        outcome: Outcome = guarded(
            through, BOMBS[name].make(ffmpeg, tmp_path / "made", clip), tmp_path / "out", **named
        )
        return outcome

    return went


def check(name: str, outcome: Outcome, out: Path) -> None:
    assert outcome.end in BOMBS[name].ends, outcome
    assert outcome.cpu_s < CPU_S
    assert outcome.peak_mb < PEAK_MB
    assert outcome.permanent
    assert outcome.end == "plays" or outcome.detail.endswith(".")
    assert {path.name for path in out.iterdir()} <= MADE
    # More than the largest honest upload of a few seconds becomes.
    assert sum(path.stat().st_size for path in out.iterdir()) < 200_000_000


def test_pictures_that_are_never_shown_are_not_counted_without_end(
    ffmpeg: Callable[..., None], clip: Clips, tmp_path: Path
) -> None:
    film = BOMBS["400,000 cuts in 5 MB"].make(ffmpeg, tmp_path, clip)
    with pytest.raises(ToolFailed) as failed:
        measure(film, by_name("mp4"))
    assert (failed.value.permanent, failed.value.code) == (True, "too-many-pictures")


@pytest.mark.parametrize("name", BOMBS)
def test_each_is_refused_or_bounded(go: Callable[..., Outcome], tmp_path: Path, name: str) -> None:
    check(name, go(name), tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_each_is_refused_or_bounded_by_the_wheels_tools(go: Callable[..., Outcome], tmp_path: Path, name: str) -> None:
    check(name, go(name, search_path=str(tmp_path)), tmp_path / "out")
