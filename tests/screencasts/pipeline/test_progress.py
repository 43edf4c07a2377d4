"""What people are told of a screencast in work."""

from collections.abc import Callable
from datetime import timedelta

from flask import g
from sqlalchemy import event

from kb.db import db, now, writing
from kb.screencasts.models import Screencast, StepState
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline.progress import Progress

Receive = Callable[..., str]


def words_of(screencast_id: str) -> str:
    g.pop("kb_queues", None)
    return Progress(db.session.get_one(Screencast, screencast_id)).words


def age(screencast_id: str, **times: int) -> None:
    """As if it had come so many seconds earlier."""
    with writing() as session:
        session.get_one(Screencast, screencast_id).created_at = now() - timedelta(**times)


def test_what_was_just_asked_for_is_said_to_be_done(receive: Receive) -> None:
    assert words_of(receive()) == "Looking at the file"


def test_who_waits_is_told_behind_how_many(receive: Receive) -> None:
    ids = [receive(), receive(), receive()]
    for place, each in enumerate(ids):
        age(each, seconds=60 - place)
    assert [words_of(each) for each in ids] == ["Waits for its turn", "Waits behind 1 other", "Waits behind 2 others"]


def test_what_is_in_the_trash_stands_before_nobody(receive: Receive) -> None:
    first, second = receive(), receive()
    age(first, seconds=60)
    age(second, seconds=50)
    with writing() as session:
        session.get_one(Screencast, first).trashed_at = now()
    assert words_of(second) == "Waits for its turn"


def test_a_step_of_another_queue_stands_before_nobody(receive: Receive) -> None:
    first, second = receive(), receive()
    age(first, seconds=60)
    age(second, seconds=50)
    with writing() as session:
        for step in session.get_one(Screencast, first).steps:
            step.state = StepState.done if step.name in ("probe", "quick") else StepState.waiting
            step.due_at = now()
    assert words_of(second) == "Waits for its turn"


def test_another_try_is_said_and_so_is_why_one_is_waited_for(receive: Receive) -> None:
    screencast_id = receive()
    with writing() as session:
        step = session.get_one(Screencast, screencast_id).step("probe")
        assert step
        step.state, step.attempt = StepState.running, 2
    assert words_of(screencast_id) == "Once more: looking at the file"
    with writing() as session:
        step = session.get_one(Screencast, screencast_id).step("probe")
        assert step
        step.state, step.error_text = StepState.waiting, "There is no room left."
    assert words_of(screencast_id) == "Will be tried again soon. There is no room left."


def test_while_the_earlier_recording_plays_the_words_are_those_of_the_new_one(
    receive: Receive, run_jobs: Callable[[], list[str]]
) -> None:
    screencast_id = receive()
    run_jobs()
    with writing() as session:
        screencast = session.get_one(Screencast, screencast_id)
        screencast.take += 1
        pipeline.restart(screencast)
        step = screencast.step("probe")
        assert step
        step.state = StepState.running
    assert words_of(screencast_id) == "New recording: looking at the file"
    with writing() as session:
        screencast = session.get_one(Screencast, screencast_id)
        screencast.sources[0].take = screencast.take
    assert words_of(screencast_id) == "Looking at the file"


def test_of_what_is_ready_nothing_is_said(receive: Receive, run_jobs: Callable[[], list[str]]) -> None:
    screencast_id = receive()
    run_jobs()
    told = Progress(db.session.get_one(Screencast, screencast_id))
    assert (told.words, told.left, told.time_left_s) == ("", "", None)


def test_the_stamp_is_another_when_a_step_ends_and_the_same_while_it_runs(receive: Receive) -> None:
    screencast_id = receive()
    stamps = []
    for state, part in ((StepState.running, 0.1), (StepState.running, 0.7), (StepState.done, 1.0)):
        with writing() as session:
            step = session.get_one(Screencast, screencast_id).step("probe")
            assert step
            step.state, step.progress = state, part
        stamps.append(Progress(db.session.get_one(Screencast, screencast_id)).stamp)
    assert stamps[0] == stamps[1] != stamps[2]


def test_the_bar_never_goes_back_from_one_end_of_the_pipeline_to_the_other(
    receive: Receive, run_jobs: Callable[[], list[str]]
) -> None:
    written: list[float] = []

    def note(_screencast: Screencast, part: float, *_: object) -> None:
        written.append(part)

    receive()
    event.listen(Screencast.progress, "set", note)
    try:
        run_jobs()
    finally:
        event.remove(Screencast.progress, "set", note)
    assert written == sorted(written)
    assert (written[0] < 0.2, written[-1], len(set(written)) > 3) == (True, 1.0, True)
