"""A real Redis on a private socket, and real workers in front of it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from kb import db
from kb.config import Settings
from tests.redises import RedisServer, redis_server

WAIT_S = 30


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def redis(server: RedisServer) -> Redis:
    return server.client


@pytest.fixture
def broker_settings(tmp_path: Path, server: RedisServer) -> Settings:
    settings = Settings(data_dir=tmp_path / "data", redis_url=server.url, speech="none")
    settings.make_folders()
    db.migrate(settings.sqlalchemy_url)
    return settings


@pytest.fixture
def working(broker_settings: Settings) -> Callable[..., "contextlib.AbstractContextManager[subprocess.Popen[bytes]]"]:
    """with working("quick", "clock", threads=2, PATH="…"): …"""

    @contextmanager
    def run(*queues: str, threads: int = 1, **others: str) -> "Iterator[subprocess.Popen[bytes]]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")} | {
            "KB_DATA_DIR": str(broker_settings.data_dir),
            "KB_REDIS_URL": broker_settings.redis_url,
            "KB_SPEECH": broker_settings.speech,
            "KB_PROCESS": queues[0],
            **others,
        }
        argv = [sys.executable, "-m", "workers", *queues, "--threads", str(threads)]
        process = subprocess.Popen(argv, env=environment, start_new_session=True)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            process.wait(timeout=WAIT_S)

    return run


def wait_for(holds: Callable[[], object], seconds: float = WAIT_S) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)
