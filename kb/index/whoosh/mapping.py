"""Reading a segment where the system has it, once for all processes.

Whoosh maps the file into memory too, but then copies it whole: each process would hold the index once more, and read
all of it anew after each commit.
"""

import io
import warnings
from typing import Any

with warnings.catch_warnings():
    # See kb/index/whoosh/schema.py.
    warnings.simplefilter("ignore")
    from whoosh.codec.whoosh3 import W3Segment  # type: ignore[import-untyped]
    from whoosh.filedb.compound import CompoundStorage  # type: ignore[import-untyped]
    from whoosh.filedb.structfile import BufferFile, StructFile  # type: ignore[import-untyped]


class Segment(W3Segment):  # type: ignore[misc]
    def open_compound_file(self, storage: Any) -> "Compound":
        file = storage.open_file(self.make_filename(self.COMPOUND_EXT))
        return Compound(file, use_mmap=storage.supports_mmap)


class Compound(CompoundStorage):  # type: ignore[misc]
    def open_file(self, name: str, *args: Any, **kwargs: Any) -> Any:
        # Without a map there was not enough room for one.
        if self.is_closed or not self._source:
            return super().open_file(name, *args, **kwargs)
        start, length = self.range(name)
        return Mapped(memoryview(self._source)[start : start + length], name)


class Mapped(BufferFile):  # type: ignore[misc]
    def __init__(self, part: memoryview, name: str) -> None:
        StructFile.__init__(self, io.BufferedReader(_Part(part)), name=name)
        self.is_real = False
        self._buf = part


class _Part(io.RawIOBase):
    """For what reads on from where it is, as the heads of files are read."""

    def __init__(self, part: memoryview) -> None:
        self._part = part
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._part)}[whence]
        return self._at

    def readinto(self, buffer: Any) -> int:
        read = self._part[self._at : self._at + len(buffer)]
        buffer[: len(read)] = read
        self._at += len(read)
        return len(read)
