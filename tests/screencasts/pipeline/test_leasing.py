import errno
import os
import shutil
import signal
import subprocess
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from kb import jobs
from kb.accounts.actions import add_person
from kb.accounts.models import Role
from kb.db import db, now, writing
from kb.errors import ToolFailed
from kb.hands import hands
from kb.media.children import mark_of
from kb.outbox import Outbox
from kb.screencasts import actions
from kb.screencasts.fields import Upload
from kb.screencasts.models import Screencast, State, Step, StepState
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline import leasing, sweeping
from kb.screencasts.pipeline.leasing import LeaseLost
from kb.screencasts.pipeline.tries import KILLED_TRIES
from tests.conftest import Sent


def step(screencast_id: str, name: str) -> Step:
    db.session.rollback()
    return db.session.get_one(Step, (screencast_id, name))


def let_leases_end() -> None:
    with writing() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(Step).where(Step.state == StepState.running).values(lease_until=past, due_at=past))


def states(screencast_id: str) -> dict[str, str]:
    db.session.rollback()
    return {each.name: each.state for each in db.session.get_one(Screencast, screencast_id).steps}


def test_a_recording_goes_through_all_steps(receive, run_jobs) -> None:
    screencast_id = receive()
    done = run_jobs()
    screencast = db.session.get_one(Screencast, screencast_id)
    assert set(states(screencast_id).values()) <= {"done", "skipped"}
    assert screencast.state == State.ready
    assert screencast.progress == 1.0
    assert screencast.is_playable
    assert screencast.poster_key
    assert screencast.duration_ms == pytest.approx(2000, abs=100)
    assert done[:3] == ["screencasts.probe", "search.drain", "screencasts.quick"]
    assert db.session.query(Outbox).count() == 0


def test_steps_are_asked_for_only_when_what_they_need_has_ended(receive, sent: Sent) -> None:
    screencast_id = receive()
    assert sent.names().count("screencasts.quick") == 0
    lease = leasing.claim(screencast_id, "probe")
    assert lease
    leasing.finish(lease)
    assert "screencasts.quick" in sent.names()
    assert "screencasts.rendition" not in sent.names()
    assert leasing.claim(screencast_id, "rendition") is None


def test_a_step_belongs_to_one_worker_at_a_time(receive) -> None:
    screencast_id = receive()
    assert leasing.claim(screencast_id, "probe")
    assert leasing.claim(screencast_id, "probe") is None


def test_a_step_whose_worker_died_is_taken_over_and_the_late_result_is_dropped(receive, sent: Sent) -> None:
    screencast_id = receive()
    dead = leasing.claim(screencast_id, "probe")
    assert dead
    let_leases_end()
    sent.jobs.clear()
    assert sweeping.sweep() == 1
    assert sweeping.sweep() == 0, "it was asked for a moment ago"
    assert sent.jobs == [("screencasts.probe", (screencast_id,))]
    taken_over = leasing.claim(screencast_id, "probe")
    assert taken_over
    assert taken_over.key != dead.key
    assert dead.is_over()
    with pytest.raises(LeaseLost):
        leasing.finish(dead)
    leasing.finish(taken_over)
    assert step(screencast_id, "probe").attempt == 2


def test_a_lost_message_is_found_by_the_sweeper(receive, sent: Sent) -> None:
    screencast_id = receive()
    sent.jobs.clear()
    assert sweeping.sweep() == 0
    with writing() as session:
        session.execute(update(Step).values(due_at=now() - timedelta(seconds=1)))
    assert sweeping.sweep() == 1
    assert sent.jobs == [("screencasts.probe", (screencast_id,))]


def test_a_failure_that_may_pass_is_tried_again_later_and_then_given_up_with_its_reason(receive) -> None:
    screencast_id = receive()

    def fail(_lease) -> None:
        raise ToolFailed("It took too long.", permanent=False, code="deadline")

    for attempt in (1, 2, 3):
        leasing.perform(screencast_id, "probe", fail)
        found = step(screencast_id, "probe")
        assert found.attempt == attempt
        if attempt < 3:
            assert found.state == StepState.waiting
            assert found.due_at > now() + timedelta(seconds=4)
    assert found.state == StepState.failed
    assert found.error_text == "It took too long."
    assert db.session.get_one(Screencast, screencast_id).state == State.failed


