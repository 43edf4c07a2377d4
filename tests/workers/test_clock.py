import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from redis import Redis

from kb.app import create_app
from kb.config import Settings
from tests.workers.conftest import wait_for
from workers.clock import SILENT_S, is_well


@pytest.fixture
def clock(broker_settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")} | {
        "KB_DATA_DIR": str(broker_settings.data_dir),
        "KB_REDIS_URL": broker_settings.redis_url,
        "KB_PROCESS": "clock",
    }
    process = subprocess.Popen([sys.executable, "-m", "workers.clock"], env=environment)
    yield process
    process.terminate()
    process.wait(30)


@pytest.fixture
def client(broker_settings: Settings) -> FlaskClient:
    return create_app(broker_settings).test_client()


def workers_check(client: FlaskClient) -> dict[str, object]:
    return dict(client.get("/readyz").json["checks"]["workers"])  # type: ignore[index]


def test_a_clock_that_is_not_there_is_named_until_it_is(
    redis: Redis, client: FlaskClient, request: pytest.FixtureRequest
) -> None:
    for name in ("quick", "media", "index"):
        redis.hset("kb:workers", name, str(time.time()))
    assert workers_check(client) == {"ok": False, "detail": "No sign of life from: clock."}
    request.getfixturevalue("clock")
    wait_for(lambda: workers_check(client)["ok"])


def test_a_site_without_its_index_says_so_and_is_ready(redis: Redis, client: FlaskClient) -> None:
    redis.hset("kb:workers", mapping=dict.fromkeys(("quick", "media", "index", "clock"), str(time.time())))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (200, True)  # type: ignore[index]
    faults = {name: check["detail"] for name, check in answer.json["checks"].items() if not check["ok"]}  # type: ignore[index]
    assert faults == {"index": "There is no search index yet; it has to be built."}
    redis.hdel("kb:workers", "index")
    assert client.get("/readyz").status_code == 503


def test_a_clock_that_stands_still_leaves_no_sign_of_life(redis: Redis) -> None:
    assert is_well(redis, time.monotonic())
    assert not is_well(redis, time.monotonic() - SILENT_S + 1)
