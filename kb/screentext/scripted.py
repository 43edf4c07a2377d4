"""A reader that sees what it was told to; for tests of what uses one."""

from collections.abc import Callable, Sequence

from PIL.Image import Image

from kb.errors import ToolFailed
from kb.screentext.contract import Line


class Scripted:
    name = "scripted"

    def __init__(self, *readings: Sequence[Line], failure: ToolFailed | None = None) -> None:
        """readings: the lines of the first picture, of the second ...; of later ones those of the last."""
        self._readings = list(readings) or [()]
        self._failure = failure

    def unavailable(self) -> str | None:
        return None

    def read(self, picture: Image, *, should_stop: Callable[[], bool]) -> list[Line]:
        """Give the next lines; fail if a failure was passed in."""
        if self._failure:
            raise self._failure
        if should_stop():
            raise ToolFailed("The reading was stopped.", permanent=False, code="stopped")
        return list(self._readings.pop(0) if len(self._readings) > 1 else self._readings[0])
