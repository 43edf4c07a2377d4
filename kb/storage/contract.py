"""Where bytes rest. A key is built from our own ids by the functions here, never from a client's name."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class Storage(Protocol):
    def put(self, key: str, file: Path) -> None:
        """Move a finished file to its key, atomically; what stood there is replaced."""

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        """A file to read for as long as the block lasts. Raises NotFound."""

    def size_bytes(self, key: str) -> int | None:
        """None if nothing is there."""

    def delete(self, prefix: str) -> None:
        """Delete a key, or all keys below a folder; fine if there is none."""

    def free_bytes(self) -> int:
        """Room left for new files."""


def original(screencast_id: str, extension: str) -> str:
    return f"originals/{screencast_id}.{extension}"


def made(screencast_id: str, name: str) -> str:
    """The key of a file that a step made. name: one of the steps' own words, such as `video.mp4`."""
    return f"media/{screencast_id}/{name}"


def made_folder(screencast_id: str) -> str:
    return f"media/{screencast_id}"
