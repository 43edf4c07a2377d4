"""What is sound alone: the wav that `render` writes for speech recognition."""

import array
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

# Of 32768: 50 dB below the loudest. The hum of a muted microphone is softer, a whisper louder.
SILENCE = 104


def duration_ms(wav: Path) -> int:
    """Return the length of a PCM wav."""
    with wave.open(str(wav), "rb") as sound:
        return round(sound.getnframes() * 1000 / sound.getframerate())


def is_silent(wav: Path) -> bool:
    """Tell whether nothing in it is louder than -50 dBFS. wav: 16-bit PCM."""
    return all(max(samples) <= SILENCE and min(samples) >= -SILENCE for samples in _blocks(wav))


def _blocks(wav: Path) -> Iterator["array.array[int]"]:
    """Yield the samples, some ten seconds at a time."""
    with wave.open(str(wav), "rb") as sound:
        while pcm := sound.readframes(160_000):
            samples = array.array("h", pcm)
            if sys.byteorder == "big":
                samples.byteswap()
            yield samples
