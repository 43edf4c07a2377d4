"""Recordings that are not perfect, through all their steps: taken, played right, with a note where one is due."""

import subprocess
import wave
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from kb.db import db
from kb.hands import hands
from kb.screencasts.models import Screencast, State
from kb.screencasts.pipeline import leasing, materials, work
from kb.storage.contract import made
from kb.transcripts.actions import of, put
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
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


def test_its_scenes_are_kept(receive, run_jobs) -> None:
    screencast_id = receive()
    run_jobs()
    assert db.session.get_one(Screencast, screencast_id).scenes[0] == 0


@pytest.fixture
def subtitled(tmp_path: Path) -> Path:
    """With words in German and English."""
    clip = make_clip(tmp_path / "plain.mp4", *"-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac".split())
    inputs: list[str] = []
    for language, words in (("ger", "Öffne das Menü"), ("eng", "Open the menu")):
        (tmp_path / f"{language}.srt").write_text(f"1\n00:00:00,200 --> 00:00:01,000\n{words}\n")
        inputs += ["-i", str(tmp_path / f"{language}.srt")]
    maps = "-map 0 -map 1 -map 2 -c copy -c:s mov_text -metadata:s:s:0 language=ger -metadata:s:s:1 language=eng"
    both = tmp_path / "both.mp4"
    argv = ["ffmpeg", "-v", "error", "-i", str(clip), *inputs, *maps.split(), str(both)]
    subprocess.run(argv, check=True, timeout=60)
    return both


def captions_of(screencast_id: str) -> dict[str, tuple[str, str]]:
    """By language: where they are from, and the first words."""
    return {each.language: (each.source, each.cues[0].text) for each in of(screencast_id)}


def test_subtitles_inside_a_recording_become_its_captions(receive, run_jobs, subtitled: Path) -> None:
    screencast_id = receive(subtitled)
    run_jobs()
    assert captions_of(screencast_id) == {
        "de": ("upload", "Öffne das Menü"),
        "en": ("upload", "Open the menu"),
    }
    assert {each["language"] for each in db.session.get_one(Screencast, screencast_id).captions} == {"de", "en"}


def test_what_people_wrote_is_not_replaced_by_subtitles(receive, run_jobs, subtitled: Path) -> None:
    screencast_id = receive(subtitled)
    put(screencast_id, "de", [TimedText(0, 900, "Von Hand")], source=WordsFrom.edited)
    run_jobs()
    assert captions_of(screencast_id) == {"de": ("edited", "Von Hand"), "en": ("upload", "Open the menu")}


def test_a_later_try_to_hear_it_takes_the_sound_from_the_original_again(receive, run_jobs) -> None:
    screencast_id = receive()
    run_jobs()
    assert hands().storage.size_bytes(made(screencast_id, work.SOUND)) is None
    step = db.session.get_one(Screencast, screencast_id).step("speech")
    step.state = "waiting"
    db.session.commit()
    lease = leasing.claim(screencast_id, "speech")
    with ExitStack() as stack:
        wav = materials.sound_of(lease, stack)
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
