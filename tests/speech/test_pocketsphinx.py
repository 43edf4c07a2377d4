import subprocess
import sys
from pathlib import Path

import pytest

from kb.speech.pocketsphinx import Pocketsphinx
from tests.speech.conftest import Heard, failure_of, listen, run, speak

ENGINE = Pocketsphinx(run)


@pytest.fixture(scope="module")
def heard(spoken_wav: Path) -> Heard:
    return listen(ENGINE, spoken_wav, language="en-GB")


def test_most_of_the_spoken_words_are_heard(heard: Heard) -> None:
    telling = {"open", "terminal", "check", "branch", "merge", "push", "everything", "server"}
    assert len(telling & set(heard.words)) >= 6


def test_words_come_with_their_times_in_the_recording(heard: Heard) -> None:
    times = [(word.start_ms, word.end_ms) for segment in heard.segments for word in segment.words]
    assert 1_800 <= times[0][0] <= 2_600
    assert times == sorted(times)
    assert all(start < end <= 9_500 for start, end in times)
    said = {word.text: word.start_ms for segment in heard.segments for word in segment.words}
    assert 4_000 < said["branch"] < said["server"]


def test_a_segment_is_its_words(heard: Heard) -> None:
    for segment in heard.segments:
        assert segment.text == " ".join(word.text for word in segment.words)
        assert (segment.start_ms, segment.end_ms) == (segment.words[0].start_ms, segment.words[-1].end_ms)
        assert segment.end_ms - segment.start_ms <= 12_000


def test_noises_and_pronunciation_marks_are_no_words(heard: Heard) -> None:
    assert all(word.replace("'", "").replace(".", "").replace("-", "").isalpha() for word in heard.words)


def test_confidence_tells_words_apart(heard: Heard) -> None:
    confidences = [word.confidence for segment in heard.segments for word in segment.words]
    assert all(confidence is not None and 0 <= confidence <= 1 for confidence in confidences)
    assert len(set(confidences)) > 3


def test_progress_grows_to_the_end(heard: Heard) -> None:
    assert heard.parts == sorted(heard.parts)
    assert heard.parts[-1] == 1
    assert heard.languages == ["en-GB"]


def test_silence_gives_no_segment(silent_wav: Path) -> None:
    assert listen(ENGINE, silent_wav) == Heard(languages=["en"], parts=[1.0])


@pytest.mark.parametrize("wav", ["humming_wav", "music_wav", "noise_wav"])
def test_a_hum_music_and_noise_are_no_speech(wav: str, request: pytest.FixtureRequest) -> None:
    assert listen(ENGINE, request.getfixturevalue(wav)).segments == []


def test_names_of_the_site_are_heard_and_written_as_the_house_does(tmp_path: Path) -> None:
    wav = speak("Download the profile from the intranet with the authenticator.", tmp_path / "names.wav")
    assert not {"intranet", "authenticator"} & set(listen(ENGINE, wav).words)
    heard = listen(ENGINE, wav, hotwords=["Reset the VPN", "Intranet", "Authenticator", "[[bad]] <break/>"])
    assert {"Intranet", "Authenticator"} <= set(heard.words)


def test_without_espeak_the_words_are_heard_all_the_same(
    spoken_wav: Path, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert listen(ENGINE, spoken_wav, language="en-GB", hotwords=["Kubernetes"]) == heard


def test_it_goes_on_where_it_is_told_to(spoken_twice_wav: Path) -> None:
    first, second = listen(ENGINE, spoken_twice_wav).segments
    [rest] = listen(ENGINE, spoken_twice_wav, from_ms=first.end_ms).segments
    assert rest.start_ms == pytest.approx(second.start_ms, abs=200)
    assert {"terminal", "server"} <= {word.text for word in rest.words}


def test_other_languages_are_refused_rather_than_guessed(silent_wav: Path) -> None:
    failure = failure_of(ENGINE, silent_wav, language="de")
    assert (failure.code, failure.permanent) == ("language-unknown", True)


def test_it_stops_when_told_to(spoken_twice_wav: Path) -> None:
    heard = Heard(stops=lambda heard: bool(heard.segments))
    assert failure_of(ENGINE, spoken_twice_wav, heard).code == "stopped"
    assert len(heard.segments) == 1


def test_a_child_that_ends_early_is_a_failure_that_a_retry_may_help(silent_wav: Path) -> None:
    assert not failure_of(Pocketsphinx(lambda *_, **__: None), silent_wav).permanent


@pytest.mark.parametrize("content", [b"", b"RIFF\x00\x00\x00\x00WAVE", b"no sound at all"])
def test_what_is_no_sound_is_refused_for_good(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.wav").write_bytes(content)
    assert failure_of(ENGINE, tmp_path / "bad.wav").permanent


def test_the_library_is_not_loaded_by_who_only_asks_for_it() -> None:
    code = (
        "import sys, kb.speech, pathlib; kb.speech.choose('auto', print, pathlib.Path('/nowhere')).unavailable(); "
        "sys.exit(bool({'pocketsphinx', 'faster_whisper', 'ctranslate2', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
