"""What the pipeline needs from a speech engine: words with times, as they are recognised."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Word:
    """confidence: 0 to 1, None if the engine doesn't say."""

    start_ms: int
    end_ms: int
    text: str
    confidence: float | None = None


@dataclass(frozen=True)
class Segment:
    """What was said in one breath. Times count from the start of the recording."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What is to be heard.

    wav: 16-bit PCM, mono, 16 kHz. language: BCP 47, None if unknown. hotwords: names that may well be said, the
    likeliest first. from_ms: where to go on; what is before was heard already.
    """

    wav: Path
    language: str | None = None
    hotwords: Sequence[str] = ()
    from_ms: int = 0


class Listener(Protocol):
    """Who is told what is heard, while it is."""

    def language(self, language: str) -> None:
        """Told before the first segment: BCP 47 of what is spoken."""

    def segment(self, segment: Segment) -> None:
        """Told in order of time; silence and music give none."""

    def progress(self, part: float) -> None:
        """From 0 to 1, of the whole recording."""

    def should_stop(self) -> bool: ...


class Engine(Protocol):
    name: str
    model: str
    """Kept with the words: another model of the same engine hears otherwise."""
    draft: bool
    """Words good enough to be found by, not to be shown as captions unless somebody asks for them."""

    def unavailable(self) -> str | None:
        """Return a sentence saying why it can't run here, None if it can."""

    def transcribe(self, asked: Asked, listener: Listener) -> None:
        """Raises ToolFailed; permanent if the same recording can't succeed another time.

        Its code is "language-unknown" where the engine does not know the language that was asked for.
        """


class Run(Protocol):
    """The runner of child processes, passed in. It raises ToolFailed, also when `should_stop` says so.

    reads: what the child may open besides the system's files. feed: what it reads from its standard input. on_line:
    called with each line of its output.
    """

    def __call__(
        self,
        argv: Sequence[str],
        *,
        deadline_s: float,
        memory_bytes: int,
        nice: int,
        reads: Sequence[Path],
        feed: Iterable[bytes],
        on_line: Callable[[str], None],
        should_stop: Callable[[], bool],
    ) -> object: ...
