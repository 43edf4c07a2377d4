"""An engine that says what it was told to; for tests of what uses one."""

from collections.abc import Sequence

from kb.errors import ToolFailed
from kb.speech.contract import Asked, Listener, Segment


class Scripted:
    name = "scripted"

    def __init__(
        self,
        segments: Sequence[Segment] = (),
        *,
        draft: bool = True,
        failure: ToolFailed | None = None,
        model: str = "script",
        language: str = "en",
    ):
        self._segments = segments
        self._failure = failure
        self._language = language
        self.draft = draft
        self.model = model

    def unavailable(self) -> str | None:
        return None

    def transcribe(self, asked: Asked, listener: Listener) -> None:
        """Give the segments that are asked for, then fail if a failure was passed in."""
        listener.language(asked.language or self._language)
        for at, segment in enumerate(self._segments, 1):
            if listener.should_stop():
                raise ToolFailed("The transcription was stopped.", permanent=False, code="stopped")
            if segment.start_ms >= asked.from_ms:
                listener.segment(segment)
            listener.progress(at / len(self._segments))
        if self._failure:
            raise self._failure
