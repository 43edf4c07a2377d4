import array
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.media import audio

pytestmark = pytest.mark.usefixtures("tools")


def wav_of(path: Path, samples: list[int], rate: int = 16000) -> Path:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(array.array("h", samples).tobytes())
    return path


def test_the_length_of_a_wav_is_counted_in_samples(clip: Callable[[str], Path], tmp_path: Path) -> None:
    assert audio.duration_ms(clip("silence.wav")) == 2000
    assert audio.duration_ms(wav_of(tmp_path / "x.wav", [0] * 24_001, rate=48_000)) == 500


@pytest.mark.parametrize(("loudest", "silent"), [(0, True), (100, True), (-100, True), (110, False), (-110, False)])
def test_silence_is_what_nobody_hears(tmp_path: Path, loudest: int, silent: bool) -> None:
    assert audio.is_silent(wav_of(tmp_path / "x.wav", [0] * 5000 + [loudest] + [0] * 5000)) is silent


def test_a_word_at_the_end_of_a_long_silence_is_heard(tmp_path: Path) -> None:
    assert not audio.is_silent(wav_of(tmp_path / "x.wav", [0] * 400_000 + [5000] * 10))


def test_a_tone_is_no_silence_and_no_samples_at_all_are(clip: Callable[[str], Path], tmp_path: Path) -> None:
    assert not audio.is_silent(clip("tone.wav"))
    assert audio.is_silent(clip("silence.wav"))
    assert audio.is_silent(wav_of(tmp_path / "x.wav", []))
