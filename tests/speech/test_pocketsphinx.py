import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kb.errors import ToolFailed
from kb.speech import choose
from kb.speech.contract import Segment
from kb.speech.pocketsphinx import Pocketsphinx


def run(
    argv: Sequence[str],
    *,
    deadline_s: float,
    nice: int,
    reads: Sequence[Path],
    on_line: Callable[[str], None],
    should_stop: Callable[[], bool],
) -> None:
    """Run to the end, without the walls that the site's own runner builds."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        for line in child.stdout:
            if should_stop():
                child.kill()
                raise ToolFailed("stopped", permanent=False, code="stopped")
            on_line(line)
    if child.returncode:
        raise ToolFailed("crashed", permanent=True, code="crashed")


@dataclass
class Heard:
    segments: list[Segment] = field(default_factory=list)
    progress: list[float] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        return [word.text for segment in self.segments for word in segment.words]


def listen(wav: Path, *, language: str | None = None, should_stop: Callable[[], bool] = lambda: False) -> Heard:
    heard = Heard()
    Pocketsphinx(run).transcribe(
        wav,
        language=language,
        on_segment=heard.segments.append,
        on_progress=heard.progress.append,
        should_stop=should_stop,
    )
    return heard


@pytest.fixture(scope="module")
def heard(spoken_wav: Path) -> Heard:
    return listen(spoken_wav, language="en-GB")


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
    assert heard.progress == sorted(heard.progress)
    assert heard.progress[-1] == 1


def test_silence_gives_no_segment(silent_wav: Path) -> None:
    assert listen(silent_wav) == Heard(segments=[], progress=[1.0])


def test_the_hum_of_a_bad_microphone_is_no_speech(humming_wav: Path) -> None:
    assert listen(humming_wav).segments == []


def test_other_languages_are_refused_rather_than_guessed(silent_wav: Path) -> None:
    with pytest.raises(ToolFailed) as failed:
        listen(silent_wav, language="de")
    assert (failed.value.code, failed.value.permanent) == ("language-unknown", True)


def test_it_stops_when_told_to(spoken_wav: Path) -> None:
    with pytest.raises(ToolFailed) as failed:
        listen(spoken_wav, should_stop=lambda: True)
    assert failed.value.code == "stopped"


def test_a_child_that_ends_early_is_a_failure_that_a_retry_may_help(silent_wav: Path) -> None:
    with pytest.raises(ToolFailed) as failed:
        Pocketsphinx(lambda *_, **__: None).transcribe(
            silent_wav, language=None, on_segment=print, on_progress=print, should_stop=lambda: False
        )
    assert not failed.value.permanent


@pytest.mark.parametrize("content", [b"", b"RIFF\x00\x00\x00\x00WAVE", b"no sound at all"])
def test_what_is_no_sound_is_refused_for_good(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.wav").write_bytes(content)
    with pytest.raises(ToolFailed) as failed:
        listen(tmp_path / "bad.wav")
    assert failed.value.permanent


def test_the_library_is_not_loaded_by_who_only_asks_for_it() -> None:
    code = (
        "import sys, kb.speech; kb.speech.choose('auto', print).unavailable(); sys.exit('pocketsphinx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_setting_chooses_the_engine() -> None:
    assert choose("none", run) is None
    for name in ("auto", "pocketsphinx"):
        engine = choose(name, run)
        assert engine is not None
        assert (engine.name, engine.draft, engine.unavailable()) == ("pocketsphinx", True, None)
    with pytest.raises(ValueError):
        choose("whisper", run)
