"""What happens by itself: `python -m workers.clock`. Names and times only, so that the process stays small."""

import os
import time
from typing import Any

from celery import Celery
from celery.beat import Scheduler
from redis import Redis

from kb.config import Settings
from kb.queues import configuration
from workers import heartbeat

# (job, every so many seconds). A tick that waited longer than its own interval is dropped: the next one does it.
TICKS = (
    ("search.drain", 30),
    ("screencasts.uploads", 60),
    # Does something once a night.
    ("search.tend", 900),
    ("screencasts.clean", 3600),
    ("search.forget", 3600),
)

# The longest that it may be silent, while Redis answers, before it counts as hanging. It ticks at least every 30 s.
SILENT_S = 120

settings = Settings.from_environment()
app = Celery("showhow-clock")
app.config_from_object(configuration(settings))
app.conf.beat_schedule = {
    name: {"task": name, "schedule": float(every_s), "options": {"expires": every_s}} for name, every_s in TICKS
}


class Ticking(Scheduler):  # type: ignore[misc]
    """Remembers when it last looked what is due; while Redis is away it looks for nothing else."""

    ticked_at = time.monotonic()

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        Ticking.ticked_at = time.monotonic()
        return super().tick(*args, **kwargs)


def is_well(redis: Redis, ticked_at: float) -> bool:
    silent_s = time.monotonic() - ticked_at
    if silent_s > SILENT_S and redis.ping():
        os._exit(1)
    return silent_s < SILENT_S / 2


if __name__ == "__main__":
    heartbeat.start(settings, lambda redis: is_well(redis, Ticking.ticked_at))
    app.Beat(scheduler_cls=Ticking, loglevel="WARNING", quiet=True).run()
