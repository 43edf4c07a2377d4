"""Who works on which step until when. The rows decide; a message in a queue only says "have a look".

A worker claims a step under a lease, beats while it works, and finishes, fails or gives it back. What lost its worker
or its message is found by `sweep`. Every function may run twice, or in two places at once, with the same result.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from kb import jobs, live, outbox
from kb.db import db, new_id, now, writing
from kb.errors import KbError, ToolFailed
from kb.media.run import spent_cpu_s
from kb.screencasts.models import ENDED, Screencast, State, Step, StepState
from kb.screencasts.steps import BY_NAME, STEPS, StepKind, overall, ready_after

log = logging.getLogger(__name__)

BEAT_S = 5.0
PROGRESS_S = 0.7
# A step that nobody claimed this long after it was asked for is asked for again: its message may be lost.
RING_AGAIN = timedelta(seconds=90)
BACK_OFF_S = 5
# Of a step that can't begin yet: nobody has asked for it, so nobody need look for it.
NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)


class LeaseLost(KbError):
    """Somebody else has the step now, or it is not wanted any more: drop what was made."""

    code = "lease-lost"


@dataclass
class Lease:
    """One worker's right to do one step. Not shared between threads."""

    screencast_id: str
    kind: StepKind
    key: str
    take: int = 1
    progress: float = 0.0
    cpu_s_before: float = field(default_factory=spent_cpu_s)
    _beaten_at: float = field(default_factory=time.monotonic)
    _shown_at: float = 0.0

    def report(self, progress: float) -> None:
        """Say how far the work is (0 to 1); written at most every PROGRESS_S."""
        self.progress = max(self.progress, min(progress, 1.0))
        if time.monotonic() - self._shown_at > PROGRESS_S:
            self._beat()

    def is_over(self) -> bool:
        """Keep the lease alive; True if the work should stop (deleted, or taken over)."""
        if time.monotonic() - self._beaten_at > BEAT_S:
            self._beat()
        db.session.rollback()
        step = db.session.get(Step, (self.screencast_id, self.kind.name))
        return step is None or step.lease_key != self.key or step.screencast.trashed_at is not None

    def _beat(self) -> None:
        self._beaten_at = self._shown_at = time.monotonic()
        with writing():
            if step := _held(self):
                step.lease_until = step.due_at = now() + timedelta(seconds=self.kind.lease_s)
                step.progress = self.progress
                _sum_up(step.screencast)


def start(screencast: Screencast) -> None:
    """Make the rows of a new screencast's steps and ask for the first; inside the caller's transaction."""
    for place, kind in enumerate(STEPS):
        screencast.steps.append(
            Step(name=kind.name, place=place, state=StepState.waiting, progress=0.0, attempt=0, due_at=NOT_YET)
        )
    db.session.flush()
    _ask_for_ready(screencast)


def hold(screencast_id: str) -> Screencast | None:
    """The screencast with its steps as they are now, for this transaction alone to change until it commits.

    Two that change it at once would each overlook what the other did. SQLite has one writer anyway, and no such lock.
    """
    db.session.flush()
    held = db.session.get(Screencast, screencast_id, with_for_update=True, populate_existing=True)
    if held:
        steps = select(Step).where(Step.screencast_id == screencast_id).execution_options(populate_existing=True)
        db.session.scalars(steps).all()
    return held


def perform(screencast_id: str, name: str, work: Callable[[Lease], None]) -> None:
    """Claim a step, do its work, and write down how it ended. Does nothing if there is nothing to claim.

    `work` ends by calling `finish` in the transaction that writes its results. Raises ToolFailed with code "stopped" if
    this worker is shutting down, with the step given back untouched.
    """
    lease = claim(screencast_id, name)
    if not lease:
        return
    try:
        work(lease)
    except LeaseLost:
        log.info("step lost", extra={"screencast": screencast_id, "step": name})
    except ToolFailed as error:
        if error.code == "stopped":
            give_back(lease)
            raise
        log.warning("step failed", extra={"screencast": screencast_id, "step": name, "tool": error.log[-2000:]})
        fail(lease, error)
    except Exception:
        log.exception("step broke", extra={"screencast": screencast_id, "step": name})
        fail(lease, ToolFailed("Something went wrong on our side. Try again, or tell an admin.", permanent=False))


def claim(screencast_id: str, name: str) -> Lease | None:
    with writing():
        screencast = hold(screencast_id)
        step = screencast.step(name) if screencast else None
        if not step or step.screencast.trashed_at or step.state in ENDED or not _is_ready(step):
            return None
        if step.state == StepState.running and step.lease_until and step.lease_until > now():
            return None
        kind = BY_NAME[name]
        if step.attempt >= kind.attempts:
            _end(step, StepState.failed, "gave-up", "It did not finish after several tries. Try again later.")
            return None
        step.state = StepState.running
        step.attempt += 1
        step.progress = 0.0
        step.lease_key = key = new_id()
        step.lease_until = step.due_at = now() + timedelta(seconds=kind.lease_s)
        step.started_at = now()
        _sum_up(step.screencast)
        take = step.screencast.take
    return Lease(screencast_id, kind, key, take)


def finish(lease: Lease, *, note: str | None = None, code: str | None = None, skipped: bool = False) -> None:
    """End a step well, in the transaction that writes its results. Raises LeaseLost, which takes them back.

    note: what a colleague should know about how it went. code: the stable word for that note.
    """
    with writing():
        step = _held(lease)
        if not step:
            raise LeaseLost("Another worker has this step.")
        step.cpu_s = spent_cpu_s() - lease.cpu_s_before
        _end(step, StepState.skipped if skipped else StepState.done, code, note)


