"""What a program reads from its standard input, written by a thread of its own while another waits for the program."""

import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import IO


class Feed:
    """Writes chunks until there are no more or the program stops reading; `end` raises what making a chunk raised."""

    def __init__(self, chunks: Iterable[bytes], pipe: IO[bytes]) -> None:
        self._chunks = chunks
        self._pipe = pipe
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name="feed", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Call when the program has ended."""
        self._thread.join()
        if self._fault:
            raise self._fault

    def _write(self) -> None:
        try:
            # A program that has read enough is no fault; closing writes what is left, so it is told the same.
            with suppress(BrokenPipeError), self._pipe as pipe:
                for chunk in self._chunks:
                    pipe.write(chunk)
        except BaseException as fault:
            self._fault = fault
