"""The voice: flite, of whose voices `rms` is the one that speech recognition understands (by 0.95 of its words)."""

import shutil
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from kb.media.audio import duration_ms
from kb.media.run import Limits, run

VOICE = "rms"
RATE = 16_000
BYTES = 2
# Without a voice: how long somebody would need for a word, pauses included.
WORD_MS = 380


def is_there() -> bool:
    return shutil.which("flite") is not None


def speak(sentences: Sequence[str], folder: Path, should_stop: Callable[[], bool] | None = None) -> list[Path]:
    """Say each into a wav of its own: 16 kHz, 16 bit, mono."""
    return [_say(words, folder / f"{number}.wav", should_stop) for number, words in enumerate(sentences)]


def lengths_ms(wavs: Sequence[Path]) -> list[int]:
    return list(map(duration_ms, wavs))


def silent_ms(sentences: Sequence[str]) -> list[int]:
    """How long each would take to say."""
    return [len(words.split()) * WORD_MS for words in sentences]


def mix(wavs: Sequence[Path], starts_ms: Sequence[int], whole_ms: int, target: Path) -> Path:
    """Lay each wav at its start, with silence between."""
    sound = bytearray(whole_ms * RATE // 1000 * BYTES)
    for wav, start_ms in zip(wavs, starts_ms, strict=True):
        with wave.open(str(wav), "rb") as opened:
            pcm = opened.readframes(opened.getnframes())
        at = start_ms * RATE // 1000 * BYTES
        sound[at : at + len(pcm)] = pcm
    with wave.open(str(target), "wb") as mixed:
        mixed.setparams((1, BYTES, RATE, 0, "NONE", ""))
        mixed.writeframes(sound)
    return target


def _say(words: str, wav: Path, should_stop: Callable[[], bool] | None) -> Path:
    argv = ["flite", "-voice", VOICE, "-t", words, "-o", str(wav)]
    limits = Limits(deadline_s=60, output_bytes=16 * 1024**2)
    run(argv, limits=limits, writes=[wav.parent], should_stop=should_stop)
    return wav