def test_a_full_disk_costs_no_try_and_says_so_until_there_is_room(receive, run_jobs) -> None:
    screencast_id = receive()

    def fail(_lease) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for _ in range(20):
        leasing.perform(screencast_id, "probe", fail)
        found = step(screencast_id, "probe")
        assert (found.state, found.attempt, found.error_code) == (StepState.waiting, 0, "no-room")
        assert "once an admin has made some" in (found.error_text or "")
    with writing() as session:
        session.execute(update(Step).where(Step.name == "probe").values(due_at=now() - timedelta(seconds=1)))
    assert sweeping.sweep() == 1
    run_jobs()
    assert db.session.get_one(Screencast, screencast_id).state == State.ready
    assert step(screencast_id, "probe").held_up_at is None


def test_what_kills_its_worker_each_time_ends_as_failed_with_a_reason(receive) -> None:
    screencast_id = receive()
    for _ in range(KILLED_TRIES):
        assert leasing.claim(screencast_id, "probe")
        let_leases_end()
    assert leasing.claim(screencast_id, "probe") is None
    found = step(screencast_id, "probe")
    assert (found.state, found.error_code) == (StepState.failed, "gave-up")
    assert "broke off" in (found.error_text or "")


def test_the_steps_of_a_worker_that_is_gone_are_asked_for_before_its_lease_is_over(receive, sent: Sent) -> None:
    screencast_id = receive()
    assert leasing.claim(screencast_id, "probe")
    sent.jobs.clear()
    assert sweeping.sweep() == 0
    with subprocess.Popen(["true"]) as ended, writing() as session:
        session.execute(update(Step).values(worker=f"{ended.pid} 1 {(mark_of(os.getpid()) or '').split(' ', 2)[2]}"))
    assert sweeping.sweep() == 1
    assert leasing.claim(screencast_id, "probe")


def test_a_tool_that_outlived_its_worker_is_killed_when_the_step_is_taken_over(receive) -> None:
    screencast_id = receive()
    stopped = leasing.claim(screencast_id, "probe")
    assert stopped
    with subprocess.Popen(["sleep", "100"], start_new_session=True) as tool:
        stopped.runs(tool.pid)
        let_leases_end()
        assert leasing.claim(screencast_id, "probe")
        assert tool.wait() == -signal.SIGKILL


def test_what_a_killed_try_left_behind_goes_with_the_next(receive) -> None:
    screencast_id = receive()
    left = hands().settings.tmp_dir / f"{screencast_id}-probe-killed"
    left.mkdir()
    other = hands().settings.tmp_dir / f"{screencast_id}-quick-working"
    other.mkdir()
    assert leasing.claim(screencast_id, "probe")
    assert not left.exists()
    assert other.exists()


def test_a_late_worker_puts_nothing_in_place(receive) -> None:
    screencast_id = receive()
    late = leasing.claim(screencast_id, "probe")
    assert late
    let_leases_end()
    assert leasing.claim(screencast_id, "probe")
    with pytest.raises(LeaseLost), leasing.results(late):
        pytest.fail("it was let in")


def test_a_step_that_is_taken_over_ends_for_its_late_worker_without_a_failure(receive) -> None:
    screencast_id = receive()

    def is_overtaken(_lease) -> None:
        let_leases_end()
        assert leasing.claim(screencast_id, "probe")
        raise ToolFailed("killed", permanent=False, code="stopped")

    leasing.perform(screencast_id, "probe", is_overtaken)
    assert step(screencast_id, "probe").state == StepState.running
    assert step(screencast_id, "probe").attempt == 2


def test_a_step_of_what_is_in_the_trash_waits_until_it_is_taken_out(receive, run_jobs) -> None:
    screencast_id = receive()

    def is_thrown_away(_lease) -> None:
        screencast = db.session.get_one(Screencast, screencast_id)
        actions.trash(screencast, by=screencast.author)
        raise ToolFailed("killed", permanent=False, code="stopped")

    leasing.perform(screencast_id, "probe", is_thrown_away)
    assert (step(screencast_id, "probe").state, step(screencast_id, "probe").attempt) == (StepState.waiting, 0)


