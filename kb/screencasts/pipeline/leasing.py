"""Who works on which step until when. The rows decide; a message in a queue only says "have a look".

A worker claims a step under a lease, beats while it works, and finishes, fails or gives it back. What lost its worker
or its message is found by `sweeping`. Every function may run twice, or in two places at once, with the same result.
"""

import logging
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from kb.db import db, new_id, now, writing
from kb.errors import KbError, ToolFailed
from kb.hands import hands
from kb.media import children
from kb.media.run import spent_cpu_s, telling
from kb.screencasts.models import ENDED, Screencast, Step, StepState
from kb.screencasts.pipeline.steps import BY_NAME, StepKind
from kb.screencasts.pipeline.transitions import end, hold, is_ready, release, start_over, sum_up
from kb.screencasts.pipeline.tries import HELD_UP, KILLED_TRIES, failure_of, next_try

log = logging.getLogger(__name__)

BEAT_S = 5.0
PROGRESS_S = 0.7
LOG_SIGNS = 2000


class LeaseLost(KbError):
    """Somebody else has the step now, or it is not wanted any more: drop what was made."""

    code = "lease-lost"


@dataclass(eq=False)
class Lease:
    """One worker's right to do one step. Not shared between threads."""

    screencast_id: str
    kind: StepKind
    key: str
    take: int = 1
    progress: float = 0.0
    cpu_s_before: float = field(default_factory=spent_cpu_s)
    # Of the monotonic clock; read by the thread that looks after this worker.
    beaten_at: float = field(default_factory=time.monotonic)
    _shown_at: float = 0.0

    def report(self, progress: float) -> None:
        """Say how far the work is (0 to 1); written at most every PROGRESS_S."""
        self.progress = max(self.progress, min(progress, 1.0))
        if time.monotonic() - self._shown_at > PROGRESS_S:
            self._beat()

    def is_over(self) -> bool:
        """Keep the lease alive; True if the work should stop (deleted, or taken over)."""
        if time.monotonic() - self.beaten_at > BEAT_S:
            self._beat()
        db.session.rollback()
        step = db.session.get(Step, (self.screencast_id, self.kind.name))
        return step is None or step.lease_key != self.key or step.screencast.trashed_at is not None

    def runs(self, pid: int) -> None:
        """Write down which tool runs for it, so that whoever takes the step over can end that first."""
        with writing():
            step = _held(self)
            if not step:
                raise LeaseLost("Another worker has this step.")
            step.child = children.mark_of(pid)

    def _beat(self) -> None:
        self.beaten_at = self._shown_at = time.monotonic()
        with writing():
            if step := _held(self):
                step.lease_until = step.due_at = now() + timedelta(seconds=self.kind.lease_s)
                step.progress = self.progress
                sum_up(step.screencast)


# Of this process: its leases, for whoever looks whether one of its threads hangs.
leases: set[Lease] = set()


def perform(screencast_id: str, name: str, work: Callable[[Lease], None]) -> None:
    """Claim a step, do its work, and write down how it ended. Does nothing if there is nothing to claim.

    `work` ends by calling `finish` in the transaction that writes its results. Raises ToolFailed with code "stopped" if
    this worker is shutting down, with the step given back untouched.
    """
    lease = claim(screencast_id, name)
    if not lease:
        return
    leases.add(lease)
    try:
        with telling(lease.runs):
            work(lease)
    except Exception as error:
        _end_try(lease, error)
    finally:
        leases.discard(lease)


def claim(screencast_id: str, name: str) -> Lease | None:
    with writing():
        screencast = hold(screencast_id)
        step = screencast.step(name) if screencast else None
        if not step or step.screencast.trashed_at or step.state in ENDED or not is_ready(step):
            return None
        if step.state == StepState.running and step.lease_until and step.lease_until > now():
            return None
        left_running = step.child
        if step.state == StepState.running and step.attempt >= KILLED_TRIES:
            text = "It broke off in the middle again and again, without saying why. Try again, or tell an admin."
            end(step, StepState.failed, "gave-up", text)
            lease = None
        else:
            lease = _lease(step)
    # Whoever had it may only have been stopped for a while: nothing of theirs works on beside the new try.
    if left_running:
        children.kill(left_running)
    hands().drop_work_folders(screencast_id, name)
    return lease


