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

    def names(self, folder: str) -> list[str]:
        """What lies in a folder, without what lies in folders below; none if it is not there."""

    def keep_copy(self, key: str, copy: str) -> None:
        """Make the same bytes be at another key too, whatever is put at the first later. Raises NotFound."""

    def delete(self, prefix: str) -> None:
        """Delete a key, or all keys below a folder; fine if there is none."""

    def free_bytes(self) -> int:
        """Room left for new files."""


def original(recording_id: str, extension: str) -> str:
    """recording_id: the screencast's own for its first recording, a new one for each that replaces it."""
    return f"originals/{recording_id}.{extension}"


def of_take(take: int, name: str) -> str:
    """What a file made of the take-th recording of a screencast is called."""
    return name if take == 1 else f"{take}-{name}"


def is_of_take(take: int, name: str) -> bool:
    number, dash, _ = name.partition("-")
    return (int(number) if dash and number.isdigit() else 1) == take


def made(screencast_id: str, name: str) -> str:
    """The key of a file that a step made. name: one of the steps' own words, such as `video.mp4`."""
    return f"media/{screencast_id}/{name}"


def made_folder(screencast_id: str) -> str:
    return f"media/{screencast_id}"
