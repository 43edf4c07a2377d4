"""Speech by pocketsphinx, whose model comes with its wheel: works offline, good enough to be found by.

The recognition runs in a child process (this module as a program); only there is the library loaded. How well it hears,
docs/performance.md says. It knows 135,000 words and few names: those of the site are taught to it for each recording.
"""

import importlib.util
import wave
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kb import tools
from kb.errors import ToolFailed
from kb.speech import child
from kb.speech.child import RATE
from kb.speech.contract import Asked, Listener, Run, Segment, Word
from kb.speech.pronouncing import pronunciations, words_in
from kb.speech.silero import FRAME_MS, voiced
from kb.speech.voice import Span, spans

# Nobody speaks a word for so long; hum of the mains becomes such "words".
LONGEST_WORD_MS = 3_000
# Each name more is one more to be mistaken for what was said.
MOST_NAMES = 200
# How much likelier than any word that the language model doesn't know. Of 1, 10 … 10,000, on texts that are not in the
# measurements, each was better than the one before (WER .289 to .258), names that nobody said included.
NAME_WEIGHT = 10_000.0
# A voice is looked for in so much at a time.
LOOK_S = 300


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

    def transcribe(self, asked: Asked, listener: Listener) -> None:
        """Knows English alone: another language is refused rather than made into babble."""
        if asked.language and asked.language.lower().split("-")[0] != "en":
            raise ToolFailed(
                "The built-in speech recognition understands English only.", permanent=True, code="language-unknown"
            )
        length_ms = child.duration_ms(asked.wav)
        listener.language(asked.language or "en")
        names = self._pronounced(list(words_in(asked.hotwords))[:MOST_NAMES], listener)
        child.ask(self._run, __name__, asked, listener, deadline_s=60 + 4 * length_ms / 1000, pronunciations=names)

    def _pronounced(self, words: list[str], listener: Listener) -> Mapping[str, list[str]]:
        """Nothing where espeak-ng is not installed."""
        if not words or not tools.find("espeak-ng"):
            return {}
        return pronunciations(words, lambda lines: self._espeak(lines, listener))

    def _espeak(self, lines: bytes, listener: Listener) -> str:
        said: list[str] = []
        self._run(
            ["espeak-ng", "-q", "--ipa", "-v", "en-us"],
            deadline_s=60,
            memory_bytes=child.MEMORY_BYTES,
            nice=child.NICE,
            reads=(),
            feed=[lines],
            on_line=said.append,
            should_stop=listener.should_stop,
        )
        return "\n".join(said)


# -- in the child ------------------------------------------------------------------------------


def _recognise(order: Mapping[str, Any]) -> None:
    from pocketsphinx import set_loglevel  # type: ignore[import-untyped]

    set_loglevel("FATAL")
    with wave.open(str(order["wav"])) as sound:
        duration_ms = sound.getnframes() * 1000 // RATE
        pieces = spans(list(_voiced(sound)), frame_ms=FRAME_MS, duration_ms=duration_ms)
        ahead = [piece for piece in pieces if piece.start_ms >= order["from_ms"]]
        decoder = _decoder(order["pronunciations"]) if ahead else None
        for piece in ahead:
            progress = min(0.99, piece.end_ms / duration_ms)
            if words := list(_words(decoder, _pcm(sound, piece), piece)):
                text = " ".join(word.text for word in words)
                child.say_segment(Segment(words[0].start_ms, words[-1].end_ms, text, tuple(words)), progress)
            else:
                child.say(progress=progress)
    child.say(progress=1.0)


def _voiced(sound: wave.Wave_read) -> Iterator[bool]:
    import numpy

    while pcm := sound.readframes(LOOK_S * RATE):
        yield from voiced(numpy.frombuffer(pcm, numpy.int16).astype(numpy.float32) / 32768)


def _decoder(names: Mapping[str, list[str]]) -> Any:
    """With the names that it does not know; it then writes them as the house does."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=RATE)
    unknown = {name: ways for name, ways in names.items() if not decoder.lookup_word(name.lower())}
    language_model = decoder.get_lm()
    for name in unknown:
        # Before its pronunciation, which would bring it in with the weight of any word.
        language_model.add_word(name, NAME_WEIGHT)
    spoken = [
        (name if at == 0 else f"{name}({at + 1})", way) for name, ways in unknown.items() for at, way in enumerate(ways)
    ]
    for at, (name, way) in enumerate(spoken, 1):
        # Telling it to take notice costs a tenth of a second, so only with the last.
        decoder.add_word(name, way, at == len(spoken))
    return decoder


def _pcm(sound: wave.Wave_read, piece: Span) -> bytes:
    sound.setpos(piece.start_ms * RATE // 1000)
    return sound.readframes(piece.length_ms * RATE // 1000)


def _words(decoder: Any, pcm: bytes, piece: Span) -> Iterable[Word]:
    """Decode one piece; never a whole recording, which may take longer than it lasts by far."""
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
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
    _recognise(child.order())
