"""The files of an index: which folder answers, who may write, and the switch after a rebuild."""

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.index.contract import IndexBroken, IndexBusy


class Folders:
    """root/current names the folder that answers; root/lock is held by who writes, and freed by the system on death.

    format: changes when the fields or the analysis do; an index of another format counts as broken.
    """

    def __init__(self, root: Path, *, format: str) -> None:
        self._root = root
        self._format = format
        self._pointer = root / "current"

    def current(self) -> Path:
        """Raises IndexBroken if there is none, or only one of another format."""
        try:
            pointed = json.loads(self._pointer.read_text(encoding="utf-8"))
            folder, made_as = self._root / str(pointed["folder"]), pointed["format"]
        except FileNotFoundError:
            raise IndexBroken("There is no search index yet; it has to be built.", code="index-missing") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexBroken("The search index can't say which of its folders is current.") from error
        if made_as != self._format:
            raise IndexBroken("The search index was made by another version of this program.")
        return folder

    @contextmanager
    def replacing(self) -> Iterator[Path]:
        """Lend an empty folder that nobody reads yet; it answers after the block, or is gone if the block fails."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="index-", dir=self._root))
        try:
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        former = self._pointed()
        self._point_to(folder)
        # The former stays until the next time, as others may be reading it.
        for other in self._root.glob("index-*"):
            if other.name not in (folder.name, former):
                shutil.rmtree(other, ignore_errors=True)

    @contextmanager
    def writing(self, *, patience_s: float) -> Iterator[None]:
        """Hold the right to write. Raises IndexBusy after `patience_s`."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        until = time.monotonic() + patience_s
        with (self._root / "lock").open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise IndexBusy("The search index is being written by another process.") from None
                    time.sleep(0.05)
            yield

    def _point_to(self, folder: Path) -> None:
        written = self._root / "current.new"
        with written.open("w", encoding="utf-8") as file:
            json.dump({"folder": folder.name, "format": self._format}, file)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._pointer)

    def _pointed(self) -> str | None:
        try:
            return str(json.loads(self._pointer.read_text(encoding="utf-8"))["folder"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