def test_a_lost_message_is_looked_for_soon_at_first_and_ever_more_seldom(receive) -> None:
    screencast_id = receive()
    waits = []
    for minutes in (0, 1, 60):
        with writing() as session:
            long_ago = now() - timedelta(minutes=minutes)
            session.execute(update(Screencast).values(created_at=long_ago))
            session.execute(update(Step).where(Step.name == "probe").values(due_at=now() - timedelta(seconds=1)))
        assert sweeping.sweep() == 1
        waits.append(round((step(screencast_id, "probe").due_at - now()).total_seconds()))
    assert waits == [10, 30, 600]


def test_a_failure_that_can_not_pass_is_not_tried_again(receive) -> None:
    screencast_id = receive()

    def fail(_lease) -> None:
        raise ToolFailed("It has no picture.", permanent=True, code="no-picture")

    leasing.perform(screencast_id, "probe", fail)
    assert states(screencast_id) == {
        "probe": "failed",
        "quick": "skipped",
        "rendition": "skipped",
        "speech": "skipped",
        "screen": "skipped",
        "chapters": "skipped",
        "index": "waiting",
    }


def test_a_mistake_of_ours_is_a_failure_with_a_sentence(receive) -> None:
    screencast_id = receive()
    leasing.perform(screencast_id, "probe", lambda _lease: 1 / 0)
    found = step(screencast_id, "probe")
    assert found.state == StepState.waiting
    assert "our side" in (found.error_text or "")


def test_a_worker_that_stops_gives_its_step_back_untried(receive) -> None:
    screencast_id = receive()

    def stop(_lease) -> None:
        raise ToolFailed("stopped", permanent=False, code="stopped")

    with pytest.raises(ToolFailed):
        leasing.perform(screencast_id, "probe", stop)
    found = step(screencast_id, "probe")
    assert (found.state, found.attempt) == (StepState.waiting, 0)


def test_retry_starts_what_failed_again(receive, run_jobs) -> None:
    screencast_id = receive()

    def fail(_lease) -> None:
        raise ToolFailed("no", permanent=True)

    leasing.perform(screencast_id, "probe", fail)
    pipeline.retry(screencast_id)
    assert states(screencast_id)["quick"] == "waiting"
    run_jobs()
    assert db.session.get_one(Screencast, screencast_id).state == State.ready


def test_a_failure_of_a_later_step_never_hides_what_plays(receive, run_jobs, sent: Sent) -> None:
    screencast_id = receive()

    def fail(_lease) -> None:
        raise ToolFailed("The speech engine broke.", permanent=True)

    while sent.jobs and sent.jobs[0][0] != "transcripts.speech":
        rest, sent.jobs[:] = sent.jobs[1:], sent.jobs[:1]
        run_jobs()
        sent.jobs += rest
        if states(screencast_id)["rendition"] == "done":
            break
    sent.jobs.clear()
    with writing() as session:
        session.execute(update(Step).where(Step.name == "speech").values(state=StepState.waiting, attempt=0))
    leasing.perform(screencast_id, "speech", fail)
    screencast = db.session.get_one(Screencast, screencast_id)
    assert screencast.is_playable
    assert step(screencast_id, "speech").state == StepState.failed


def test_work_on_what_was_deleted_stops(receive, in_site: Flask) -> None:
    screencast_id = receive()
    lease = leasing.claim(screencast_id, "probe")
    assert lease
    assert not lease.is_over()
    screencast = db.session.get_one(Screencast, screencast_id)
    actions.trash(screencast, by=screencast.author)
    assert lease.is_over()
    assert leasing.claim(screencast_id, "quick") is None


def test_a_site_that_starts_takes_up_at_once_what_was_running_when_it_was_killed(receive, sent: Sent) -> None:
    screencast_id = receive()
    assert leasing.claim(screencast_id, "probe")
    sent.jobs.clear()
    sweeping.nobody_works()
    assert sweeping.sweep() == 1
    assert leasing.claim(screencast_id, "probe")


def test_a_job_that_can_not_be_sent_for_whatever_reason_loses_no_upload(make_site, settings, clip) -> None:  # type: ignore[no-untyped-def]
    def broken(job: str, ids: tuple[str, ...]) -> None:
        raise RuntimeError("no such luck")

    site = make_site(settings)
    jobs.init(site, settings, broken)
    with site.app_context():
        author = add_person("author@test.example", "Test Author", Role.member, None)
        shutil.copy(clip, landed := settings.tmp_dir / "landed")
        screencast = actions.receive(landed, "clip.mp4", Upload(), by=author)
        assert hands().storage.size_bytes(screencast.original_key)