def fail(lease: Lease, error: ToolFailed) -> None:
    """Try again later, unless that can't help or was done often enough: then the reason stays for people to read."""
    with writing():
        step = _held(lease)
        if not step:
            return
        if error.permanent or step.attempt >= lease.kind.attempts:
            _end(step, StepState.failed, error.code, error.detail)
        else:
            step.state, step.lease_key, step.lease_until = StepState.waiting, None, None
            step.error_code, step.error_text = error.code, error.detail
            step.due_at = now() + timedelta(seconds=BACK_OFF_S * 2**step.attempt)
            _sum_up(step.screencast)


def give_back(lease: Lease) -> None:
    """Leave a step to another worker, as if it had not been tried."""
    with writing():
        if step := _held(lease):
            step.state, step.lease_key, step.lease_until = StepState.waiting, None, None
            step.attempt -= 1
            step.due_at = now() + timedelta(seconds=BACK_OFF_S)


def indexed(screencast_ids: list[str]) -> None:
    """The index has the words of these: end the step where nothing more will come."""
    with writing() as session:
        open_ones = select(Step.screencast_id).where(
            Step.screencast_id.in_(screencast_ids), Step.name == "index", Step.state.not_in(ENDED)
        )
        # In one order for all, so that no two wait for each other.
        for screencast_id in session.scalars(open_ones.order_by(Step.screencast_id)).all():
            screencast = hold(screencast_id)
            step = screencast.step("index") if screencast else None
            if step and step.state not in ENDED and _is_ready(step):
                _end(step, StepState.done)


def restart(screencast: Screencast) -> None:
    """Begin anew with another recording, inside the caller's transaction; who is at work on the last one stops."""
    for step in screencast.steps:
        step.state, step.attempt, step.progress = StepState.waiting, 0, 0.0
        step.lease_key = step.lease_until = step.error_code = step.error_text = None
        step.started_at = step.ended_at = step.cpu_s = None
        step.due_at = NOT_YET
    _sum_up(screencast)
    _ask_for_ready(screencast)


def retry(screencast_id: str) -> None:
    """Start again what failed, with all tries given back."""
    with writing():
        screencast = hold(screencast_id)
        if not screencast or not screencast.steps:
            return
        for step in screencast.steps:
            if step.state == StepState.failed or (step.state == StepState.skipped and step.error_code == "needed"):
                step.state, step.attempt, step.progress = StepState.waiting, 0, 0.0
                step.error_code = step.error_text = None
                step.due_at = NOT_YET
        _sum_up(screencast)
        _ask_for_ready(screencast)


def sweep() -> int:
    """Ask again for steps that lost their worker or their message, or whose next try is due. Returns how many."""
    with writing() as session:
        found = session.scalars(
            select(Step)
            .join(Step.screencast)
            .where(
                Screencast.trashed_at.is_(None),
                Step.due_at < now(),
                Step.state.in_((StepState.running, StepState.waiting)),
            )
            .order_by(Step.due_at)
            .limit(200)
        ).all()
        stalled = [step for step in found if _is_ready(step)]
        for step in stalled:
            _ask(step)
    return len(stalled)


def nobody_works() -> None:
    """At the start of a site that no other worker can be at work for: what is said to run was killed."""
    with writing() as session:
        ended = {"lease_until": now(), "due_at": now()}
        session.execute(update(Step).where(Step.state == StepState.running).values(ended))


def _held(lease: Lease) -> Step | None:
    screencast = hold(lease.screencast_id)
    step = screencast.step(lease.kind.name) if screencast else None
    return step if step and step.lease_key == lease.key and step.state == StepState.running else None


def _end(step: Step, state: StepState, code: str | None = None, text: str | None = None) -> None:
    step.state, step.progress = state, 1.0
    step.lease_key = step.lease_until = None
    step.error_code, step.error_text = code, text
    step.ended_at = now()
    if state == StepState.failed and step.name == "probe":
        _skip_rest(step.screencast)
    _sum_up(step.screencast)
    _ask_for_ready(step.screencast)


def _skip_rest(screencast: Screencast) -> None:
    """Nothing can be made of a file that can't be read; its title is found all the same."""
    for step in screencast.steps:
        if step.state == StepState.waiting and step.name != "index":
            step.state, step.error_code, step.ended_at = StepState.skipped, "needed", now()


def _is_ready(step: Step) -> bool:
    ended = {each.name for each in step.screencast.steps if each.state in ENDED}
    return set(BY_NAME[step.name].needs) <= ended


def _ask_for_ready(screencast: Screencast) -> None:
    ended = {step.name for step in screencast.steps if step.state in ENDED}
    ready = {kind.name for kind in ready_after(ended)}
    for step in screencast.steps:
        if step.name in ready and step.state == StepState.waiting:
            _ask(step)


def _ask(step: Step) -> None:
    step.due_at = now() + RING_AGAIN
    job = BY_NAME[step.name].job
    if job == "search.drain":
        outbox.changed(step.screencast_id)
    else:
        jobs.later(job, step.screencast_id)


def _sum_up(screencast: Screencast) -> None:
    """Set the screencast's own state and progress from its steps."""
    db.session.flush()
    live.changed(screencast.id)
    screencast.progress = overall({step.name: step.progress for step in screencast.steps})
    if not all(step.state in ENDED for step in screencast.steps if step.name != "index"):
        screencast.state = State.processing
    elif not screencast.is_playable:
        screencast.state = State.failed
    elif all(step.state in ENDED for step in screencast.steps):
        screencast.state = State.ready
