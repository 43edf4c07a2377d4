"""What is done to recordings just now: at work, waiting, still to come, failed. The rows tell, also without Redis."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import contains_eager, joinedload, selectinload, undefer

from kb.accounts.rules import Viewer
from kb.db import db, now
from kb.errors import Invalid
from kb.pages.naming import Name, name_of
from kb.queues import QUEUES
from kb.screencasts.erasing import can_be_cancelled
from kb.screencasts.models import Screencast, Step, StepState
from kb.screencasts.pipeline.forecast import seconds_in_words, time_left_s
from kb.screencasts.pipeline.progress import place_in_queue
from kb.screencasts.pipeline.steps import BY_NAME, STEPS
from kb.screencasts.pipeline.transitions import NOT_YET
from kb.web.paging import cursor_of, read_cursor
from kb.web.views import ALIVE_S

# In the order of the page: state of a task -> what it is called there.
STATES = {"running": "At work", "waiting": "Waiting", "later": "To come", "failed": "Failed"}
QUEUE_WORDS = {
    "quick": "Short work",
    "media": "Versions",
    "words": "Speech",
    "index": "Search",
}
# As each is called in the Procfile.
WORKER_WORDS = {
    "quick": "Short work",
    "media": "Versions and words",
    "index": "Search",
    "clock": "Clock",
}


@dataclass(frozen=True)
class Task:
    """One step of one screencast. log: the last that its tool said. Log and id are for who may see what it is about."""

    screencast_id: str | None
    step: str
    state: str
    name: Name
    author: str
    words: str
    progress: float
    attempt: int
    since: datetime | None
    left: str
    detail: str
    next_try_at: datetime | None
    next_try_text: str
    code: str | None
    log: str | None
    can_cancel: bool

    @property
    def id(self) -> str:
        return f"{self.screencast_id}-{self.step}"


@dataclass(frozen=True)
class Queue:
    """running, waiting: how many tasks."""

    name: str
    words: str
    running: int
    waiting: int


@dataclass(frozen=True)
class Worker:
    """silent_s: for how long there was no sign of life; None if there never was one."""

    name: str
    words: str
    is_alive: bool
    silent_s: float | None


@dataclass(frozen=True)
class Failures:
    """How many tasks of one kind failed for one reason. step: its words."""

    step: str
    name: str
    code: str
    text: str
    count: int


@dataclass(frozen=True)
class Tasks:
    """counts: by state. next: cursor of what follows."""

    items: list[Task]
    next: str | None
    counts: dict[str, int]
    queues: list[Queue] = field(default_factory=list)

    @property
    def is_busy(self) -> bool:
        return bool(self.counts["running"] or self.counts["waiting"])


def page(viewer: Viewer, state: str, *, cursor: str | None, limit: int) -> Tasks:
    if state not in STATES:
        raise Invalid("There is no such state.", errors={"state": [f"One of {', '.join(STATES)}."]})
    by_step = _counts()
    found = list(db.session.scalars(_rows(state, cursor).limit(limit + 1)).unique())
    last = found[limit - 1] if len(found) > limit else None
    return Tasks(
        items=_told(viewer, state, found[:limit]),
        next=cursor_of(_order(state), *_place(state, last)) if last else None,
        counts={each: sum(by_state[each] for by_state in by_step.values()) for each in STATES},
        queues=_queues(by_step),
    )


def failures() -> list[Failures]:
    """Most of all first."""
    reason = (Step.name, Step.error_code)
    found = db.session.execute(
        select(*reason, func.max(Step.error_text), func.count())
        .join(Step.screencast)
        .where(_is("failed"))
        .group_by(*reason)
        .order_by(func.count().desc(), *reason)
    )
    return [Failures(BY_NAME[name].words, name, code or "", text or "", count) for name, code, text, count in found]


def workers(signs: dict[str, float] | None) -> list[Worker]:
    """signs: how many seconds ago each gave a sign of life; None while Redis does not answer."""
    known = signs or {}
    return [
        Worker(name, words, is_alive=known.get(name, ALIVE_S) < ALIVE_S, silent_s=known.get(name))
        for name, words in WORKER_WORDS.items()
        if signs is not None
    ]


def _is(state: str) -> ColumnElement[bool]:
    here = Screencast.trashed_at.is_(None)
    match state:
        case "waiting":
            return here & (Step.state == StepState.waiting) & (Step.due_at < NOT_YET)
        case "later":
            return here & (Step.state == StepState.waiting) & (Step.due_at >= NOT_YET)
        case _:
            return here & (Step.state == StepState(state))


def _counts() -> dict[str, dict[str, int]]:
    """step -> state -> how many."""
    counts: dict[str, dict[str, int]] = {kind.name: dict.fromkeys(STATES, 0) for kind in STEPS}
    for state in STATES:
        query = select(Step.name, func.count()).join(Step.screencast).where(_is(state)).group_by(Step.name)
        for name, count in db.session.execute(query):
            counts[name][state] = count
    return counts


def _queues(by_step: dict[str, dict[str, int]]) -> list[Queue]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STATES, 0))
    for name, by_state in by_step.items():
        for state, count in by_state.items():
            sums[QUEUES[BY_NAME[name].job]][state] += count
    return [Queue(name, words, sums[name]["running"], sums[name]["waiting"]) for name, words in QUEUE_WORDS.items()]


def _rows(state: str, cursor: str | None) -> Select[Any]:
    """Who waits longest stands first, what failed last."""
    query = (
        select(Step)
        .join(Step.screencast)
        .options(
            contains_eager(Step.screencast).options(joinedload(Screencast.author), selectinload(Screencast.steps)),
            undefer(Step.log),
        )
        .where(_is(state))
    )
    at = _sorted_by(state)
    place = tuple_(at, Step.screencast_id, Step.name)
    after = read_cursor(_order(state), cursor)
    if after:
        after = [datetime.fromisoformat(after[0]), *after[1:]]
    if state == "failed":
        query = query.where(place < tuple(after)) if after else query
        return query.order_by(at.desc(), Step.screencast_id.desc(), Step.name.desc())
    query = query.where(place > tuple(after)) if after else query
    return query.order_by(at, Step.screencast_id, Step.name)


def _sorted_by(state: str) -> Any:
    column = {"running": Step.started_at, "failed": Step.ended_at}.get(state, Screencast.created_at)
    # Of what the database holds from before there was such a time.
    return func.coalesce(column, Screencast.created_at, type_=Screencast.created_at.type)


def _place(state: str, step: Step) -> tuple[str, str, str]:
    own = {"running": step.started_at, "failed": step.ended_at}.get(state)
    return (own or step.screencast.created_at).isoformat(), step.screencast_id, step.name


def _order(state: str) -> str:
    return f"tasks-{state}"


def _told(viewer: Viewer, state: str, steps: Iterable[Step]) -> list[Task]:
    at = now()
    return [_task(viewer, state, step, at) for step in steps]


def _task(viewer: Viewer, state: str, step: Step, at: datetime) -> Task:
    name = name_of(viewer, step.screencast)
    is_held_up = state == "waiting" and step.error_text
    return Task(
        screencast_id=step.screencast_id if name.is_title else None,
        step=step.name,
        state=state,
        name=name,
        author=step.screencast.author.name,
        words=BY_NAME[step.name].words,
        progress=step.progress,
        attempt=step.attempt,
        since={"running": step.started_at, "failed": step.ended_at}.get(state) or step.screencast.created_at,
        left=seconds_in_words(time_left_s([step], at)) if state == "running" else "",
        detail=_detail(state, step, at),
        next_try_at=step.due_at if is_held_up else None,
        next_try_text=_until(step.due_at, at) if is_held_up else "",
        code=step.error_code if state == "failed" or is_held_up else None,
        log=step.log if name.is_title else None,
        can_cancel=name.is_title and state != "failed" and can_be_cancelled(step.screencast),
    )


def _detail(state: str, step: Step, at: datetime) -> str:
    """Why it is as it is, in a sentence."""
    match state:
        case "failed":
            return step.error_text or "Nobody wrote down why."
        case "running" if step.lease_until and step.lease_until < at:
            return "Its worker is silent. Another one takes it over."
        case "running":
            return f"Process {step.worker.split()[0]}" if step.worker else ""
        case "later":
            open_steps = {each.name for each in step.screencast.steps if each.state in (StepState.waiting, "running")}
            needs = [BY_NAME[name].words for name in BY_NAME[step.name].needs if name in open_steps]
            return f"Comes after: {', '.join(needs)}" if needs else "Comes next"
        case _:
            return step.error_text or place_in_queue(step.screencast, step)


def _until(then: datetime, at: datetime) -> str:
    """`in 15 s`, `in 3 min`; roughly, as it is only looked for now and then."""
    seconds = max(0, round((then - at).total_seconds()))
    return f"in {seconds} s" if seconds < 90 else f"in {round(seconds / 60)} min"
