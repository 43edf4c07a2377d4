"""A worker that hangs ends itself: its supervisor starts another within a second, and its steps are taken over.

Two ways to hang: a thread that works on a step and is never heard of again (a tool has a deadline, a disk or a database
may have none), and a connection to Redis that is up and brings nothing, while messages wait.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence

from celery.signals import task_postrun, task_prerun
from redis import Redis

from kb.media.run import close
from kb.queues import PREFIX
from kb.screencasts.pipeline import leasing

log = logging.getLogger(__name__)

SILENT_S = 600
DEAF_S = 60
# For its other steps to be given back.
FAREWELL_S = 2


class Guard:
    """Asked now and then whether this worker is well. threads: how many jobs it does at once."""

    def __init__(self, queues: Sequence[str], threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._queues = queues
        self._threads = threads
        self._clock = clock
        self._at_work: set[str] = set()
        self._heard_at = clock()
        task_prerun.connect(self._begins, weak=False)
        task_postrun.connect(self._ends, weak=False)

    def fault(self, waiting: int) -> str | None:
        """Why this worker must end, in words. waiting: how many messages are there for it."""
        now = self._clock()
        if not waiting or len(self._at_work) >= self._threads:
            # Nothing to hear, or nobody to listen.
            self._heard_at = now
        for lease in list(leasing.leases):
            if now - lease.beaten_at > SILENT_S:
                return f"the step {lease.kind.name} of {lease.screencast_id} is silent"
        return "Redis has work and none arrives" if now - self._heard_at > DEAF_S else None

    def is_well(self, redis: Redis) -> bool:
        """True, or it ends the process."""
        waiting = sum(int(redis.llen(PREFIX + queue)) for queue in self._queues)  # type: ignore[arg-type]
        if reason := self.fault(waiting):
            end(reason)
        return True

    def _begins(self, task_id: str, **_: object) -> None:
        self._at_work.add(task_id)
        self._heard_at = self._clock()

    def _ends(self, task_id: str, **_: object) -> None:
        self._at_work.discard(task_id)
        self._heard_at = self._clock()


def end(reason: str) -> None:
    """End this process at once, whatever its threads wait for."""
    log.error("this worker hangs and ends itself", extra={"reason": reason})
    close()
    time.sleep(FAREWELL_S)
    os._exit(1)