@contextmanager
def results(lease: Lease) -> Iterator[Screencast]:
    """The transaction that puts in place what a step made, files too, and ends with `finish`.

    Nobody takes the step over or erases the screencast while it lasts, so that no late worker can put its files over a
    later one's. Raises LeaseLost before anything is touched.
    """
    with writing():
        step = _held(lease)
        if not step or step.screencast.trashed_at:
            raise LeaseLost("Another worker has this step.")
        yield step.screencast


def finish(lease: Lease, *, note: str | None = None, code: str | None = None, skipped: bool = False) -> None:
    """End a step well, in the transaction that writes its results. Raises LeaseLost, which takes them back.

    note: what a colleague should know about how it went. code: the stable word for that note.
    """
    with writing():
        step = _held(lease)
        if not step:
            raise LeaseLost("Another worker has this step.")
        step.cpu_s = spent_cpu_s() - lease.cpu_s_before
        end(step, StepState.skipped if skipped else StepState.done, code, note)


def fail(lease: Lease, error: ToolFailed) -> None:
    """Try again later, unless that can't help or was done often enough: then the reason stays for people to read."""
    with writing():
        step = _held(lease)
        if not step:
            return
        # PostgreSQL keeps no NUL.
        step.log = error.log.replace("\0", "")[-LOG_SIGNS:] or None
        held_up_at = (step.held_up_at or now()) if error.code in HELD_UP else None
        wait = next_try(
            error,
            attempt=step.attempt,
            attempts=lease.kind.attempts,
            held_up_for=now() - held_up_at if held_up_at else timedelta(),
            chance=random.random(),  # noqa: S311 - spreads tries, guards nothing
        )
        if wait is None:
            end(step, StepState.failed, error.code, error.detail)
            return
        step.state = StepState.waiting
        release(step)
        step.error_code, step.error_text = error.code, error.detail
        step.held_up_at = held_up_at
        # What was held up has not had its try.
        step.attempt -= held_up_at is not None
        step.due_at = now() + wait
        sum_up(step.screencast)


def give_back(lease: Lease) -> None:
    """Leave a step to another worker, as if it had not been tried."""
    with writing():
        if step := _held(lease):
            step.state = StepState.waiting
            release(step)
            step.attempt -= 1
            step.due_at = now()
            sum_up(step.screencast)


def _lease(step: Step) -> Lease:
    kind = BY_NAME[step.name]
    step.state = StepState.running
    step.attempt += 1
    step.progress = 0.0
    if step.attempt > 1:
        start_over(step)
    step.lease_key = new_id()
    step.lease_until = step.due_at = now() + timedelta(seconds=kind.lease_s)
    step.worker, step.child = children.mark_of(os.getpid()), None
    step.started_at, step.log = now(), None
    sum_up(step.screencast)
    return Lease(step.screencast_id, kind, step.lease_key, step.screencast.take)


def _held(lease: Lease) -> Step | None:
    screencast = hold(lease.screencast_id)
    step = screencast.step(lease.kind.name) if screencast else None
    return step if step and step.lease_key == lease.key and step.state == StepState.running else None


def _end_try(lease: Lease, error: Exception) -> None:
    names = {"screencast": lease.screencast_id, "step": lease.kind.name}
    if isinstance(error, LeaseLost) or lease.is_over():
        log.info("step lost", extra=names)
        # Still its own if it was only put in the trash: whoever takes it out again finds it waiting.
        give_back(lease)
    elif isinstance(error, ToolFailed) and error.code == "stopped":
        give_back(lease)
        raise error
    else:
        failure = failure_of(error)
        reason = {"reason": repr(error), "tool": getattr(error, "log", "")[-LOG_SIGNS:]}
        log.warning("step failed", extra=names | reason, exc_info=failure is not error and error)
        fail(lease, failure)
