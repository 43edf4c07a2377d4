"""An engine in a process of its own: what it is asked (JSON on its standard input) and answers (a line of JSON each).

A library that hears may crash, hang or fill the memory; so it runs where a runner can stop and confine it, and what is
asked of it, titles among it, stands in no list of processes.
"""

import json
import sys
import time
import wave
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kb.errors import ToolFailed
from kb.speech.contract import Asked, Listener, Run, Segment, Word

RATE = 16_000
# Of address space. What a model itself needs comes on top.
MEMORY_BYTES = 3 * 1024**3
# Nothing that works is silent for so long; the deadline, which has to fit slow machines, comes much later.
SILENT_S = 900.0
NICE = 5

# What the runner's sentences, which are about recordings and tools, mean here. Whatever broke down may work another
# time, and goes on from the last segment that was kept.
FAULTS = {
    "memory": ("The speech recognition needs more memory than it may have. An admin can choose a smaller model.", True),
    "crashed": ("The speech recognition broke down on this recording. Try again, or tell an admin.", False),
    "tool-failed": ("The speech recognition broke down on this recording. Try again, or tell an admin.", False),
    "killed": ("The speech recognition was ended from outside, perhaps for want of memory. Try again.", False),
}


# -- in the parent -----------------------------------------------------------------------------


def ask(
    run: Run,
    module: str,
    asked: Asked,
    listener: Listener,
    *,
    deadline_s: float,
    reads: Sequence[Path] = (),
    memory_bytes: int = MEMORY_BYTES,
    silent_s: float = SILENT_S,
    **more: Any,
) -> None:
    """Run a module of ours as a program and tell the listener what it answers. Raises ToolFailed.

    silent_s: after so long without a word it counts as hanging. more: what that engine alone is asked.
    """
    ear = _Ear(listener, silent_s)
    order = {"wav": str(asked.wav), "language": asked.language, "hotwords": [*asked.hotwords], "from_ms": asked.from_ms}
    try:
        run(
            [sys.executable, "-m", module],
            deadline_s=deadline_s,
            memory_bytes=memory_bytes,
            nice=NICE,
            reads=[asked.wav, *reads, *_code()],
            feed=[json.dumps(order | more).encode()],
            on_line=ear.hear,
            should_stop=ear.should_stop,
        )
    except ToolFailed as failure:
        if failure.code not in FAULTS:
            raise
        text, permanent = FAULTS[failure.code]
        raise ToolFailed(text, permanent=permanent, code=failure.code, log=failure.log) from failure
    ear.expect_end()


@dataclass
class _Ear:
    listener: Listener
    silent_s: float
    has_ended: bool = False
    heard_at: float = field(default_factory=time.monotonic)

    def hear(self, line: str) -> None:
        self.heard_at = time.monotonic()
        said = json.loads(line)
        if refusal := said.get("refused"):
            raise ToolFailed(refusal["text"], permanent=True, code=refusal["code"])
        if language := said.get("language"):
            self.listener.language(language)
        if segment := said.get("segment"):
            words = tuple(Word(**word) for word in segment.pop("words"))
            self.listener.segment(Segment(**segment, words=words))
        if "progress" in said:
            self.listener.progress(said["progress"])
            self.has_ended = said["progress"] >= 1

    def should_stop(self) -> bool:
        if time.monotonic() - self.heard_at > self.silent_s:
            detail = "The speech recognition stood still and was stopped. Try again, or tell an admin."
            raise ToolFailed(detail, permanent=False, code="deadline")
        return self.listener.should_stop()

    def expect_end(self) -> None:
        if not self.has_ended:
            raise ToolFailed("The speech recognition ended before its time.", permanent=False)


def duration_ms(wav: Path) -> int:
    """Raises ToolFailed for what is no sound as the engines take it."""
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


def order() -> dict[str, Any]:
    """What this process was asked."""
    asked = json.loads(sys.stdin.read())
    asked["wav"] = Path(asked["wav"])
    return dict(asked)


def say(**said: Any) -> None:
    """Answer; the last answer has progress=1."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def say_segment(segment: Segment, progress: float) -> None:
    say(segment=asdict(segment), progress=min(progress, 0.99))


def refuse(code: str, text: str) -> None:
    say(refused={"code": code, "text": text})
