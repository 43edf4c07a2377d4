"""Storage in the data folder."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import NotFound


class LocalStorage:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, key: str, file: Path) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        # On the disk before anybody says that it is there: a row without its bytes is worse than no row.
        _sync(file)
        os.replace(file, target)
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
            target = self._path(copy)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            # `put` never writes into a file that is there, so one more name for it is a copy.
            try:
                os.link(path, target)
            except OSError:
                # Another filesystem, or one without such names.
                beside = target.with_name(f".{target.name}.copying")
                shutil.copyfile(path, beside)
                _sync(beside)
                os.replace(beside, target)
            _sync(target.parent)

    def delete(self, prefix: str) -> None:
        path = self._path(prefix)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.root).free

    def _path(self, key: str) -> Path:
        path = Path(os.path.normpath(self.root / key))
        if not path.is_relative_to(self.root) or path == self.root:
            raise ValueError(f"a key outside the storage: {key!r}")
        return path


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
