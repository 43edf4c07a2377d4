"""What is heard: all sound tracks as one, how loud that is, and the wav for speech recognition."""

import re
import wave
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import ffmpeg

from kb.media.convert import CLEAN, convert, opened, workshop
from kb.media.kinds import Kind
from kb.media.packets import Measured
from kb.media.probe import Probe, measure
from kb.media.run import Limits

MOST_SOUNDS = 8
LATE_MS = 20
# The hum of a muted microphone is softer than this, a whisper louder.
SILENCE_DBFS = -50.0
# Below this nothing passed the gate of EBU R 128.
LEAST_LUFS = -70.0
# What the web's players and podcasts keep to.
TARGET_LUFS = -16.0
# Samples are measured, and what is between them may be louder by 3 dB, more only in sounds that nobody records.
MOST_DBFS = -3.0
# More would make a hiss of the room.
MOST_GAIN_DB = 18.0
# Nobody hears less.
LEAST_GAIN_DB = 1.0
LOUDNESS = re.compile(r"^ +I: +(\S+) LUFS", re.MULTILINE)
PEAK = re.compile(r"^ +Peak: +(\S+) dBFS", re.MULTILINE)


@dataclass(frozen=True)
class Sound:
    """wav: 16 kHz, mono, 16 bits. loudness_lufs: by EBU R 128; None for silence. peak_dbfs: of its samples."""

    wav: Path
    loudness_lufs: float | None
    peak_dbfs: float

    @property
    def is_silent(self) -> bool:
        return self.peak_dbfs <= SILENCE_DBFS

    @property
    def gain_db(self) -> float:
        """What makes it as loud as other recordings, as far as nothing is cut off at the top; 0 for silence."""
        if self.is_silent or self.loudness_lufs is None:
            return 0.0
        gain = TARGET_LUFS - self.loudness_lufs
        if gain > 0:
            gain = max(0.0, min(gain, MOST_DBFS - self.peak_dbfs, MOST_GAIN_DB))
        return round(gain, 1) if abs(gain) >= LEAST_GAIN_DB else 0.0


def extract(
    source: Path,
    kind: Kind,
    probe: Probe,
    folder: Path,
    *,
    measured: Measured | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Sound:
    """Make audio.wav in folder of a recording that has sound, without decoding a picture; 3 CPU ms for each second.

    measured: what `measure` says of it, if somebody asked already. A failure leaves folder as it was.
    """
    measured = measured or measure(source, kind, probe, should_stop=should_stop)
    stream = as_one(opened(source, kind, vn=None), probe, measured).filter("ebur128", peak="sample", framelog="verbose")
    with workshop(folder) as shop:
        wav = shop / "audio.wav"
        finished = convert(
            [stream.output(str(wav), f="wav", acodec="pcm_s16le", ar=16000, ac=1, **CLEAN)],
            source=source,
            folder=shop,
            limits=Limits(deadline_s=60 + measured.duration_ms / 1000, output_bytes=_most_bytes(measured), nice=10),
            should_stop=should_stop,
            # Where ebur128 says what it found.
            log_level="info",
        )
        # Before it stands what is said of the input, in whatever words its tags hold.
        summary = finished.stderr.rpartition("Summary:")[2]
        loudness_lufs = max(map(float, LOUDNESS.findall(summary)), default=LEAST_LUFS)
        return Sound(
            wav=wav.replace(folder / wav.name),
            loudness_lufs=loudness_lufs if loudness_lufs > LEAST_LUFS else None,
            peak_dbfs=max(map(float, PEAK.findall(summary)), default=-inf),
        )


def _most_bytes(measured: Measured) -> int:
    return 1_000_000 + measured.duration_ms * 2 * 2 * 16


def as_one(source: Any, found: Probe, measured: Measured) -> Any:
    """All sound tracks of ffmpeg-python's input as one.

    Gaps are filled with silence, also one at the start: words keep their times, whatever was muted or came late.
    """
    begins_late = (measured.sound_begins_ms or 0) > LATE_MS
    steady = {"async": 1, "first_pts": 0} if begins_late else {"async": 1}
    tracks = [source[str(index)].filter("aresample", **steady) for index in found.audio_indexes[:MOST_SOUNDS]]
    return tracks[0] if len(tracks) == 1 else _mixed(tracks)


def _mixed(tracks: list[Any]) -> Any:
    """Microphone and computer at their own loudness; a limiter where both are loud at once."""
    mix = ffmpeg.filter(tracks, "amix", inputs=len(tracks), duration="longest", normalize=0)
    return mix.filter("alimiter", limit=0.95, level=0)


def duration_ms(wav: Path) -> int:
    """Return the length of a PCM wav."""
    with wave.open(str(wav), "rb") as sound:
        return round(sound.getnframes() * 1000 / sound.getframerate())
