"""A sign of life in Redis, from a thread of its own: a worker that is busy for minutes is alive all the same."""

import logging
import os
import threading
import time
from collections.abc import Callable

from redis import Redis
from redis.exceptions import RedisError

from kb.config import Settings

log = logging.getLogger(__name__)
EVERY_S = 15
# While Redis is away, which it may be for a moment as everything starts.
AGAIN_S = 2


def start(settings: Settings, is_well: Callable[[Redis], bool] = lambda redis: True) -> None:
    """is_well: asked each time, with Redis at hand; where it says no, no sign is left."""
    name = os.environ.get("KB_PROCESS", "worker")
    threading.Thread(target=_beat, args=(settings, name, is_well), name="heartbeat", daemon=True).start()


def _beat(settings: Settings, name: str, is_well: Callable[[Redis], bool]) -> None:
    redis = Redis.from_url(settings.redis_client_url, socket_connect_timeout=2, socket_timeout=2)
    while True:
        try:
            if is_well(redis):
                redis.hset("kb:workers", name, str(time.time()))
        except (RedisError, OSError) as error:
            log.warning("no heartbeat", extra={"reason": str(error)})
            time.sleep(AGAIN_S)
        else:
            time.sleep(EVERY_S)
