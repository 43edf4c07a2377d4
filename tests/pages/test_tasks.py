"""The page of tasks: what it tells of steps in every state, to whom, and what starts again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.errors import ToolFailed
from kb.pages import tasks
from kb.screencasts.models import Screencast, Step, StepState
from kb.screencasts.pipeline import actions as pipeline
from kb.screencasts.pipeline import leasing
from tests.conftest import Caller, People, Sent

Receive = Callable[..., str]
Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(call_as: Callable[[str | None], Caller], people: People) -> Ask:
    """(state) -> what the API tells an admin."""
    admin = call_as(people.admin)

    def asked(state: str = "running", **query: str) -> dict[str, Any]:
        answer = admin.get("/api/v1/tasks", query_string={"state": state, **query})
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    return asked


def fail(screencast_id: str, name: str = "probe", **failure: Any) -> None:
    """As its worker would."""
    about = {"permanent": True, "code": "unreadable", "log": "moov atom not found"} | failure
    lease = leasing.claim(screencast_id, name)
    assert lease
    leasing.fail(lease, ToolFailed("It can't be read.", **about))


def steps_of(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["screencast_id"], item["step"]) for item in answer["items"]]


def test_each_step_stands_under_its_state(receive: Receive, ask: Ask) -> None:
    waits, runs, fails = receive(), receive(), receive()
    leasing.claim(runs, "probe")
    fail(fails)
    assert steps_of(ask("running")) == [(runs, "probe")]
    assert (waits, "probe") in steps_of(ask("waiting"))
    assert steps_of(ask("failed")) == [(fails, "probe")]
    assert (waits, "rendition") in steps_of(ask("later"))
    counts = ask()["counts"]
    assert {state: counts[state] for state in ("running", "failed")} == {"running": 1, "failed": 1}
    assert (
        sum(counts.values()) == db.session.query(Step).filter(Step.state.in_(("waiting", "running", "failed"))).count()
    )


def test_a_task_tells_how_it_is_and_why(receive: Receive, ask: Ask) -> None:
    runs, held_up, fails, behind = receive(), receive(), receive(), receive()
    lease = leasing.claim(runs, "probe")
    assert lease
    lease.report(0.4)
    fail(held_up, permanent=False, code="no-room")
    fail(fails)
    [running] = ask("running")["items"]
    assert (running["attempts"], running["state"]) == (1, "running")
    assert running["detail"].startswith("Process ")
    waiting = {item["screencast_id"]: item for item in ask("waiting")["items"]}
    assert (waiting[held_up]["detail"], waiting[held_up]["code"]) == ("It can't be read.", "no-room")
    assert waiting[held_up]["next_try_at"]
    assert waiting[behind]["detail"].startswith("Waits behind ")
    [failed] = ask("failed")["items"]
    assert (failed["detail"], failed["code"], failed["log"]) == (
        "It can't be read.",
        "unreadable",
        "moov atom not found",
    )
    later = {item["step"]: item["detail"] for item in ask("later")["items"] if item["screencast_id"] == behind}
    assert later["quick"] == "Comes after: Looking at the file"


def test_a_worker_that_fell_silent_is_told(receive: Receive, ask: Ask) -> None:
    item = receive()
    leasing.claim(item, "probe")
    with writing() as session:
        session.get_one(Step, (item, "probe")).lease_until = now() - timedelta(seconds=1)
    assert ask()["items"][0]["detail"] == "Its worker is silent. Another one takes it over."


def test_what_is_private_has_neither_title_nor_log_nor_id(
    receive: Receive, ask: Ask, signed_in: Callable[[str], FlaskClient], people: People
) -> None:
    ids = []
    for fields in ({"visibility": "private"}, {"draft": True}, {"visibility": "team", "team": people.team}):
        ids.append(receive(title="Layoffs in May", **fields))
        fail(ids[-1], log="title: Layoffs in May")
    failed = ask("failed")["items"]
    assert sorted(item["title"] for item in failed) == [
        "A draft of Test Author",
        "A private screencast of Test Author",
        "A team’s screencast of Test Author",
    ]
    assert [item["log"] for item in failed] == [None, None, None]
    assert [item["screencast_id"] for item in failed] == [None, None, None]
    page = signed_in(people.admin).get("/tasks?state=failed").text
    assert page.count("of Test Author") >= 3
    assert [word for word in ("Layoffs", *ids) if word in page] == []


def test_what_is_private_starts_again_with_the_others_of_its_kind_and_not_by_its_id(
    receive: Receive, call_as: Callable[[str | None], Caller], people: People
) -> None:
    item, admin = receive(visibility="private"), call_as(people.admin)
    fail(item)
    for url, form in (("/api/v1/tasks/retry", {"json": {"screencast_id": item}}),
                      ("/tasks/retry", {"data": {"screencast_id": item}})):  # fmt: skip
        assert admin.post(url, **form).status_code == 404
    assert admin.post("/api/v1/tasks/retry", json={"step": "probe", "code": "unreadable"}).json == {"screencasts": 1}


def test_what_is_in_the_trash_is_no_task(receive: Receive, ask: Ask) -> None:
    item = receive()
    with writing():
        db.session.get_one(Screencast, item).trashed_at = now()
    assert sum(ask()["counts"].values()) == 0


@pytest.mark.parametrize("state", ["waiting", "failed", "later", "running"])
def test_pages_follow_each_other_without_gap_or_repetition(receive: Receive, ask: Ask, state: str) -> None:
    for _ in range(5):
        item = receive()
        if state == "failed":
            fail(item)
        elif state == "running":
            leasing.claim(item, "probe")
    whole = steps_of(ask(state))
    assert len(whole) >= 5
    seen, cursor = [], ""
    while True:
        answer = ask(state, limit="2", cursor=cursor)
        seen += steps_of(answer)
        cursor = answer["next"]
        if not cursor:
            break
    assert seen == whole


def test_all_that_failed_starts_again_or_one_kind_or_one(
    receive: Receive, call_as: Callable[[str | None], Caller], people: People, ask: Ask, sent: Sent
) -> None:
    unreadable, too_long, other = receive(), receive(), receive()
    fail(unreadable)
    fail(too_long, code="too-long")
    fail(other)
    admin = call_as(people.admin)

    def retry(**only: str) -> int:
        return int(admin.post("/api/v1/tasks/retry", json=only).json["screencasts"])

    sent.jobs.clear()
    assert retry(step="rendition") == 0
    assert retry(code="too-long") == 1
    assert sent.jobs == [("screencasts.probe", (too_long,))]
    assert retry(screencast_id=other) == 1
    assert steps_of(ask("failed")) == [(unreadable, "probe")]
    assert retry() == 1
    assert ask("failed")["items"] == []
    told = admin.get("/api/v1/audit?kind=bulk").json["items"]
    assert told[0]["text"] == "Test Admin started what had failed of 1 screencast again"


def test_a_step_starts_again_with_nothing_left_of_its_failure(receive: Receive, people: People) -> None:
    item = receive()
    fail(item)
    pipeline.retry_failed(by=db.session.get_one(Person, people.admin))
    step = db.session.get_one(Step, (item, "probe"), populate_existing=True)
    assert (step.state, step.attempt, step.error_code, step.error_text) == (StepState.waiting, 0, None, None)


def test_reasons_are_counted_and_the_most_frequent_stands_first(receive: Receive) -> None:
    for code in ("too-long", "unreadable", "unreadable"):
        fail(receive(), code=code)
    assert [(each.name, each.code, each.count) for each in tasks.failures()] == [
        ("probe", "unreadable", 2),
        ("probe", "too-long", 1),
    ]


def test_queues_are_told_from_the_rows_and_workers_from_their_heartbeats(receive: Receive, ask: Ask) -> None:
    receive()
    leasing.claim(receive(), "probe")
    answer = ask()
    queues = {queue["name"]: queue for queue in answer["queues"]}
    assert (queues["quick"]["running"], queues["quick"]["waiting"]) == (1, 1)
    assert answer["workers"] is None, "no Redis answers here"
    told = tasks.workers({"quick": 3.0, "media": 400.0})
    assert [(worker.name, worker.is_alive) for worker in told] == [
        ("quick", True),
        ("media", False),
        ("index", False),
        ("clock", False),
    ]


def test_the_page_works_without_redis_and_in_each_state(
    receive: Receive, signed_in: Callable[[str], FlaskClient], people: People
) -> None:
    fail(receive(title="Broken one"))
    leasing.claim(receive(title="At work one"), "probe")
    receive(title="Waiting one")
    admin = signed_in(people.admin)
    for state, title in (("running", "At work one"), ("waiting", "Waiting one"), ("failed", "Broken one")):
        page = admin.get(f"/tasks?state={state}").text
        assert title in page
        assert "Redis does not answer" in page
    assert "moov atom not found" in admin.get("/tasks?state=failed").text
    assert "Comes after: Looking at the file" in admin.get("/tasks?state=later").text
    assert admin.get("/tasks?state=unheard-of").status_code == 422
