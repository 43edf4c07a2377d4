"""Real workers, their real ffmpeg and a real Redis; what of it is killed, stopped or taken away."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import update

from kb.accounts.actions import add_person
from kb.accounts.models import Person, Role
from kb.app import create_app
from kb.config import Settings
from kb.db import db, now, writing
from kb.media.children import is_gone
from kb.screencasts import actions, erasing
from kb.screencasts.fields import Upload
from kb.screencasts.models import Screencast, State, Step, StepState
from tests.conftest import make_clip
from tests.redises import RedisServer
from tests.workers.conftest import wait_for

Working = Callable[..., Any]


@pytest.fixture
def site(broker_settings: Settings) -> Iterator[Flask]:
    site = create_app(broker_settings)
    with site.app_context():
        yield site


@pytest.fixture
def author(site: Flask) -> Person:
    return add_person("author@test.example", "Test Author", Role.member, None)


@pytest.fixture(scope="session")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of noise: far more than a moment of encoding."""
    options = "-vf noise=alls=80:allf=t -c:v mpeg4 -qscale 5 -an".split()
    return make_clip(tmp_path_factory.mktemp("noise") / "noise.mkv", *options, seconds=60)


@pytest.fixture
def upload(author: Person, broker_settings: Settings) -> Callable[[Path], str]:
    def uploaded(file: Path) -> str:
        shutil.copy(file, landed := broker_settings.tmp_dir / "landed")
        return actions.receive(landed, file.name, Upload(), by=author).id

    return uploaded


def step(screencast_id: str, name: str) -> Step:
    db.session.rollback()
    return db.session.get_one(Step, (screencast_id, name))


def works_on(screencast_id: str, name: str) -> bool:
    found = step(screencast_id, name)
    return found.state == StepState.running and found.child is not None


def let_lease_end(screencast_id: str, name: str) -> None:
    same = (Step.screencast_id == screencast_id, Step.name == name)
    with writing() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(Step).where(*same).values(lease_until=past, due_at=past))


def files(settings: Settings) -> list[str]:
    folders = (settings.data_dir / "originals", settings.data_dir / "media", settings.tmp_dir)
    return sorted(str(path.relative_to(settings.data_dir)) for folder in folders for path in folder.rglob("*"))


def test_a_killed_worker_leaves_no_tool_and_its_step_is_asked_for_at_once(
    redis: Redis, working: Working, upload: Callable[[Path], str], noise: Path
) -> None:
    screencast_id = upload(noise)
    with working("quick", "clock"):
        with working("media") as worker:
            wait_for(lambda: works_on(screencast_id, "rendition"))
            child = step(screencast_id, "rendition").child or ""
            worker.kill()
        wait_for(lambda: is_gone(child))
        # The other worker sees that it is gone; its lease would last a minute.
        wait_for(lambda: redis.llen("kb:media") > 0)
        lease_until = step(screencast_id, "rendition").lease_until
        assert lease_until
        assert lease_until <= now()


def test_a_worker_that_is_stopped_for_a_while_spoils_nothing_when_it_goes_on(
    working: Working, upload: Callable[[Path], str], broker_settings: Settings, site: Flask
) -> None:
    options = "-vf noise=alls=80:allf=t -c:v mpeg4 -qscale 5 -an".split()
    screencast_id = upload(make_clip(broker_settings.data_dir / "short.mkv", *options, seconds=8))
    with working("quick", "clock"), working("media") as stopped:
        wait_for(lambda: works_on(screencast_id, "rendition"))
        child = step(screencast_id, "rendition").child or ""
        stopped.send_signal(signal.SIGSTOP)
        let_lease_end(screencast_id, "rendition")
        with working("media"):
            wait_for(lambda: is_gone(child))
            wait_for(lambda: step(screencast_id, "rendition").state == StepState.done)
        assert step(screencast_id, "rendition").attempt == 2
        before = {name: (broker_settings.data_dir / name).stat() for name in files(broker_settings)}
        stopped.send_signal(signal.SIGCONT)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(20) == 0
    after = {name: (broker_settings.data_dir / name).stat() for name in files(broker_settings)}
    assert {name: (each.st_ino, each.st_mtime_ns) for name, each in after.items()} == {
        name: (each.st_ino, each.st_mtime_ns) for name, each in before.items()
    }
    assert (step(screencast_id, "rendition").state, step(screencast_id, "rendition").attempt) == (StepState.done, 2)


