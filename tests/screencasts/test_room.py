"""A disk without room: refused in words, a step waits, nothing is half written and nothing is lost."""

import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from kb.config import Settings
from kb.db import db
from kb.errors import NoRoom, ToolFailed
from kb.media import rendition
from kb.media.kinds import by_name
from kb.media.probe import probe
from kb.screencasts.models import Screencast, State, StepState
from kb.screencasts.pipeline import leasing
from kb.screencasts.pipeline.steps import BY_NAME
from kb.screencasts.refusals import check_room
from kb.web.uploads import Landing
from tests.conftest import Caller, Sent
from tests.disks import disk, fill

MEGABYTE = 1024**2


@pytest.fixture(autouse=True)
def small(settings: Settings) -> Iterator[Path]:
    """The data folder, on a disk of its own with just enough room for a small upload."""
    with disk(settings.data_dir, 280 * MEGABYTE) as folder:
        yield folder


def test_an_upload_without_room_is_refused_before_anything_is_kept(
    upload: Callable[..., Any], small: Path, left: Callable[[], list[str]]
) -> None:
    fill(small, leave_bytes=100 * MEGABYTE)
    answer = upload()
    assert (answer.status_code, answer.json["code"]) == (507, "no-room")
    assert str(small) not in answer.text
    assert left() == []


def test_the_room_of_every_filesystem_counts(
    upload: Callable[..., Any], small: Path, left: Callable[[], list[str]]
) -> None:
    for name in ("originals", "media", "private/index"):
        with disk(small / name, MEGABYTE):
            assert upload().status_code == 507, name
            assert left() == [], name
    assert upload().status_code == 202


def test_what_has_arrived_needs_no_room_again_and_what_was_promised_does(in_site: Flask) -> None:
    check_room(20 * MEGABYTE)
    check_room(200 * MEGABYTE, is_here=True)
    with pytest.raises(NoRoom):
        check_room(200 * MEGABYTE)
    with pytest.raises(NoRoom):
        check_room(20 * MEGABYTE, promised_bytes=10 * MEGABYTE)


def test_a_file_of_unknown_size_takes_no_more_than_there_is_room_for(
    author: Caller, clip_bytes: bytes, small: Path, left: Callable[[], list[str]]
) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n'

    class Chunked(BytesIO):
        least_free = 280 * MEGABYTE

        def read(self, size: int | None = -1) -> bytes:
            self.least_free = min(self.least_free, shutil.disk_usage(small).free)
            return super().read(size)

    body = Chunked(head + clip_bytes + bytes(100 * MEGABYTE) + b"\r\n--x--\r\n")
    answer = author.client.post(
        "/api/v1/screencasts",
        headers=author.headers | {"Content-Type": "multipart/form-data; boundary=x", "Transfer-Encoding": "chunked"},
        input_stream=body,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert (answer.status_code, answer.json["code"]) == (507, "no-room")
    assert body.least_free > 230 * MEGABYTE
    assert left() == []


def test_a_body_that_fills_the_disk_leaves_no_half_file(small: Path) -> None:
    fill(small, leave_bytes=MEGABYTE)
    landing = Landing(small, 100 * MEGABYTE)
    with pytest.raises(NoRoom, match="Nothing was kept"):
        for _ in range(50):
            landing.write(b"x" * 100_000)
    landing.close()
    assert [path.name for path in small.glob("landing-*")] == []


def test_a_step_waits_for_room_and_ends_well_once_there_is_some(
    receive: Callable[..., str], run_jobs: Callable[[], list[str]], sent: Sent, small: Path
) -> None:
    item = receive()
    ballast = fill(small, leave_bytes=20 * MEGABYTE)
    run_jobs()
    screencast = db.session.get_one(Screencast, item)
    held_up = {step.name: step.error_code for step in screencast.steps if step.state == StepState.waiting}
    assert "no-room" in held_up.values()
    assert screencast.state == State.processing
    assert list((small / "private/tmp").iterdir()) == []
    ballast.unlink()
    for step in screencast.steps:
        if step.error_code == "no-room":
            sent(BY_NAME[step.name].job, (item,))
    run_jobs()
    db.session.expire_all()
    assert screencast.state == State.ready
    assert [step.error_code for step in screencast.steps if step.state == StepState.failed] == []


def test_a_tool_that_fills_the_disk_says_so(small: Path, clip: Path) -> None:
    fill(small, leave_bytes=16 * 1024)
    kind = by_name("mp4")
    with pytest.raises(ToolFailed) as failed:
        rendition.quick(clip, kind, probe(clip, kind), small)
    assert (failed.value.code, failed.value.permanent) == ("no-room", False)


def test_a_step_that_fills_the_disk_by_itself_says_so(receive: Callable[..., str], small: Path) -> None:
    item = receive()

    def work(_lease: leasing.Lease) -> None:
        with disk(small / "media", MEGABYTE) as media:
            (media / "video.mp4").write_bytes(b"x" * 2 * MEGABYTE)

    leasing.perform(item, "probe", work)
    step = db.session.get_one(Screencast, item).step("probe")
    assert step and (step.state, step.error_code) == (StepState.waiting, "no-room")


def test_with_no_room_for_the_database_people_read_on_and_a_change_is_refused_whole(
    receive: Callable[..., str], author: Caller, run_jobs: Callable[[], list[str]], small: Path
) -> None:
    item = receive(title="As before")
    run_jobs()
    author.get("/")
    if db.engine.dialect.name != "sqlite":
        pytest.skip("another machine keeps this database")
    ballast = fill(small)
    db.session.rollback()
    refused = None
    for number in range(200):
        answer = author.patch(f"/api/v1/screencasts/{item}", json={"description": f"{number} " * 10_000})
        if answer.status_code != 200:
            refused = answer
            break
    assert refused is not None
    assert (refused.status_code, refused.json["code"]) == (507, "no-room")
    page = author.get(f"/screencasts/{item}")
    assert page.status_code == 200 and "As before" in page.text
    assert author.get("/").status_code == 200
    assert author.get(f"/api/v1/screencasts/{item}").json["sources"]
    video = author.get(f"/screencasts/{item}/files/video.mp4")
    assert video.status_code == 200 and len(video.data) > 1000
    ballast.unlink()
    assert author.patch(f"/api/v1/screencasts/{item}", json={"description": "There is room"}).status_code == 200
    db.session.rollback()
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_the_form_without_scripts_says_the_same(author: Caller, small: Path, clip_bytes: bytes) -> None:
    fill(small, leave_bytes=100 * MEGABYTE)
    answer = author.post("/upload", data={"file": (BytesIO(clip_bytes), "clip.mp4"), "title": "Clip"})
    assert answer.status_code == 507
    assert "There is no room left for this file." in answer.text
