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
from redis.exceptions import RedisError

from kb import db
from kb.config import Settings

WAIT_S = 30


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    socket = tmp_path / "redis.sock"
    argv = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL)
    client = Redis(unix_socket_path=str(socket))
    wait_for(lambda: _answers(client))
    yield client
    process.terminate()
    process.wait()


@pytest.fixture
def broker_settings(tmp_path: Path, redis: Redis) -> Settings:
    settings = Settings(data_dir=tmp_path / "data", redis_url=f"unix://{tmp_path / 'redis.sock'}", speech="none")
    settings.make_folders()
    db.migrate(settings.sqlalchemy_url)
    return settings


@pytest.fixture
def working(broker_settings: Settings) -> Callable[..., "contextlib.AbstractContextManager[subprocess.Popen[bytes]]"]:
    """with working("quick", "clock", threads=2): …"""

    @contextmanager
    def run(*queues: str, threads: int = 1) -> "Iterator[subprocess.Popen[bytes]]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")} | {
            "KB_DATA_DIR": str(broker_settings.data_dir),
            "KB_REDIS_URL": broker_settings.redis_url,
            "KB_SPEECH": broker_settings.speech,
            "KB_PROCESS": queues[0],
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


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False
