"""Recordings that are not perfect, through all their steps: taken, played right, with a note where one is due."""

import wave
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from kb.db import db
from kb.hands import hands
from kb.screencasts import work
from kb.screencasts.models import Screencast, State
from kb.screencasts.pipeline import Lease
from kb.screencasts.steps import BY_NAME
from kb.storage.contract import made
from tests.conftest import make_clip


def notes(screencast_id: str) -> dict[str, str]:
    screencast = db.session.get_one(Screencast, screencast_id)
    assert screencast.state == State.ready
    return {step.name: step.error_text for step in screencast.steps if step.error_text}


def test_a_silent_recording_is_taken_and_says_so(receive, run_jobs, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "silent.mp4", *"-c:v libx264 -pix_fmt yuv420p -an".split())
    screencast_id = receive(clip)
    run_jobs()
    assert notes(screencast_id) == {"probe": "It has no sound.", "speech": "It has no sound."}


def test_a_muted_microphone_is_said(receive, run_jobs, tmp_path: Path) -> None:
    usual = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -af volume=0"
    screencast_id = receive(make_clip(tmp_path / "muted.mp4", *usual.split()))
    run_jobs()
    assert notes(screencast_id)["rendition"] == "Nothing can be heard in it: the microphone was off or muted."
    assert db.session.get_one(Screencast, screencast_id).loudness_lufs is None


def test_its_scenes_and_its_loudness_are_kept(receive, run_jobs) -> None:
    screencast_id = receive()
    run_jobs()
    screencast = db.session.get_one(Screencast, screencast_id)
    assert screencast.scenes[0] == 0
    assert -40 < screencast.loudness_lufs < 0


def test_a_later_try_to_hear_it_takes_the_sound_from_the_original_again(receive, run_jobs) -> None:
    screencast_id = receive()
    run_jobs()
    assert hands().storage.size_bytes(made(screencast_id, work.SOUND)) is None
    with ExitStack() as stack:
        wav = work.sound_of(Lease(screencast_id, BY_NAME["speech"], key="", take=1), stack)
        with wave.open(str(wav)) as sound:
            assert sound.getframerate() == 16_000
            assert sound.getnframes() > 16_000
    assert not wav.exists()


def test_a_name_that_says_something_else_is_noted(receive, run_jobs, clip: Path, tmp_path: Path) -> None:
    named = tmp_path / "recording.avi"
    named.write_bytes(clip.read_bytes())
    screencast_id = receive(named)
    run_jobs()
    assert "it is MP4" in notes(screencast_id)["probe"]


def test_a_recording_that_was_cut_short_is_taken_with_a_note_of_how_much_arrived(
    receive, run_jobs, tmp_path: Path
) -> None:
    usual = "-c:v libx264 -preset ultrafast -g 10 -pix_fmt yuv420p -c:a aac -movflags +faststart"
    whole = make_clip(tmp_path / "whole.mp4", *usual.split(), seconds=8)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    screencast_id = receive(cut)
    run_jobs()
    assert "cut short" in notes(screencast_id)["rendition"]
    assert db.session.get_one(Screencast, screencast_id).duration_ms == pytest.approx(4800, abs=800)


def test_a_step_that_runs_twice_leaves_the_same_files(receive, run_jobs, in_site) -> None:  # type: ignore[no-untyped-def]
    screencast_id = receive()
    run_jobs()
    folder = in_site.extensions["kb.settings"].data_dir / "media" / screencast_id
    before = sorted(path.name for path in folder.iterdir())
    step = db.session.get_one(Screencast, screencast_id).step("rendition")
    step.state = "waiting"
    db.session.commit()
    work.rendition(screencast_id)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert len(db.session.get_one(Screencast, screencast_id).sources) == 1


def test_the_sound_for_speech_recognition_does_not_stay(receive, run_jobs) -> None:
    screencast_id = receive()
    run_jobs()
    assert hands().storage.size_bytes(made(screencast_id, work.SOUND)) is None


def test_nothing_is_left_in_the_temporary_folder(receive, run_jobs: Callable[[], object], in_site) -> None:  # type: ignore[no-untyped-def]
    receive()
    run_jobs()
    assert list(in_site.extensions["kb.settings"].tmp_dir.iterdir()) == []
