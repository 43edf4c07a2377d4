"""Rows that are seeded while the site's own worker writes the index."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select

from kb.accounts.actions import add_person
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from kb.db import db
from kb.hands import hands
from kb.outbox import Outbox
from kb.screencasts import actions
from kb.screencasts.fields import Words
from kb.screencasts.models import Screencast
from kb.seed import author_of_rows, read, seed
from tests.workers.conftest import wait_for


@pytest.mark.slow
def test_rows_and_the_changes_of_people_reach_the_index_side_by_side(
    redis: Redis, broker_settings: Settings, working: Callable[..., Any]
) -> None:
    rows = [json.dumps({"id": number, "title": f"Row {number}", "cues": []}) for number in range(300)]
    with create_app(broker_settings).app_context(), working("index"):
        seed(read([b'{"id": "first", "title": "Old title"}']), by=author_of_rows(None))
        wait_for(lambda: redis.hexists("kb:workers", "index"))
        seeding = run_seed(broker_settings, "\n".join(rows))
        admin = add_person("admin@test.example", "Test Admin", Role.admin, None)
        for turn in range(20):
            first = db.session.scalars(select(Screencast).where(Screencast.external_id == "first")).one()
            actions.change(first, Words(title=f"Title {turn}"), by=admin)
        assert seeding.wait() == 0
        known = hands().index.versions()
        ids = set(db.session.scalars(select(Screencast.id).where(Screencast.external_id != "first")))
        assert len(ids) == 300
        assert ids <= set(known)
        wait_for(lambda: not waiting())
        versions = dict(db.session.execute(select(Screencast.id, Screencast.version)).all())
        assert hands().index.versions() == versions


def run_seed(settings: Settings, rows: str) -> "subprocess.Popen[bytes]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")} | {
        "KB_DATA_DIR": str(settings.data_dir),
        "KB_REDIS_URL": settings.redis_url,
    }
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "kb"), "seed", "--from", "-"], env=environment, stdin=subprocess.PIPE
    )
    assert process.stdin
    process.stdin.write(rows.encode())
    process.stdin.close()
    return process


def waiting() -> list[Outbox]:
    db.session.rollback()
    return list(db.session.scalars(select(Outbox)))
