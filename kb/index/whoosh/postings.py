"""Sorting what a writer of Whoosh collects: words with the documents and places at which they stand."""

import heapq
import marshal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

# (field, word, document's number, weight, places): they come back in this order.
Posting = tuple[str, bytes, int, float, bytes]

# Some 250 bytes each. Of what is read back, READ_AT_ONCE for every file.
IN_MEMORY = 400_000
READ_AT_ONCE = 2_000


class Postings:
    """Stands in for Whoosh's own pool, which writes and reads each posting by itself: a third of the work of building.

    What memory does not hold waits in files that have no name, so that nothing is left behind, however it ends.
    """

    def __init__(self, folder: Path, *, in_memory: int = IN_MEMORY) -> None:
        self._folder = folder
        self._most = in_memory
        self._current: list[Posting] = []
        self._runs: list[IO[bytes]] = []

    def add(self, posting: Posting) -> None:
        self._current.append(posting)
        if len(self._current) >= self._most:
            self._save()

    def iter_postings(self) -> Iterator[Posting]:
        self._current.sort()
        return heapq.merge(*map(_read, self._runs), self._current)

    def cleanup(self) -> None:
        for run in self._runs:
            run.close()
        self._runs, self._current = [], []

    def _save(self) -> None:
        self._current.sort()
        run: Any = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by cleanup
        self._runs.append(run)
        for start in range(0, len(self._current), READ_AT_ONCE):
            marshal.dump(self._current[start : start + READ_AT_ONCE], run)
        self._current = []


def _read(run: IO[bytes]) -> Iterator[Posting]:
    run.seek(0)
    try:
        while True:
            yield from marshal.load(run)  # noqa: S302 - what this very process wrote, to a file without a name
    except EOFError:
        return
