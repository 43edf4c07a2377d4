"""Open event streams in front of the real server: it stops in spite of them, and serves pages above their number."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb import db
from kb.accounts import actions as accounts
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from tests.redises import RedisServer, redis_server

WAIT_S = 30
BIN = Path(sys.executable).parent


@dataclass
class Served:
    process: "subprocess.Popen[bytes]"
    port: int
    token: str
    redis: RedisServer

    def listen(self) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        connection.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {self.token}"})
        return connection.getresponse()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """gunicorn as `make run` starts it, but for far more patience with what is still open when it is told to stop."""
    with redis_server(tmp_path) as redis:
        settings = Settings(data_dir=tmp_path / "data", redis_url=redis.url, speech="none")
        settings.make_folders()
        db.migrate(settings.sqlalchemy_url)
        token = make_person(settings)
        port = free_port()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")} | {
            "KB_DATA_DIR": str(settings.data_dir),
            "KB_REDIS_URL": redis.url,
            "KB_BIND": f"127.0.0.1:{port}",
        }
        argv = [BIN / "gunicorn", "--config", "python:kb.web.gunicorn", "--graceful-timeout", "600"]
        process = subprocess.Popen([*argv, "kb.app:create_app()"], env=environment, start_new_session=True)
        try:
            wait_until_alive(port)
            yield Served(process, port, token, redis)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_with_fifty_streams_open(served: Served, sign: signal.Signals) -> None:
    streams = [served.listen() for _ in range(50)]
    assert {stream.status for stream in streams} == {200}
    os.killpg(served.process.pid, sign)
    served.process.wait(timeout=WAIT_S)
    for stream in streams:
        # To its end: nothing was cut off in the middle.
        if sign == signal.SIGTERM:
            assert stream.read().startswith(b"retry: ")


def test_above_the_cap_a_stream_is_refused_and_pages_are_served(served: Served) -> None:
    """Two processes share the connections as it comes, so only beyond both caps is a refusal certain."""
    streams = [served.listen() for _ in range(200)]
    statuses = [stream.status for stream in streams]
    assert set(statuses) == {200, 503}
    assert statuses.count(503) >= 200 - 2 * 96
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/sign-in", timeout=WAIT_S) as page:
        assert page.status == 200


def test_a_place_is_free_again_when_its_client_hung_up(served: Served) -> None:
    for _ in range(3):
        streams = [served.listen() for _ in range(90)]
        assert {stream.status for stream in streams} == {200}
        for stream in streams:
            stream.close()


def make_person(settings: Settings) -> str:
    site = create_app(settings, pages=False)
    with site.app_context():
        return accounts.add_token(accounts.add_person("ann@test.example", "Ann", Role.member, None), "test")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until_alive(port: int) -> None:
    until = time.monotonic() + WAIT_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            assert time.monotonic() < until, "it did not start"
            time.sleep(0.1)
