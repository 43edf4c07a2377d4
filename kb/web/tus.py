"""tus 1.0.0 (https://tus.io/protocols/resumable-upload) as far as it is headers and bodies and knows no upload."""

import base64
import binascii
import contextlib
import hashlib
import re
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from flask import Request
from gunicorn.http.errors import ParseException

from kb.errors import KbError

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,termination,checksum,expiration"
PART_TYPE = "application/offset+octet-stream"
CHECKSUMS = ("sha1", "sha256", "md5")
# What one length may be: more digits than any disk has bytes would only cost.
LONGEST_NUMBER = 18
PIECE_BYTES = 256 * 1024
# What gunicorn reads from a connection at least, so that it waits for no more.
SMALL_PIECE_BYTES = 1024
# A sender that says nothing for so long is asked whether somebody else wants to go on with the upload ...
PAUSE_S = 1.0
# ... and after so long is taken for gone. What it sent is kept.
SILENCE_S = 30.0


class BadTus(KbError):
    status = 400
    code = "bad-tus"
    title = "Not as tus has it"


@dataclass(frozen=True)
class Checksum:
    algorithm: str
    digest: bytes

    def begin(self) -> Any:
        return hashlib.new(self.algorithm, usedforsecurity=False)


def whole_number(headers: Any, name: str) -> int | None:
    """None where the header is missing. Raises BadTus for anything but digits."""
    text = headers.get(name)
    if text is None:
        return None
    if not re.fullmatch(rf"[0-9]{{1,{LONGEST_NUMBER}}}", text):
        raise BadTus(f"{name} must be a whole number, 0 or more.")
    return int(text)


def read_metadata(text: str) -> dict[str, bytes]:
    """Upload-Metadata: `key base64,key base64,key`. Raises BadTus."""
    values: dict[str, bytes] = {}
    for pair in text.split(",") if text.strip() else ():
        match = re.fullmatch(r"\s*([!-+\--~]+)(?: ([A-Za-z0-9+/]*={0,2}))?\s*", pair)
        if not match:
            raise BadTus("Upload-Metadata must be pairs of a key and its value in Base64, with commas between them.")
        key, value = match[1], match[2] or ""
        if key in values:
            raise BadTus(f"Upload-Metadata names {key} twice.")
        values[key] = _base64(value, f"The value of {key} in Upload-Metadata")
    return values


def read_checksum(text: str | None) -> Checksum | None:
    """Upload-Checksum: `sha1 base64`. Raises BadTus for what is not understood."""
    if text is None:
        return None
    algorithm, _, digest = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise BadTus(f"Checksums here are one of {', '.join(CHECKSUMS)}.", code="unknown-checksum")
    return Checksum(algorithm, _base64(digest, "Upload-Checksum"))


def _base64(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BadTus(f"{what} is not Base64.") from error


class Body:
    """The bytes of a request as they come, unread so far.

    length_bytes: as announced; None where it is not (chunked). Read from the server's own stream: for what Flask puts
    around it, a client that went away is an error, and here it is the usual case.
    """

    def __init__(self, request: Request) -> None:
        environ = request.environ
        self._input: IO[bytes] = environ["wsgi.input"]
        self._connection: socket.socket | None = environ.get("gunicorn.socket")
        self._piece_bytes = PIECE_BYTES
        is_chunked = request.content_length is None and environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked"
        self.length_bytes = None if is_chunked else request.content_length or 0
        # Whether less came than was announced.
        self.is_cut = False

    @property
    def is_empty(self) -> bool:
        return self.length_bytes == 0

    def pieces(self, *, is_wanted: Callable[[], bool]) -> Iterator[bytes]:
        """What comes, until all is there, or its sender is gone or silent for long.

        is_wanted: asked in a pause, whether somebody else waits to go on; then this ends too.
        """
        came = 0
        with self._patient():
            while self.length_bytes is None or came < self.length_bytes:
                left = PIECE_BYTES if self.length_bytes is None else self.length_bytes - came
                piece = self._read(left, is_wanted)
                if not piece:
                    self.is_cut = self.is_cut or self.length_bytes is not None
                    return
                came += len(piece)
                yield piece

    def stop(self) -> None:
        """Take no more from the sender. What has arrived can still be read, then it ends."""
        self.is_cut = True
        if self._connection:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RD)

    def _read(self, left_bytes: int, is_wanted: Callable[[], bool]) -> bytes:
        silent_since = time.monotonic()
        while True:
            try:
                piece = self._input.read(min(left_bytes, self._piece_bytes))
            except TimeoutError:
                is_over = time.monotonic() - silent_since > SILENCE_S
                if self.is_cut:
                    return b""
                # gunicorn reads on after a pause where the length is known, and only there.
                if is_over or self.length_bytes is None or is_wanted():
                    self.stop()
                # Less is there than was asked for; it is not to wait for the rest.
                self._piece_bytes = SMALL_PIECE_BYTES
            except (OSError, ParseException):
                if self.is_cut:
                    return b""
                # Once more: what came before it broke.
                self.stop()
            else:
                self._piece_bytes = min(PIECE_BYTES, 2 * self._piece_bytes)
                return piece

    @contextlib.contextmanager
    def _patient(self) -> Iterator[None]:
        if not self._connection:
            yield
            return
        before = self._connection.gettimeout()
        self._connection.settimeout(SILENCE_S if self.length_bytes is None else PAUSE_S)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                self._connection.settimeout(before)
