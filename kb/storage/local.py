"""Storage in the data folder."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.errors import NotFound
from kb.storage.contract import Stored

# For this user, and for a web server in this group that sends what the site tells it to.
FILE_MODE, FOLDER_MODE = 0o640, 0o750
TOP = ("originals", "media")
# The system's own, where one of these is the top of a filesystem.
LOST_AND_FOUND = "lost+found"


class LocalStorage:
    def __init__(self, root: Path) -> None:
        self.root = root

    def settle(self, file: Path) -> None:
        _sync(file)

    def put(self, key: str, file: Path) -> None:
        target = self._target(key)
        file.chmod(FILE_MODE)
        # On the disk before anybody says that it is there: a row without its bytes is worse than no row.
        _sync(file)
        try:
            os.replace(file, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(file, target)
            file.unlink()
        _sync(target.parent)

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        path = self._path(key)
        if not path.is_file():
            raise NotFound("This file is not there (any more).", code="no-file")
        yield path

    def size_bytes(self, key: str) -> int | None:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def names(self, folder: str) -> list[str]:
        path = self._path(folder)
        return sorted(each.name for each in path.iterdir() if each.is_file()) if path.is_dir() else []

    def keep_copy(self, key: str, copy: str) -> None:
        with self.local_path(key) as path:
            target = self._target(copy)
            target.unlink(missing_ok=True)
            # `put` never writes into a file that is there, so one more name for it is a copy.
            try:
                os.link(path, target)
            except OSError:
                # Another filesystem, or one without such names.
                _copy(path, target)
            _sync(target.parent)

    def delete(self, prefix: str) -> None:
        path = self._path(prefix)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def folders(self) -> Mapping[str, Path]:
        return {name: self.root / name for name in TOP}

    def look(self, key: str) -> Stored | None:
        with suppress(FileNotFoundError, NotADirectoryError):
            return _stored(key, self._path(key).lstat(), self.root.stat().st_uid)
        return None

    def everything(self) -> Iterator[Stored]:
        owner = self.root.stat().st_uid
        for name, folder in self.folders().items():
            yield from _below(folder, name, owner)

    def restore_access(self, key: str) -> None:
        path = self._path(key)
        path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)
        owner = self.root.stat().st_uid
        if path.stat().st_uid != owner:
            os.chown(path, owner, -1)

    def set_aside(self, key: str, folder: Path) -> None:
        target = folder / key
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(self._path(key), _unused(target))

    def _target(self, key: str) -> Path:
        target = self._path(key)
        target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        return target

    def _path(self, key: str) -> Path:
        path = Path(os.path.normpath(self.root / key))
        if not path.is_relative_to(self.root) or path == self.root:
            raise ValueError(f"a key outside the storage: {key!r}")
        return path


def _copy(source: Path, target: Path) -> None:
    """To a name beside its target first, so that nobody ever reads half of it."""
    beside = target.with_name(f".{target.name}.copying")
    try:
        shutil.copyfile(source, beside)
        beside.chmod(FILE_MODE)
        _sync(beside)
        os.replace(beside, target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _below(folder: Path, key: str, owner: int) -> Iterator[Stored]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda each: each.name):
            if entry.name == LOST_AND_FOUND and key in TOP:
                continue
            # Gone since its folder was read: then it is not there.
            with suppress(FileNotFoundError):
                stored = _stored(f"{key}/{entry.name}", entry.stat(follow_symlinks=False), owner)
                yield stored
                if stored.kind == "folder":
                    yield from _below(Path(entry.path), stored.key, owner)


def _stored(key: str, found: os.stat_result, owner: int) -> Stored:
    kind = "file" if stat.S_ISREG(found.st_mode) else "folder" if stat.S_ISDIR(found.st_mode) else "other"
    size_bytes = found.st_size if kind == "file" else 0
    return Stored(key, kind, size_bytes, found.st_ctime, _fault(found, kind, owner))


def _fault(found: os.stat_result, kind: str, owner: int) -> str | None:
    if kind == "other":
        return None
    if found.st_uid != owner:
        return f"belongs to user {found.st_uid} instead of {owner}"
    mode, wanted = stat.S_IMODE(found.st_mode), FILE_MODE if kind == "file" else FOLDER_MODE
    # What else a folder hands down to its files (setgid) is for whoever set it up.
    return None if mode & 0o777 == wanted else f"mode {mode:o} instead of {wanted:o}"


def _unused(path: Path) -> Path:
    """This name, or with a number if something was set aside under it before."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free
