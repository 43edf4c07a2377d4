"""Where bytes rest. A key is built from our own ids by the functions here, never from a client's name."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Stored:
    """Something that lies in the storage, as it lies there; a link is not followed.

    kind: "file", "folder", or "other" for what `put` never leaves. changed_at: seconds since 1970, when it was put
    there, written to, or given to others to read.
    fault: what is wrong with who may read it, as words; None if nothing is.
    """

    key: str
    kind: str
    size_bytes: int
    changed_at: float
    fault: str | None = None


class Storage(Protocol):
    def settle(self, file: Path) -> None:
        """Bring a finished file's bytes to the disk, so that a `put` soon after takes no more than a moment."""

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

    def folders(self) -> Mapping[str, Path]:
        """Where on this machine it keeps which files, by the first part of their keys; empty if it keeps none here."""

    def look(self, key: str) -> Stored | None:
        """What lies at a key now; None if nothing does."""

    def everything(self) -> Iterator[Stored]:
        """All that lies there, a folder before what is in it and each in alphabetical order; also what nobody put."""

    def restore_access(self, key: str) -> None:
        """Let those read a file or folder who should, and nobody else. Raises OSError where that is not ours to do."""

    def set_aside(self, key: str, folder: Path) -> None:
        """Move a key, with all below it, out of the storage into folder/key; links as links."""


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
