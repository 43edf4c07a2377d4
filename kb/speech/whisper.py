"""Speech by faster-whisper, with a model that an admin has put into a folder; nothing is ever fetched.

The recognition runs in a child process (this module as a program); only there is the library loaded. A model's folder
holds model.bin, config.json, tokenizer.json and its vocabulary, as CTranslate2's converter writes them.
"""

import os
import wave
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.errors import ToolFailed
from kb.speech import child
from kb.speech.child import RATE
from kb.speech.contract import Asked, Listener, Run, Segment, Word
from kb.speech.silero import voiced

NEEDED = ("model.bin", "config.json", "tokenizer.json")
# A large model on one processor takes eight seconds and more for a second. What was heard until then is kept.
DEADLINE_TIMES = 16
# Of what is heard at once: bounds the memory, and where a resumed recording can begin.
PART_S = 300
# In the end of which the quietest place is looked for, to cut there.
SEAM_S = 30
QUIET_S = 0.4
# Where Whisper goes by another tag than BCP 47.
OWN_TAGS = {"fil": "tl", "iw": "he", "jv": "jw", "nb": "no"}


class Whisper:
    name = "whisper"
    draft = False

    def __init__(self, run: Run, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self.model = folder.name

    def unavailable(self) -> str | None:
        return fault_of(self._folder)

    def transcribe(self, asked: Asked, listener: Listener) -> None:
        """Finds out the language where none is asked for. Hotwords beyond what the model can hold are passed over."""
        if reason := self.unavailable():
            raise ToolFailed(reason, permanent=True, code="no-model")
        files = [file.resolve() for file in self._folder.iterdir()]
        child.ask(
            self._run,
            __name__,
            asked,
            listener,
            deadline_s=300 + DEADLINE_TIMES * child.duration_ms(asked.wav) / 1000,
            # A model may be a folder of links.
            reads=[self._folder, *files],
            # As it is read it is there twice.
            memory_bytes=child.MEMORY_BYTES + 2 * (self._folder / "model.bin").stat().st_size,
            folder=str(self._folder),
        )


def fault_of(folder: Path) -> str | None:
    """Return what keeps this from being a model, in a sentence."""
    if not folder.is_dir():
        return f"There is no folder {folder} with a Whisper model."
    if missing := [name for name in NEEDED if not (folder / name).exists()]:
        return f"The Whisper model in {folder} lacks {' and '.join(missing)}. Copy the whole folder anew."
    return None


def faults_of_models(folder: Path) -> list[str]:
    return [fault for model in models_in(folder) if (fault := fault_of(model))]


def models_in(folder: Path) -> list[Path]:
    """The folders that hold a Whisper model, or part of one, the largest model first."""
    models = [file for file in folder.glob("*/model.bin") if file.is_file()]
    return [file.parent for file in sorted(models, key=lambda file: file.stat().st_size, reverse=True)]


# -- in the child ------------------------------------------------------------------------------


def _recognise(order: Mapping[str, Any]) -> None:
    with wave.open(str(order["wav"])) as sound:
        duration_ms = sound.getnframes() * 1000 // RATE
        model = None
        language = order["language"]
        for start_ms, samples in _parts(sound, order["from_ms"]):
            end_ms = start_ms + len(samples) * 1000 // RATE
            # Asked about silence, Whisper may make up what was said.
            if any(voiced(samples)):
                model = model or _model(order["folder"])
                language = language or _language_of(model, samples)
                if not _knows(model, language):
                    child.refuse("language-unknown", f"This Whisper model does not understand “{language}”.")
                    return
                child.say(language=language)
                for segment in _segments(model, samples, language, order["hotwords"], start_ms, duration_ms):
                    child.say_segment(segment, segment.end_ms / duration_ms)
            child.say(progress=min(0.99, end_ms / duration_ms))
    child.say(progress=1.0)


def _parts(sound: wave.Wave_read, from_ms: int) -> Iterator[tuple[int, Any]]:
    """Yield the sound from there on in parts that begin and end where it is quiet, each with its start."""
    import numpy

    at = from_ms * RATE // 1000
    while at < sound.getnframes():
        sound.setpos(at)
        samples = numpy.frombuffer(sound.readframes(PART_S * RATE), numpy.int16).astype(numpy.float32) / 32768
        if at + len(samples) < sound.getnframes():
            samples = samples[: _seam(samples)]
        yield at * 1000 // RATE, samples
        at += len(samples)


def _seam(samples: Any) -> int:
    """The middle of the quietest moment in the last half minute."""
    import numpy

    width = int(QUIET_S * RATE)
    start = len(samples) - SEAM_S * RATE
    loudness = [float(numpy.square(samples[at : at + width]).sum()) for at in range(start, len(samples) - width, 1600)]
    return int(start + numpy.argmin(loudness) * 1600 + width // 2)


def _model(folder: str) -> Any:
    # Of no use without a network; kept from waiting for it.
    os.environ |= {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    import ctranslate2
    from faster_whisper import WhisperModel

    on_gpu = ctranslate2.get_cuda_device_count() > 0
    return WhisperModel(
        folder,
        device="cuda" if on_gpu else "cpu",
        compute_type="float16" if on_gpu else "int8",
        # Two recordings may be heard at once, and the site goes on meanwhile.
        cpu_threads=max(1, min(4, (os.cpu_count() or 1) // 2)),
        local_files_only=True,
    )


def _language_of(model: Any, samples: Any) -> str:
    language, _, _ = model.detect_language(samples, vad_filter=True)
    return str(language)


def _own_tag(language: str) -> str:
    base = language.lower().split("-")[0]
    return OWN_TAGS.get(base, base)


def _knows(model: Any, language: str) -> bool:
    return _own_tag(language) in model.supported_languages


def _segments(
    model: Any, samples: Any, language: str, hotwords: list[str], start_ms: int, duration_ms: int
) -> Iterator[Segment]:
    found, _ = model.transcribe(
        samples,
        language=_own_tag(language),
        vad_filter=True,
        word_timestamps=True,
        # Else one mistake is repeated to the end.
        condition_on_previous_text=False,
        hallucination_silence_threshold=2.0,
        hotwords=", ".join(hotwords) or None,
    )

    def at(seconds: float) -> int:
        return min(duration_ms, start_ms + int(seconds * 1000))

    for each in found:
        words = tuple(
            Word(at(word.start), at(word.end), word.word.strip(), round(float(word.probability), 3))
            for word in each.words or ()
            if word.word.strip()
        )
        text = each.text.strip()
        if text and at(each.start) < at(each.end):
            yield Segment(at(each.start), at(each.end), text, words)


if __name__ == "__main__":
    _recognise(child.order())
