"""The site's web processes as they run for people, for what only real sockets show."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from kb.accounts import actions as accounts
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from tests.runtime.test_nginx import free_port
from tests.screencasts.conftest import PART_TYPE, UPLOADS

WAIT_S = 20


@dataclass
class Served:
    """The site's web processes alone, on a data folder that outlives them."""

    settings: Settings
    token: str
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        environ = os.environ | {
            "KB_BIND": f"127.0.0.1:{self.port}",
            "KB_DATA_DIR": str(self.settings.data_dir),
            "KB_SPEECH": "none",
        }
        argv = [sys.executable, "-m", "gunicorn", "--config", "python:kb.web.gunicorn", "kb.app:create_app()"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(argv, env=environ, start_new_session=True, **quiet)  # type: ignore[call-overload]
        until(self._answers)

    def stop(self, how: int = signal.SIGTERM) -> None:
        assert self._process
        os.killpg(self._process.pid, how)
        self._process.wait(WAIT_S)
        # Its children die a moment later.
        until(lambda: not self._answers())

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True

    @property
    def workers(self) -> list[int]:
        assert self._process
        return [
            pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if parent_of(pid) == self._process.pid
        ]

    def call(self, method: str, url: str, body: bytes = b"", **headers: object) -> HTTPResponse:
        """On a connection of its own, so that any of the processes may get it."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        connection.request(method, url, body or None, self._headers(headers))
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def begun(self, length: int | None) -> str:
        announced = {"Upload_Defer_Length": 1} if length is None else {"Upload_Length": length}
        return self.call("POST", UPLOADS, **announced).headers["Location"]

    def send(self, url: str, offset: int, body: bytes, **headers: object) -> HTTPResponse:
        return self.call("PATCH", url, body, Upload_Offset=offset, Content_Type=PART_TYPE, **headers)

    def offset(self, url: str) -> int:
        return int(self.call("HEAD", url).headers["Upload-Offset"])

    def sending(self, url: str, offset: int, **headers: object) -> socket.socket:
        """A connection on which the head of a PATCH has gone out."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_S)
        said = self._headers({"Upload_Offset": offset, "Content_Type": PART_TYPE} | headers)
        lines = [f"PATCH {url} HTTP/1.1", "Host: here", *(f"{name}: {value}" for name, value in said.items())]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection

    def original(self, screencast_id: str) -> bytes:
        (path,) = (self.settings.data_dir / "originals").glob(f"{screencast_id}.*")
        return path.read_bytes()

    def _headers(self, more: dict[str, Any]) -> dict[str, str]:
        named = {name.replace("_", "-"): str(value) for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", **named}


def parent_of(pid: int) -> int | None:
    """None if it has ended. (/proc/PID/task/PID/children leaves some out while others start and end.)"""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Served]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("served"), speech="none")
    settings.make_folders()
    shutil.copy(migrated, settings.private_dir / "kb.sqlite3")
    site = create_app(settings, send=lambda *_: None)
    with site.app_context():
        token = accounts.add_token(accounts.add_person("a@test.example", "A", Role.member, None), "test")
    running = Served(settings, token, free_port())
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def long_clip(clip_bytes: bytes) -> bytes:
    """40 MB that play as the clip does: what follows in it is free space."""
    free = 40_000_000 - len(clip_bytes)
    return clip_bytes + struct.pack(">I4s", free, b"free") + bytes(free - 8)
