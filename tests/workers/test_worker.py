import base64
import json
import os
import pickle
import shutil
import signal
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis import Redis

from kb.accounts.actions import add_person
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from kb.db import db
from kb.screencasts import actions
from kb.screencasts.fields import Upload
from kb.screencasts.models import Screencast, StepState
from tests.conftest import make_clip
from tests.workers.conftest import wait_for


class Trap:
    """Unpickling it would make a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.canary}",)


def test_a_pickled_message_is_never_opened_and_the_worker_lives_on(
    redis: Redis, working: Callable[..., Any], tmp_path: Path
) -> None:
    canary = tmp_path / "opened"
    redis.lpush("kb:clock", pickled_message(Trap(canary)))
    with working("clock") as worker:
        wait_for(lambda: redis.hexists("kb:workers", "clock") and redis.llen("kb:clock") == 0)
        assert worker.poll() is None
    assert not canary.exists()


def test_a_worker_that_is_told_to_stop_ends_at_once_and_leaves_its_step_to_the_next(
    redis: Redis, broker_settings: Settings, working: Callable[..., Any], tmp_path: Path
) -> None:
    # A minute of noise: far more than a moment of encoding.
    clip = make_clip(tmp_path / "noise.mkv", *"-vf noise=alls=80:allf=t -c:v mpeg4 -qscale 5 -an".split(), seconds=60)
    site = create_app(broker_settings)
    with site.app_context():
        author = add_person("author@test.example", "Test Author", Role.member, None)
        shutil.copy(clip, landed := broker_settings.tmp_dir / "landed")
        screencast_id = actions.receive(landed, "noise.mkv", Upload(), by=author).id

        def step(name: str) -> Any:
            db.session.rollback()
            return db.session.get_one(Screencast, screencast_id).step(name)

        with working("quick", "clock"):
            wait_for(lambda: step("quick").state in (StepState.done, StepState.skipped))
        with working("media", threads=2) as worker:
            wait_for(lambda: step("rendition").state == StepState.running)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=5) == 0
        assert step("rendition").state == StepState.waiting
        assert step("rendition").attempt == 0
        assert not list(broker_settings.tmp_dir.iterdir())


def pickled_message(body: object) -> str:
    """As Celery's Redis transport would carry a task sent with pickle."""
    properties = {
        "correlation_id": str(uuid.uuid4()),
        "delivery_mode": 2,
        "delivery_info": {"exchange": "", "routing_key": "clock"},
        "priority": 0,
        "body_encoding": "base64",
        "delivery_tag": str(uuid.uuid4()),
    }
    headers = {"lang": "py", "task": "screencasts.clean", "id": properties["correlation_id"], "argsrepr": "()"}
    return json.dumps(
        {
            "body": base64.b64encode(pickle.dumps(body)).decode(),
            "content-encoding": "binary",
            "content-type": "application/x-python-serialize",
            "headers": headers,
            "properties": properties,
        }
    )
