"""How much room there is on each filesystem that folders of ours lie on, and whether its lack made something fail."""

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Kept free on every filesystem besides an upload's own bytes: the database, the index and Redis must go on.
ROOM_BYTES = 256 * 1024**2
FULL = (errno.ENOSPC, errno.EDQUOT)
# PostgreSQL's class 53: disk_full.
SQLSTATE_FULL = "53100"


@dataclass(frozen=True)
class Filesystem:
    """folders: those of the asked ones that lie on it. free_bytes: what who asks may still write."""

    folders: tuple[Path, ...]
    total_bytes: int
    free_bytes: int


def filesystems(folders: Iterable[Path]) -> list[Filesystem]:
    """Each once, in the order of its first folder; a link counts for where it leads."""
    by_device: dict[int, list[Path]] = {}
    for folder in folders:
        by_device.setdefault(folder.stat().st_dev, []).append(folder)
    return [_measured(tuple(together)) for together in by_device.values()]


def _measured(folders: tuple[Path, ...]) -> Filesystem:
    found = os.statvfs(folders[0])
    return Filesystem(folders, found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)


def has_room(needs: Mapping[Path, int], *, spare_bytes: int) -> bool:
    """Whether all these folders can take so many bytes each, with spare_bytes left on each filesystem.

    What comes to two folders of one filesystem is moved there and not copied, so it needs its room once.
    """
    return all(
        max(needs[folder] for folder in each.folders) + spare_bytes <= each.free_bytes for each in filesystems(needs)
    )


def ran_full(error: BaseException) -> bool:
    """Whether a disk or quota without room is behind a failure, of a file or of a database."""
    return any(_is_full(each) for each in _causes(error))


def _is_full(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno in FULL
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(error, "sqlstate", None) == SQLSTATE_FULL


def _causes(error: BaseException) -> Iterator[BaseException]:
    following: BaseException | None = error
    while following:
        yield following
        following = following.__cause__ or following.__context__
