"""Speech by pocketsphinx, whose model comes with its wheel: works offline, good enough to be found by.

The recognition runs in a child process (this module as a program), which prints JSON lines; only there is the
library loaded. Measured: WER .21 to .25 on clean real speech, .10 on flite's rms, .2 CPU
seconds per second; product names are mostly missed.
"""

import importlib.util
import json
import sys
import wave
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kb.errors import ToolFailed
from kb.speech.contract import Run, Segment, Word
from kb.speech.voice import Span, spans

RATE = 16_000
FRAME_MS = 30
# webrtc's detector, 0 (lets noise pass) to 3 (drops soft speech).
STRICTNESS = 2
# Nobody speaks a word for so long; hum of the mains becomes such "words".
LONGEST_WORD_MS = 3_000


class Pocketsphinx:
    name = "pocketsphinx"
    model = "en-us"
    draft = True

    def __init__(self, run: Run) -> None:
        self._run = run

    def unavailable(self) -> str | None:
        if importlib.util.find_spec("pocketsphinx") is None:
            return "The package pocketsphinx is not installed."
        return None

    def transcribe(
        self,
        wav: Path,
        *,
        language: str | None,
        on_segment: Callable[[Segment], None],
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> None:
        """Knows English alone: another language is refused (code "language-unknown") rather than made into babble."""
        if language and language.lower().split("-")[0] != "en":
            raise ToolFailed(
                "The built-in speech recognition understands English only.", permanent=True, code="language-unknown"
            )
        listener = _Listener(on_segment, on_progress)
        self._run(
            [sys.executable, "-m", __name__, str(wav)],
            deadline_s=60 + 4 * _duration_ms(wav) / 1000,
            nice=5,
            reads=[wav, *_code()],
            on_line=listener.hear,
            should_stop=should_stop,
        )
        listener.expect_end()


class _Listener:
    def __init__(self, on_segment: Callable[[Segment], None], on_progress: Callable[[float], None]) -> None:
        self._on_segment = on_segment
        self._on_progress = on_progress
        self._has_ended = False

    def hear(self, line: str) -> None:
        said = json.loads(line)
        if segment := said.get("segment"):
            words = tuple(Word(**word) for word in segment.pop("words"))
            self._on_segment(Segment(**segment, words=words))
        self._on_progress(said["progress"])
        self._has_ended = said["progress"] >= 1

    def expect_end(self) -> None:
        if not self._has_ended:
            raise ToolFailed("The speech recognition ended before its time.", permanent=False)


def _duration_ms(wav: Path) -> int:
    try:
        with wave.open(str(wav)) as sound:
            if (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) != (1, 2, RATE):
                raise ToolFailed("The sound is not 16-bit mono at 16 kHz.", permanent=True)
            return int(sound.getnframes() * 1000 // RATE)
    except (wave.Error, EOFError) as error:
        raise ToolFailed("The sound can't be read.", permanent=True) from error


def _code() -> list[Path]:
    """What the child's Python opens, for a runner that lets it open nothing else."""
    package = Path(__file__).resolve().parents[1]
    return [Path(sys.prefix), Path(sys.base_prefix), package]


# -- in the child ------------------------------------------------------------------------------


def _recognise(wav: Path) -> Iterator[dict[str, Any]]:
    """Yield what the parent's listener reads: {"progress", "segment"?}, the last with progress 1."""
    from pocketsphinx import Decoder, set_loglevel  # type: ignore[import-untyped]

    set_loglevel("FATAL")
    with wave.open(str(wav)) as sound:
        pcm = sound.readframes(sound.getnframes())
    duration_ms = len(pcm) // 2 * 1000 // RATE
    pieces = spans(_voiced(pcm), frame_ms=FRAME_MS, duration_ms=duration_ms)
    decoder = Decoder(samprate=RATE) if pieces else None
    for piece in pieces:
        said: dict[str, Any] = {"progress": min(0.99, piece.end_ms / duration_ms)}
        if words := list(_words(decoder, pcm, piece)):
            text = " ".join(word.text for word in words)
            said["segment"] = asdict(Segment(words[0].start_ms, words[-1].end_ms, text, tuple(words)))
        yield said
    yield {"progress": 1.0}


def _voiced(pcm: bytes) -> list[bool]:
    from pocketsphinx import Vad

    vad = Vad(mode=STRICTNESS, sample_rate=RATE, frame_length=FRAME_MS / 1000)
    size = vad.frame_bytes
    return [vad.is_speech(pcm[at : at + size]) for at in range(0, len(pcm) - size + 1, size)]


def _words(decoder: Any, pcm: bytes, piece: Span) -> Iterable[Word]:
    """Decode one piece; never a whole recording, which may take longer than it lasts by far."""
    decoder.start_utt()
    decoder.process_raw(pcm[piece.start_ms * RATE // 1000 * 2 : piece.end_ms * RATE // 1000 * 2], full_utt=True)
    decoder.end_utt()
    frame_ms = 1000 // decoder.config["frate"]
    for found in decoder.seg() or ():
        if found.word.startswith(("<", "[", "+")):
            continue
        start_ms = min(piece.end_ms, piece.start_ms + found.start_frame * frame_ms)
        end_ms = min(piece.end_ms, piece.start_ms + (found.end_frame + 1) * frame_ms)
        if end_ms - start_ms > LONGEST_WORD_MS:
            continue
        # "read(2)" is the second pronunciation of a word that is written "read".
        text = found.word.partition("(")[0]
        yield Word(start_ms, end_ms, text, round(min(1.0, found.prob), 3))


if __name__ == "__main__":
    for said in _recognise(Path(sys.argv[1])):
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()
