"""The file of a screencast, from its arrival to the row that names it."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from kb.db import let_go
from kb.media.kinds import Kind
from kb.media.probe import Probe
from kb.screencasts.fields import clean_filename
from kb.screencasts.models import Screencast
from kb.screencasts.refusals import check_room, kind_of, look_inside


@dataclass(frozen=True)
class Recording:
    """A file that may be taken. sha256: of its bytes, in hex; the same bytes again are found by it.

    found: what its header says, unless that took too long to read.
    """

    filename: str
    kind: Kind
    size_bytes: int
    sha256: str
    found: Probe | None


def look_at(file: Path, filename: str) -> Recording:
    """What has arrived whole. Raises what can be known at once: empty, not a video, no picture, too long, no room."""
    size_bytes = file.stat().st_size
    check_room(size_bytes, is_here=True)
    kind = kind_of(file, size_bytes)
    # Nobody needs the database while bytes are read.
    let_go()
    found = look_inside(file, kind)
    return Recording(clean_filename(filename), kind, size_bytes, checksum(file), found)


def checksum(file: Path) -> str:
    """SHA-256 in hex; about a second for two gigabytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def set_recording(screencast: Screencast, recording: Recording, key: str) -> None:
    screencast.filename = recording.filename
    screencast.kind = recording.kind.name
    screencast.original_key = key
    screencast.original_bytes = recording.size_bytes
    screencast.original_sha256 = recording.sha256
    # The step `probe` then need not read it again.
    screencast.measured = asdict(recording.found) if recording.found else None
