"""The words of an image that somebody pastes, read here, by the reader of recordings.

Each reading takes a processor for a second or two, so that only a few go on at a time in one process; who comes on top
is told so at once and waits for nobody.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from kb.errors import Conflict, Invalid, KbError, TooLarge, ToolFailed, UnsupportedMedia
from kb.hands import hands
from kb.media import picture
from kb.media.kinds import Kind, describe
from kb.screentext.contract import Reader

LARGEST_BYTES = 10 * 1024**2
# Both for one image, decoding and reading.
DEADLINE_S = 10.0
DECODING_S = 5.0
AT_ONCE = 2

_slots = threading.BoundedSemaphore(AT_ONCE)

CUT_OUT = "Cut out the part with the words, and paste that."


class NotAnImage(UnsupportedMedia):
    code = "not-an-image"
    title = "Not an image"


class Busy(KbError):
    status = 503
    code = "busy"
    title = "Busy for a moment"


def words_of(path: Path) -> str:
    """Return the lines that can be read in an image, from top to bottom.

    Raises Conflict where no reader is set up, TooLarge, NotAnImage, Invalid for what can't be read, or Busy.
    """
    until = time.monotonic() + DEADLINE_S
    reader = _reader()
    kind, size = _looked_at(path)
    with _slot():
        try:
            shown = _decoded(path, kind, size)
            lines = reader.read(shown, should_stop=lambda: time.monotonic() > until)
        except ToolFailed as failure:
            raise _in_plain_words(failure) from failure
    if not lines:
        raise Invalid(f"No words could be read in this image. {CUT_OUT} Or type them.", code="no-words")
    return "\n".join(line.text for line in lines)


def _reader() -> Reader:
    reader = hands().screen_text
    if reader is None or reader.unavailable():
        raise Conflict("Reading images is not set up here. Type the words of the error.", code="no-screen-reader")
    return reader


def _looked_at(path: Path) -> tuple[Kind, picture.Size]:
    if path.stat().st_size > LARGEST_BYTES:
        raise TooLarge(f"This image is larger than {LARGEST_BYTES // 1024**2} MB. {CUT_OUT}")
    with path.open("rb") as file:
        head = file.read(picture.HEAD_BYTES)
        kind = picture.kind_of(head)
        if not kind:
            raise NotAnImage(f"This looks like {describe(head)}. Paste a PNG, JPEG, WebP, GIF or BMP image.")
        size = picture.size_of(file, kind)
    if not size:
        raise _damaged()
    return kind, size


@contextmanager
def _slot() -> Iterator[None]:
    if not _slots.acquire(blocking=False):
        raise Busy("Other images are being read at the moment. Try again in a few seconds.")
    try:
        yield
    finally:
        _slots.release()


def _decoded(path: Path, kind: Kind, size: picture.Size) -> Image.Image:
    with hands().work_folder("image", "search") as folder:
        gray = picture.gray(path, kind, size, folder, deadline_s=DECODING_S)
    return Image.frombytes("L", (gray.width, gray.height), gray.pixels)


def _in_plain_words(failure: ToolFailed) -> KbError:
    if failure.code == "picture-too-big":
        return Invalid(f"This image has too many pixels. {CUT_OUT}", code=failure.code)
    if failure.code in ("deadline", "stopped"):
        return Busy(f"Reading this image takes too long at the moment. {CUT_OUT}")
    return _damaged()


def _damaged() -> Invalid:
    return Invalid("This image can't be read. Take the screenshot again, or type the words.", code="unreadable")
