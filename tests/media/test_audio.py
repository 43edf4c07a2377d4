import array
import wave
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

import pytest

from kb.media import audio
from kb.media.audio import Sound
from kb.media.kinds import Kind
from kb.media.probe import Probe
from kb.media.run import Stopped

pytestmark = pytest.mark.usefixtures("tools")

Give = Callable[[str | Path], tuple[Path, Kind, Probe]]


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


def sound(loudness_lufs: float | None, peak_dbfs: float) -> Sound:
    return Sound(Path("audio.wav"), loudness_lufs, peak_dbfs)


@pytest.mark.parametrize(
    ("loudness_lufs", "peak_dbfs", "gain_db"),
    [
        (-26.0, -15.0, 10.0),
        (-9.0, -0.1, -7.0),
        # One loud moment in quiet talk: as far as that leaves room, and never softer for it.
        (-26.0, -8.0, 5.0),
        (-26.0, 0.0, 0.0),
        # What is almost right stays as it is; what is almost nothing does not become a roar.
        (-16.4, -5.0, 0.0),
        (-48.0, -40.0, 18.0),
        (None, -inf, 0.0),
        (-69.0, -55.0, 0.0),
    ],
)
def test_the_gain_leads_to_one_loudness_and_cuts_nothing_off(
    loudness_lufs: float | None, peak_dbfs: float, gain_db: float
) -> None:
    assert sound(loudness_lufs, peak_dbfs).gain_db == pytest.approx(gain_db)


@pytest.mark.parametrize(("peak_dbfs", "silent"), [(-inf, True), (-51.0, True), (-49.0, False), (0.0, False)])
def test_silence_is_what_nobody_hears(peak_dbfs: float, silent: bool) -> None:
    assert sound(-40.0, peak_dbfs).is_silent is silent


@pytest.mark.parametrize("name", ["h264-aac.mp4", "browser.webm", "camera.ts", "flash.flv"])
def test_the_sound_of_a_recording_is_taken_and_measured_without_its_picture(
    probed: Give, look: Callable[..., dict[str, Any]], tmp_path: Path, name: str
) -> None:
    found = audio.extract(*probed(name), tmp_path)
    assert list(tmp_path.iterdir()) == [found.wav]
    (stream,) = look(found.wav)["streams"]
    assert (stream["codec_name"], stream["sample_rate"], stream["channels"]) == ("pcm_s16le", "16000", 1)
    assert audio.duration_ms(found.wav) == pytest.approx(2000, abs=60)
    # ffmpeg's sine has an amplitude of an eighth, and by its definition 0 dBFS of it in one channel are -3 LUFS.
    assert found.peak_dbfs == pytest.approx(-18, abs=0.6)
    assert found.loudness_lufs == pytest.approx(-21.6, abs=1)
    assert not found.is_silent


def test_a_muted_microphone_is_silence(probed: Give, ffmpeg: Callable[..., None], tmp_path: Path) -> None:
    path, out = tmp_path / "muted.mkv", tmp_path / "out"
    out.mkdir()
    hum = "anoisesrc=a=0.0005:d=2:c=pink"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=2", "-f", "lavfi", "-i", hum, "-c:a", "flac", path)
    found = audio.extract(*probed(path), out)
    assert found.is_silent
    assert found.gain_db == 0


def test_a_word_at_the_end_of_a_long_silence_is_heard(
    probed: Give, ffmpeg: Callable[..., None], tmp_path: Path
) -> None:
    path, out = tmp_path / "late.mkv", tmp_path / "out"
    out.mkdir()
    late = "sine=f=440:d=12,volume=0:enable='lt(t,11.5)'"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x36:r=5:d=12", "-f", "lavfi", "-i", late, "-c:a", "flac", path)
    assert not audio.extract(*probed(path), out).is_silent


def test_a_stop_leaves_nothing(probed: Give, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        audio.extract(*probed("h264-aac.mp4"), tmp_path, should_stop=lambda: True)
    assert list(tmp_path.iterdir()) == []
