"""From a recipe to a recording: spoken, timed by what is said, drawn, filmed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.demo import voice
from kb.demo.screens.canvas import SIZE
from kb.demo.script import RATE, Recipe, pictures, timeline
from kb.media.film import shoot


@dataclass(frozen=True)
class Made:
    """captions: WebVTT of what is said."""

    file: Path
    captions: str
    is_spoken: bool


def make(recipe: Recipe, folder: Path, should_stop: Callable[[], bool] | None = None) -> Made:
    """Make the recording in an empty folder. Silent where there is no voice. Raises ToolFailed, Stopped if asked to."""
    sentences = [beat.says for beat in recipe.play().beats]
    is_spoken = voice.is_there()
    wavs = voice.speak(sentences, folder, should_stop) if is_spoken else []
    lengths_ms = voice.lengths_ms(wavs) if is_spoken else voice.silent_ms(sentences)
    times = timeline(recipe.play(), lengths_ms)
    film = folder / f"{recipe.key}.mp4"
    shoot(
        pictures(recipe.play(), lengths_ms),
        times.stays,
        film,
        size=SIZE,
        rate=RATE,
        wav=voice.mix(wavs, times.starts_ms, times.duration_ms, folder / "voice.wav") if is_spoken else None,
        should_stop=should_stop,
    )
    return Made(film, _webvtt(sentences, times.starts_ms, lengths_ms), is_spoken)


def _webvtt(sentences: Sequence[str], starts_ms: Sequence[int], lengths_ms: Sequence[int]) -> str:
    cues = [
        f"{_clock(start)} --> {_clock(start + length)}\n{words}\n"
        for words, start, length in zip(sentences, starts_ms, lengths_ms, strict=True)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _clock(ms: int) -> str:
    return f"{ms // 60_000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
