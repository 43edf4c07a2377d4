"""What is said at once of a file that can't be taken: no room, not a video, no picture, too long."""

from contextlib import suppress
from pathlib import Path

from kb.errors import Invalid, NoRoom, TooLarge, ToolFailed, UnsupportedMedia
from kb.hands import hands
from kb.media.kinds import Kind, describe, sniff
from kb.media.probe import Probe, probe
from kb.media.verdict import no_room
from kb.storage.room import ROOM_BYTES
from kb.web.filters import size

HEAD_BYTES = 64 * 1024
# A look inside while the uploader waits: longer than any honest file takes, short enough to wait for.
LOOK_S = 8.0
# Steps may use most of what is kept free (ROOM_BYTES), so that what was taken gets done.
ROOM_FOR_STEPS_BYTES = 64 * 1024**2


def check_room(size_bytes: int, *, is_here: bool = False, promised_bytes: int = 0) -> None:
    """Whether a recording fits. Raises TooLarge or NoRoom.

    is_here: its bytes have arrived, so that they need no more room. promised_bytes: what other uploads still bring.
    """
    most = hands().settings.max_upload_bytes
    if size_bytes > most:
        raise TooLarge(f"This file is larger than the {size(most)} that fit here. Cut it shorter or record it smaller.")
    coming = promised_bytes + (0 if is_here else size_bytes)
    if not hands().has_room(coming, "originals", "media", spare_bytes=ROOM_BYTES):
        raise NoRoom("There is no room left for this file. Nothing was kept; tell an admin, then try again.")


def check_room_to_make(size_bytes: int) -> None:
    """Before a step makes files of about so many bytes. Raises ToolFailed, which a later try may mend."""
    if not hands().has_room(size_bytes, "media", spare_bytes=ROOM_FOR_STEPS_BYTES):
        raise no_room()


def kind_of(file: Path, size_bytes: int) -> Kind:
    """By its first bytes, whatever it is called. Raises Invalid for an empty file, else UnsupportedMedia."""
    if size_bytes == 0:
        text = "The file is empty. Choose the recording itself, and check that it has finished saving."
        raise Invalid(text, code="empty-file", errors={"file": [text]})
    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    kind = sniff(head)
    if not kind:
        raise UnsupportedMedia(
            f"This looks like {describe(head)}, not like a video that can be taken. "
            "Send a screen recording: MP4, MOV, WebM, MKV, AVI, FLV, TS, OGV or GIF."
        )
    return kind


def look_inside(file: Path, kind: Kind) -> Probe | None:
    """What its header says; None where that takes too long to read: it is for the workers then.

    Raises Invalid where it can't be played or is too long.
    """
    found: Probe | None = None
    with suppress(_Unsure):
        found = _probe(file, kind)
    if found and (text := too_long(found.duration_ms)):
        raise Invalid(text, code="too-long", errors={"file": [text]})
    return found


def too_long(duration_ms: int | None) -> str | None:
    """A sentence if a recording of this length is not taken."""
    most_s = hands().settings.max_duration_s
    if duration_ms and duration_ms > most_s * 1000:
        return f"This recording is longer than {_minutes(most_s)}. Cut it into parts, each with one purpose."
    return None


class _Unsure(Exception):
    pass


def _probe(file: Path, kind: Kind) -> Probe:
    try:
        return probe(file, kind, deadline_s=LOOK_S)
    except ToolFailed as error:
        if error.permanent:
            raise Invalid(error.detail, code=error.code, errors={"file": [error.detail]}) from error
        raise _Unsure from error


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds >= 120 else f"{seconds} seconds"
