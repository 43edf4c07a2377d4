import base64
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Caller, People
from tests.web.actors import World, make_world
from tests.web.actors import site as site

UPLOADS = "/api/v1/uploads"
PART_TYPE = "application/offset+octet-stream"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    return make_world(tmp_path_factory.mktemp("world"), migrated, clip)


@pytest.fixture
def author(people: People, call_as: Callable[[str | None], Caller]) -> Caller:
    return call_as(people.author)


@pytest.fixture(scope="session")
def clip_bytes(clip: Path) -> bytes:
    return clip.read_bytes()


@pytest.fixture
def upload(author: Caller, clip_bytes: bytes) -> Callable[..., Any]:
    """Send a recording to the API as the author; keywords are fields, `captions` the bytes of a file. -> the answer."""

    def uploaded(content: bytes | None = None, filename: str = "clip.mp4", as_: Caller = author, **fields: Any) -> Any:
        data: dict[str, Any] = {"file": (BytesIO(clip_bytes if content is None else content), filename), **fields}
        if "captions" in data:
            data["captions"] = (BytesIO(data["captions"]), "words.vtt")
        return as_.post("/api/v1/screencasts", data=data)

    return uploaded


@pytest.fixture
def left(in_site: Flask) -> Callable[[], list[str]]:
    """Every file of people in the data folder, and every row of a screencast: nothing after a refusal."""
    from sqlalchemy import select

    from kb.db import db
    from kb.screencasts.models import Screencast

    def found() -> list[str]:
        data = in_site.extensions["kb.settings"].data_dir
        folders = (data / "originals", data / "media", data / "private" / "tmp")
        files = [str(path.relative_to(data)) for folder in folders for path in folder.rglob("*")]
        return [*files, *db.session.scalars(select(Screencast.id))]

    return found


@pytest.fixture(scope="session")
def sound_only(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], bytes]:
    """(file name) -> a second of sound in that container."""
    folder = tmp_path_factory.mktemp("sound")

    def made(name: str) -> bytes:
        path = folder / name
        if not path.exists():
            argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=1", str(path)]
            subprocess.run(argv, check=True)
        return path.read_bytes()

    return made


@dataclass
class Sender:
    """Speaks tus as one person. Headers as keywords (`Upload_Offset=0`); one that is None is left out."""

    caller: Caller

    def call(self, method: str, url: str, body: bytes = b"", **headers: object) -> Any:
        said = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: str(value) for name, value in said.items() if value is not None}
        return self.caller.client.open(url, method=method, headers=self.caller.headers | sent, data=body)

    def begin(self, length: int | None = None, body: bytes = b"", **headers: object) -> Any:
        announced = {"Upload-Defer-Length": 1} if length is None else {"Upload-Length": length}
        kind = {"Content-Type": PART_TYPE} if body else {}
        return self.call("POST", UPLOADS, body, **announced | kind | headers)

    def begun(self, length: int | None = None, body: bytes = b"", **fields: str) -> str:
        """The address of a new upload. fields: what is said of it."""
        answer = self.begin(length, body, Upload_Metadata=metadata(**fields) or None)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"])

    def head(self, url: str, **headers: object) -> Any:
        return self.call("HEAD", url, **headers)

    def send(self, url: str, offset: int | None, body: bytes = b"", **headers: object) -> Any:
        return self.call("PATCH", url, body, **{"Upload-Offset": offset, "Content-Type": PART_TYPE} | headers)

    def offset(self, url: str) -> int:
        return int(self.head(url).headers["Upload-Offset"])


def metadata(**fields: str) -> str:
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in fields.items())


@pytest.fixture
def sender(author: Caller) -> Sender:
    return Sender(author)
