import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Caller, People
from tests.web.actors import World, make_world
from tests.web.actors import site as site


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
