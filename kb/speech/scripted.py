"""An engine that says what it was told to; for tests of what uses one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from kb.errors import ToolFailed
from kb.speech.contract import Segment


class Scripted:
    name = "scripted"
    model = "script"

    def __init__(self, segments: Sequence[Segment] = (), *, draft: bool = True, failure: ToolFailed | None = None):
        self._segments = segments
        self._failure = failure
        self.draft = draft

    def unavailable(self) -> str | None:
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
        """Give the segments, then fail if a failure was passed in."""
        for at, segment in enumerate(self._segments, 1):
            if should_stop():
                raise ToolFailed("The transcription was stopped.", permanent=False, code="stopped")
            on_segment(segment)
            on_progress(at / len(self._segments))
        if self._failure:
            raise self._failure
