"""What goes by itself, and what it costs that an original is gone."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kb.config import Settings
from kb.db import db, writing
from kb.hands import hands
from kb.screencasts.files import belongings, checking, cleaning
from kb.screencasts.models import Screencast, State, StepState
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.uploads import part_files
from kb.storage.contract import made
from tests.conftest import Caller, make_clip

RunJobs = Callable[[], list[str]]
Receive = Callable[..., str]


def original_of(screencast_id: str) -> str | None:
    db.session.expire_all()
    return db.session.get_one(Screencast, screencast_id).original_key


class TestWhereOriginalsAreNotKept:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"keep_originals": False})

    def test_one_goes_as_soon_as_everything_is_made_of_it(self, receive: Receive, run_jobs: RunJobs) -> None:
        item = receive()
        key = original_of(item)
        assert key
        cleaning.clean()
        assert hands().storage.size_bytes(key), "its steps still need it"
        jobs = run_jobs()
        assert jobs[-1] == "screencasts.drop_original"
        assert original_of(item) is None
        assert hands().storage.size_bytes(key) is None
        screencast = db.session.get_one(Screencast, item)
        assert (screencast.is_playable, screencast.state) == (True, State.ready)
        folder = hands().settings.data_dir / "media" / item
        assert screencast.stored_bytes == sum(path.stat().st_size for path in folder.iterdir())

    def test_one_of_which_a_step_failed_stays_until_that_went_well(self, receive: Receive, run_jobs: RunJobs) -> None:
        item = receive()
        with writing():
            step = db.session.get_one(Screencast, item).step("speech")
            assert step
            step.state, step.error_code = StepState.failed, "tool-failed"
        run_jobs()
        cleaning.clean()
        assert original_of(item)
        pipeline.retry(item)
        run_jobs()
        assert original_of(item) is None

    def test_what_plays_stands_for_it_where_something_is_made_again(self, receive: Receive, run_jobs: RunJobs) -> None:
        item = receive()
        run_jobs()
        poster = made(item, db.session.get_one(Screencast, item).poster_key or "")
        hands().storage.delete(poster)
        pipeline.redo(item, ("rendition",))
        run_jobs()
        screencast = db.session.get_one(Screencast, item, populate_existing=True)
        assert screencast.state == State.ready
        assert hands().storage.size_bytes(made(item, screencast.poster_key or ""))
        assert [step.error_code for step in screencast.steps if step.state == StepState.failed] == []

    def test_its_download_says_that_it_was_not_kept(self, receive: Receive, run_jobs: RunJobs, author: Caller) -> None:
        item = receive()
        run_jobs()
        answer = author.get(f"/screencasts/{item}/original")
        assert (answer.status_code, answer.json["detail"]) == (404, "The original was not kept.")


def test_originals_stay_where_they_are_kept(receive: Receive, run_jobs: RunJobs) -> None:
    item = receive()
    assert "screencasts.drop_original" not in run_jobs()
    cleaning.drop_original(item)
    cleaning.clean()
    key = original_of(item)
    assert key and hands().storage.size_bytes(key)


class TestQuickCopies:
    @pytest.fixture
    def item(self, receive: Receive, run_jobs: RunJobs, tmp_path: Path) -> str:
        """VP8, so that there is a quick copy beside the rendition."""
        options = "-c:v libvpx -deadline realtime -cpu-used 8 -c:a libopus".split()
        item = receive(make_clip(tmp_path / "clip.webm", *options))
        run_jobs()
        assert names_of(item) == ["video.mp4", "quick.webm"]
        return item

    def test_one_larger_than_the_rendition_goes_after_a_day_with_its_row(self, item: str) -> None:
        outweigh(item, by=1)
        cleaning.clean()
        assert names_of(item) == ["video.mp4", "quick.webm"], "somebody may be in the middle of it"
        pass_days(item, 1)
        cleaning.clean()
        assert names_of(item) == ["video.mp4"]
        assert not hands().storage.size_bytes(made(item, "quick.webm"))
        assert list(checking.check(settled_after=timedelta())) == []
        assert db.session.get_one(Screencast, item).stored_bytes == belongings.stored_bytes(
            db.session.get_one(Screencast, item)
        )

    def test_a_smaller_one_stays(self, item: str) -> None:
        outweigh(item, by=-1)
        pass_days(item, 2)
        cleaning.clean()
        assert names_of(item) == ["video.mp4", "quick.webm"]

    def test_it_stays_while_the_rendition_is_made_again(self, item: str) -> None:
        outweigh(item, by=1)
        pass_days(item, 2)
        pipeline.redo(item, ("rendition",))
        cleaning.clean()
        assert names_of(item) == ["video.mp4", "quick.webm"]


def names_of(item: str) -> list[str]:
    db.session.expire_all()
    return [source.name for source in db.session.get_one(Screencast, item).sources]


def outweigh(item: str, *, by: int) -> None:
    """The quick copy says that it is so many bytes larger than the rendition."""
    with writing():
        final, copy = db.session.get_one(Screencast, item).sources
        copy.size_bytes = final.size_bytes + by


def pass_days(item: str, days: int) -> None:
    with writing():
        step = db.session.get_one(Screencast, item).step("rendition")
        assert step and step.ended_at
        step.ended_at -= timedelta(days=days)


def test_what_killed_tries_left_goes_after_a_day_and_uploads_in_parts_stay(in_site: object, tmp_path: Path) -> None:
    tmp = hands().settings.tmp_dir
    (tmp / "elsewhere-quick").symlink_to(tmp_path)
    for name in ("old-rendition", "new-rendition"):
        (tmp / name).mkdir()
        (tmp / name / "video.mp4").touch()
    (tmp / "landing-old").touch()
    (part_files.folder() / "arriving").touch()
    long_ago = time.time() - 25 * 3600
    for name in ("old-rendition", "landing-old", "uploads", "elsewhere-quick"):
        os.utime(tmp / name, (long_ago, long_ago), follow_symlinks=False)
    cleaning.clean()
    assert sorted(path.name for path in tmp.iterdir()) == ["new-rendition", "uploads"]
    assert (part_files.folder() / "arriving").exists()
    assert tmp_path.exists()