def test_tools_that_hang_hold_up_no_sweep(
    redis: Redis, working: Working, upload: Callable[[Path], str], clip: Path, site: Flask, tmp_path: Path
) -> None:
    ids = [upload(clip) for _ in range(5)]
    hanging = tmp_path / "bin"
    hanging.mkdir()
    (hanging / "ffmpeg").write_text("#!/bin/sh\nexec sleep 1000\n")
    (hanging / "ffmpeg").chmod(0o755)
    with working("quick", "clock", threads=4, PATH=f"{hanging}:{os.environ['PATH']}"):
        wait_for(lambda: sum(works_on(each, "quick") for each in ids) == 4)
        [waiting] = [each for each in ids if not works_on(each, "quick")]
        redis.flushall()
        with writing() as session:
            session.execute(update(Step).where(Step.screencast_id == waiting).values(due_at=now()))
        wait_for(lambda: redis.llen("kb:quick") > 0)


def test_cancelling_ends_the_tool_and_leaves_nothing(
    working: Working, upload: Callable[[Path], str], noise: Path, broker_settings: Settings
) -> None:
    screencast_id = upload(noise)
    with working("quick", "clock"), working("media", threads=2) as worker:
        wait_for(lambda: works_on(screencast_id, "rendition"))
        child = step(screencast_id, "rendition").child or ""
        screencast = db.session.get_one(Screencast, screencast_id)
        assert screencast.is_playable or screencast.state == State.processing
        erasing.cancel(screencast, by=screencast.author)
        wait_for(lambda: is_gone(child))
        wait_for(lambda: files(broker_settings) == [])
        assert worker.poll() is None


def test_a_worker_whose_tool_can_not_be_killed_from_here_notices_by_itself(
    working: Working, upload: Callable[[Path], str], noise: Path, broker_settings: Settings
) -> None:
    screencast_id = upload(noise)
    with working("quick", "clock"), working("media"):
        wait_for(lambda: works_on(screencast_id, "rendition"))
        child = step(screencast_id, "rendition").child or ""
        with writing() as session:
            # As of a worker on another machine.
            session.execute(update(Step).where(Step.name == "rendition").values(child="1 1 elsewhere 1"))
        screencast = db.session.get_one(Screencast, screencast_id)
        erasing.cancel(screencast, by=screencast.author)
        wait_for(lambda: is_gone(child))
        wait_for(lambda: files(broker_settings) == [])


@pytest.mark.parametrize("how", ["killed", "flushed"])
def test_a_worker_works_on_after_redis_was(
    how: str, working: Working, upload: Callable[[Path], str], clip: Path, server: RedisServer
) -> None:
    with working("quick", "clock", threads=2):
        wait_for_quick(upload(clip))
        for _ in range(2):
            if how == "flushed":
                server.client.flushall()
                uploaded = upload(clip)
            else:
                server.kill()
                uploaded = upload(clip)
                server.start()
            wait_for_quick(uploaded)


def test_workers_may_start_before_redis_and_the_site_takes_uploads_without(
    working: Working, upload: Callable[[Path], str], clip: Path, server: RedisServer
) -> None:
    server.kill()
    uploaded = upload(clip)
    with working("quick", "clock") as worker:
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(4)
        server.start()
        wait_for_quick(uploaded)


def wait_for_quick(screencast_id: str) -> None:
    wait_for(lambda: step(screencast_id, "quick").state in (StepState.done, StepState.skipped), seconds=90)
