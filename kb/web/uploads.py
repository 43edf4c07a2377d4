"""A request whose files stream straight into the data folder, never through the system's temp folder."""

import contextlib
import errno
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from flask import Request, current_app

from kb.config import Settings
from kb.errors import NoRoom, TooLarge
from kb.hands import hands
from kb.storage.room import ROOM_BYTES

# What a form may hold besides its files: titles, descriptions, a captions file.
FORM_BYTES = 8 * 1024**2
# Far less than what is kept free for the rest of the site.
LOOKS_FOR_ROOM_EVERY_BYTES = 16 * 1024**2
# Endpoints that take a recording; each adds its own. No other body may be large: anybody may send a form to sign in.
TAKE_RECORDINGS: set[str] = set()
# Endpoints whose bodies hold something else that is large: how many bytes more than a form.
MORE_BYTES: dict[str, int] = {}


class UploadRequest(Request):
    max_form_memory_size = 1024**2
    max_form_parts = 200

    # Flask's may be set; this one follows from where the request goes.
    @property  # type: ignore[misc]
    def max_content_length(self) -> int:  # type: ignore[override]
        settings: Settings = current_app.extensions["kb.settings"]
        more = settings.max_upload_bytes if self.endpoint in TAKE_RECORDINGS else MORE_BYTES.get(self.endpoint or "", 0)
        return FORM_BYTES + more

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        settings: Settings = current_app.extensions["kb.settings"]
        return cast(IO[bytes], Landing(settings.tmp_dir, settings.max_upload_bytes, _has_room))


def _has_room(size_bytes: int) -> bool:
    return hands().has_room(size_bytes, spare_bytes=ROOM_BYTES)


class Landing:
    """A named temporary file that refuses more bytes than an upload may have; who keeps it moves it away.

    has_room: asked now and then, as others send at the same time and not everybody says beforehand how much.
    """

    def __init__(
        self, folder: Path, most_bytes: int, has_room: Callable[[int], bool] = lambda size_bytes: True
    ) -> None:
        self._file = tempfile.NamedTemporaryFile(dir=folder, prefix="landing-", delete=True)  # noqa: SIM115
        self._left = most_bytes
        self._most = most_bytes
        self._has_room = has_room
        self._sure_bytes = 0

    @property
    def path(self) -> Path:
        self._file.flush()
        return Path(self._file.name)

    def write(self, data: bytes) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(f"This file is larger than the {self._most} bytes that fit here. Cut it shorter.")
        if self._sure_bytes < len(data):
            if not self._has_room(len(data)):
                raise _no_room()
            self._sure_bytes = LOOKS_FOR_ROOM_EVERY_BYTES
        self._sure_bytes -= len(data)
        try:
            return self._file.write(data)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise _no_room() from error
            raise

    def close(self) -> None:
        # Not there if it arrived: then it was moved to where it belongs.
        with contextlib.suppress(FileNotFoundError):
            self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _no_room() -> NoRoom:
    return NoRoom("There is no room left for this file. Nothing was kept; tell an admin.")
