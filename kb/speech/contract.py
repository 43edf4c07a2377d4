"""What the pipeline needs from a speech engine: words with times, as they are recognised."""

from collections.abc import Callable, Sequence
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


class Engine(Protocol):
    name: str
    model: str
    draft: bool
    """Words good enough to be found by, not to be shown as captions unless somebody asks for them."""

    def unavailable(self) -> str | None:
        """Return a sentence saying why it can't run here, None if it can."""

    def transcribe(
        self,
        wav: Path,
        *,
        language: str | None,
        on_segment: Callable[[Segment], None],
        on_progress: Callable[[float], None],
        should_stop: Callable[[], bool],
    ) -> None:
        """Call `on_segment` for each segment in order of time, `on_progress` with 0 to 1; silence gives no segment.

        wav: 16-bit PCM, mono, 16 kHz. language: BCP 47, None if unknown.
        Raises ToolFailed; permanent if the same recording can't succeed another time.
        """


class Run(Protocol):
    """The runner of child processes, passed in. It raises ToolFailed, also when `should_stop` says so.

    reads: what the child may open besides the system's files. on_line: called with each line of its output.
    """

    def __call__(
        self,
        argv: Sequence[str],
        *,
        deadline_s: float,
        nice: int,
        reads: Sequence[Path],
        on_line: Callable[[str], None],
        should_stop: Callable[[], bool],
    ) -> object: ...
