"""What the pipeline needs from a reader of screens: the lines of a picture, each with its place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL.Image import Image


@dataclass(frozen=True)
class Line:
    """box: left, top, right, bottom in pixels of the picture. confidence: 0 to 1."""

    text: str
    box: tuple[int, int, int, int]
    confidence: float


class Reader(Protocol):
    name: str

    def unavailable(self) -> str | None:
        """Return a sentence saying why it can't run here, None if it can."""

    def read(self, picture: Image, *, should_stop: Callable[[], bool]) -> list[Line]:
        """Return the lines of a gray picture from top to bottom; none where nothing can be read.

        Raises ToolFailed; permanent if the same picture can't be read another time.
        """


class Run(Protocol):
    """The runner of child processes, passed in. It raises ToolFailed, also when `should_stop` says so.

    feed: what the child reads from its standard input. on_line: called with each line of its output.
    """

    def __call__(
        self,
        argv: Sequence[str],
        *,
        deadline_s: float,
        memory_bytes: int,
        nice: int,
        feed: Iterable[bytes],
        env: Mapping[str, str],
        on_line: Callable[[str], None],
        should_stop: Callable[[], bool],
    ) -> object: ...
