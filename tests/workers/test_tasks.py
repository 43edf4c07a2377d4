import importlib
from pathlib import Path
from typing import Any

import pytest

from kb.queues import QUEUES


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path))
    return importlib.import_module("workers.main").app


def test_every_job_has_a_task_and_every_task_is_a_job(app: Any) -> None:
    tasks = {name for name in app.tasks if not name.startswith("celery.")}
    assert tasks == set(QUEUES)


def test_messages_are_json_alone(app: Any) -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_a_message_is_kept_until_its_job_is_done(app: Any) -> None:
    assert app.conf.task_acks_late
    assert app.conf.worker_prefetch_multiplier == 1


def test_the_clock_asks_only_for_jobs_that_exist(app: Any) -> None:
    ticks = importlib.import_module("workers.clock").TICKS
    assert {name for name, _ in ticks} <= set(QUEUES)


def test_quick_work_has_a_queue_that_no_long_work_shares() -> None:
    queues = {queue for job, queue in QUEUES.items() if job in ("screencasts.rendition", "transcripts.speech")}
    assert not queues & {"quick", "clock", "index"}
