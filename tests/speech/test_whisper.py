"""With the real library and a small model that was made for it: see whisper_model."""

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kb.speech import child
from kb.speech.contract import Asked
from kb.speech.whisper import PART_S, Whisper
from tests.speech.conftest import Heard, failure_of, ffmpeg, listen, run
from tests.speech.whisper_model import SENTENCE, make_model


@pytest.fixture(scope="module")
def engine(models: Path) -> Whisper:
    return Whisper(run, models / "chain")


@pytest.fixture(scope="module")
def heard(engine: Whisper, spoken_wav: Path) -> Heard:
    return listen(engine, spoken_wav, hotwords=["Kubernetes", "Reset the VPN"] * 300)


@pytest.fixture(scope="module")
def long_wav(spoken_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little longer than what is heard at once."""
    wav = tmp_path_factory.mktemp("long") / "long.wav"
    ffmpeg("-stream_loop", "-1", "-i", spoken_wav, "-t", f"{PART_S + 20}", wav)
    return wav


def test_words_come_with_their_times_in_the_recording(heard: Heard) -> None:
    [segment] = heard.segments
    assert segment.text == SENTENCE == " ".join(heard.words)
    # Silence of two seconds is left out by the detector, less the room that it leaves around a voice.
    assert [word.start_ms for word in segment.words][1:4] == pytest.approx([2_300, 2_800, 3_300], abs=200)
    times = [time for word in segment.words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert all(type(time) is int for time in times)
    assert all(word.confidence is not None and 0.5 < word.confidence <= 1 for word in segment.words)


def test_the_language_is_found_out_and_told_before_the_words(models: Path, spoken_wav: Path, heard: Heard) -> None:
    assert heard.languages == ["en"]
    make_model(models / "german", language="de")
    assert listen(Whisper(run, models / "german"), spoken_wav).languages == ["de"]


@pytest.mark.parametrize("language", ["pt-BR", "zh-Hant", "nb"])
def test_a_language_that_somebody_named_is_taken_as_it_is(engine: Whisper, spoken_wav: Path, language: str) -> None:
    assert listen(engine, spoken_wav, language=language).languages == [language]


def test_a_language_that_the_model_does_not_know_is_refused(engine: Whisper, spoken_wav: Path) -> None:
    failure = failure_of(engine, spoken_wav, language="tlh")
    assert (failure.code, failure.permanent) == ("language-unknown", True)


@pytest.mark.parametrize("wav", ["silent_wav", "humming_wav", "music_wav", "noise_wav"])
def test_where_nobody_speaks_nothing_is_made_up(engine: Whisper, wav: str, request: pytest.FixtureRequest) -> None:
    heard = listen(engine, request.getfixturevalue(wav))
    assert (heard.segments, heard.languages, heard.parts[-1]) == ([], [], 1)


def test_a_long_recording_is_heard_in_parts_and_to_its_end(engine: Whisper, long_wav: Path) -> None:
    heard = listen(engine, long_wav)
    assert heard.segments[-1].end_ms > PART_S * 1000
    assert heard.segments[-1].end_ms <= (PART_S + 20) * 1000
    assert heard.parts == sorted(heard.parts)
    assert len({round(part, 1) for part in heard.parts}) > 5


def test_it_goes_on_where_it_is_told_to(engine: Whisper, long_wav: Path) -> None:
    rest = listen(engine, long_wav, from_ms=PART_S * 1000)
    assert rest.segments
    assert all(segment.start_ms >= PART_S * 1000 for segment in rest.segments)


def test_it_stops_when_told_to(engine: Whisper, long_wav: Path) -> None:
    heard = Heard(stops=lambda heard: bool(heard.segments))
    assert failure_of(engine, long_wav, heard).code == "stopped"


def test_a_model_that_is_no_model_breaks_down_with_a_sentence(models: Path, spoken_wav: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(models / "chain", tmp_path / "broken")
    (broken / "model.bin").write_bytes(b"no model at all")
    failure = failure_of(Whisper(run, broken), spoken_wav)
    assert failure.detail.startswith("The speech recognition broke down")
    assert (failure.code, failure.permanent) == ("tool-failed", False)
    assert "Traceback" in failure.log


def test_a_model_that_lacks_a_file_is_not_even_tried(models: Path, spoken_wav: Path, tmp_path: Path) -> None:
    torn = shutil.copytree(models / "chain", tmp_path / "torn")
    (torn / "tokenizer.json").unlink()
    failure = failure_of(Whisper(run, torn), spoken_wav)
    assert (failure.code, "tokenizer.json" in failure.detail) == ("no-model", True)


def test_memory_has_a_limit_and_its_end_a_sentence(models: Path, spoken_wav: Path) -> None:
    def tight(argv: Any, *, memory_bytes: int, **others: Any) -> object:
        return run(argv, memory_bytes=200 * 1024**2, **others)

    failure = failure_of(Whisper(tight, models / "chain"), spoken_wav)
    assert failure.detail.startswith("The speech recognition")
    assert failure.code in ("memory", "crashed", "tool-failed")


def test_a_child_that_hangs_is_ended(models: Path, spoken_wav: Path, tmp_path: Path) -> None:
    stuck = shutil.copytree(models / "chain", tmp_path / "stuck")
    (stuck / "model.bin").unlink()
    os.mkfifo(stuck / "model.bin")

    def short(argv: Any, *, deadline_s: float, **others: Any) -> object:
        return run(argv, deadline_s=3, **others)

    assert failure_of(Whisper(short, stuck), spoken_wav).code == "deadline"


def test_a_child_that_falls_silent_is_ended_long_before_its_deadline(
    models: Path, spoken_wav: Path, tmp_path: Path
) -> None:
    stuck = shutil.copytree(models / "chain", tmp_path / "stuck")
    (stuck / "model.bin").unlink()
    os.mkfifo(stuck / "model.bin")
    asked = Asked(spoken_wav)
    with pytest.raises(Exception, match="stood still") as failed:
        child.ask(
            run, "kb.speech.whisper", asked, Heard(), deadline_s=600, reads=[stuck], silent_s=2, folder=str(stuck)
        )
    assert failed.value.code == "deadline"  # type: ignore[attr-defined]


def test_a_folder_of_links_is_a_model_too(models: Path, spoken_wav: Path, heard: Heard, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    linked.mkdir()
    for file in (models / "chain").iterdir():
        (linked / file.name).symlink_to(file)
    found = listen(Whisper(run, linked), spoken_wav)
    assert [replace(each, words=()) for each in found.segments] == [replace(each, words=()) for each in heard.segments]


@pytest.mark.slow
def test_an_hour_is_heard_to_its_end_within_the_memory_that_there_is(
    engine: Whisper, spoken_wav: Path, tmp_path: Path
) -> None:
    hour_s = 3600
    ffmpeg("-stream_loop", "-1", "-i", spoken_wav, "-t", f"{hour_s}", tmp_path / "hour.wav")
    heard = listen(engine, tmp_path / "hour.wav")
    starts = [segment.start_ms for segment in heard.segments]
    assert starts == sorted(starts)
    assert starts[-1] > (hour_s - 60) * 1000
    assert len(starts) > 60
