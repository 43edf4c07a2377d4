"""Filesystems of a few megabytes, so that what happens on a full disk is seen on a full disk.

They are mounted where this process and its children alone see them, and are gone with it, however it ends.
"""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

# <sched.h>, <sys/mount.h>
CLONE_NEWNS = 0x20000
MS_REC, MS_PRIVATE, MNT_DETACH = 1 << 14, 1 << 18, 2

libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def disk(at: Path, size_bytes: int) -> Iterator[Path]:
    """A filesystem of its own at this folder, which is made; skips the test where this user can't mount one."""
    if fault := _own_namespace():
        pytest.skip(f"needs a small filesystem, and this user can't mount one ({fault})")
    at.mkdir(parents=True, exist_ok=True)
    if libc.mount(b"none", os.fsencode(at), b"tmpfs", 0, f"size={size_bytes}".encode()):
        pytest.skip(f"needs a small filesystem, and none could be mounted ({os.strerror(ctypes.get_errno())})")
    try:
        yield at
    finally:
        libc.umount2(os.fsencode(at), MNT_DETACH)


@cache
def _own_namespace() -> str | None:
    """Leave the mounts of the others, once; None, or why not."""
    if libc.unshare(CLONE_NEWNS) or libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None):
        return os.strerror(ctypes.get_errno())
    return None


def fill(folder: Path, *, leave_bytes: int = 0) -> Path:
    """Take all room of a folder's filesystem but leave_bytes; again takes what others let go meanwhile.

    Returns the file to delete to have it back.
    """
    ballast = folder / "ballast"
    found = os.statvfs(folder)
    wanted = max(0, found.f_bavail * found.f_frsize - leave_bytes)
    # Others may write at the same time; then there is less.
    with ballast.open("ab", buffering=0) as file, suppress(OSError):
        while wanted > 0:
            wanted -= file.write(bytes(min(wanted, 1024**2)))
    return ballast
