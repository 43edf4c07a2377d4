"""The file of an upload in parts: how much of it is there, and who may write on.

Its size is the offset, so that nothing that arrived is forgotten, whatever is killed. Beside it may lie `.unchecked`,
with the offset from which bytes are not verified yet, `.wanted`, while somebody waits to write, and `.whole`, its
second name while it becomes a screencast.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import KbError, NoRoom
from kb.hands import hands

# How long a second writer waits for the first, who may be a connection that is dead without knowing.
WAIT_S = 3.0
LOOK_AGAIN_S = 0.05


class Locked(KbError):
    status = 423
    code = "in-use"
    title = "It is being sent already"


class PartFile:
    """Opened, and nobody else writes meanwhile: neither in this process nor in another one."""

    def __init__(self, path: Path, handle: int) -> None:
        self.path = path
        self._handle = handle

    @property
    def offset_bytes(self) -> int:
        return os.fstat(self._handle).st_size

    @property
    def is_gone(self) -> bool:
        """Whether somebody ended the upload meanwhile."""
        return os.fstat(self._handle).st_nlink == 0

    def is_wanted(self) -> bool:
        return self.is_gone or _wanted(self.path).exists()

    def add(self, piece: bytes) -> None:
        """Raises NoRoom; then as much of it is there as there was room for."""
        view = memoryview(piece)
        try:
            while view:
                view = view[os.pwrite(self._handle, view, self.offset_bytes) :]
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise no_room() from error
            raise

    def cut(self, size_bytes: int) -> None:
        os.ftruncate(self._handle, size_bytes)

    def sync(self) -> None:
        """What was acknowledged is on the disk, also after a power failure."""
        os.fdatasync(self._handle)

    @contextmanager
    def unchecked(self) -> Iterator[None]:
        """Whatever is added inside counts only when the block ends without an error: else it is cut off again."""
        start = self.offset_bytes
        _unchecked(self.path).write_text(str(start), encoding="ascii")
        try:
            yield
        except BaseException:
            self.cut(start)
            raise
        finally:
            _unchecked(self.path).unlink(missing_ok=True)

    @contextmanager
    def second_name(self) -> Iterator[Path]:
        """Under which the bytes may be moved away, while a failure, or a kill, leaves them here for another try."""
        path = _whole(self.path)
        path.unlink(missing_ok=True)
        os.link(self.path, path)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def no_room() -> NoRoom:
    return NoRoom("There is no room left here. What has arrived is kept; tell an admin, and go on later.")


def folder() -> Path:
    path = hands().settings.tmp_dir / "uploads"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def offset_bytes(upload_id: str) -> int:
    """How much of it is there and counts; 0 if nothing is."""
    path = folder() / upload_id
    with contextlib.suppress(FileNotFoundError, ValueError):
        return min(path.stat().st_size, int(_unchecked(path).read_text(encoding="ascii")))
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def named() -> dict[str, list[Path]]:
    """All files that lie here, by the upload that they belong to, or did."""
    files: dict[str, list[Path]] = {}
    for path in folder().iterdir():
        files.setdefault(path.name.partition(".")[0], []).append(path)
    return files


@contextmanager
def opened(upload_id: str, *, wait_s: float = WAIT_S) -> Iterator[PartFile]:
    """Write on; the file is made if there is none. Raises Locked where somebody else does, and goes on doing so."""
    path = folder() / upload_id
    handle = _locked(path, wait_s)
    try:
        _cut_unchecked(path, handle)
        yield PartFile(path, handle)
    finally:
        os.close(handle)


def wipe(upload_id: str) -> None:
    """Give its bytes back at once, also where somebody is writing. For one that has not become a screencast."""
    path = folder() / upload_id
    with contextlib.suppress(FileNotFoundError):
        os.truncate(path, 0)
    _remove(path)


def remove(upload_id: str) -> None:
    """Take the name away; the bytes may have another one, as a screencast's original."""
    _remove(folder() / upload_id)


def _locked(path: Path, wait_s: float) -> int:
    until = time.monotonic() + wait_s
    try:
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if _take(handle) and _is_still(path, handle):
                return handle
            os.close(handle)
            if time.monotonic() > until:
                raise Locked("Another connection is sending this upload. Wait for it, or end it, then go on.")
            if wait_s:
                _wanted(path).touch()
            time.sleep(LOOK_AGAIN_S)
    finally:
        if wait_s:
            _wanted(path).unlink(missing_ok=True)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, handle: int) -> bool:
    """Whether the file that was locked still has this name: else somebody ended the upload in between."""
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False


def _cut_unchecked(path: Path, handle: int) -> None:
    """A process that was killed left bytes that nobody has verified."""
    with contextlib.suppress(FileNotFoundError):
        # Empty: killed before it was written, and so before any such byte was.
        if text := _unchecked(path).read_text(encoding="ascii"):
            os.ftruncate(handle, min(os.fstat(handle).st_size, int(text)))
        _unchecked(path).unlink()


def _remove(path: Path) -> None:
    for each in (path, _unchecked(path), _wanted(path), _whole(path)):
        each.unlink(missing_ok=True)


def _unchecked(path: Path) -> Path:
    return path.with_name(f"{path.name}.unchecked")


def _wanted(path: Path) -> Path:
    return path.with_name(f"{path.name}.wanted")


def _whole(path: Path) -> Path:
    return path.with_name(f"{path.name}.whole")
