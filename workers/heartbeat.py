"""A sign of life in Redis, from a thread of its own: a worker that is busy for minutes is alive all the same."""

import logging
import os
import threading
import time

from redis import Redis
from redis.exceptions import RedisError

from kb.config import Settings

log = logging.getLogger(__name__)
EVERY_S = 15


def start(settings: Settings) -> None:
    name = os.environ.get("KB_PROCESS", "worker")
    threading.Thread(target=_beat, args=(settings, name), name="heartbeat", daemon=True).start()


def _beat(settings: Settings, name: str) -> None:
    redis = Redis.from_url(settings.redis_client_url, socket_connect_timeout=2, socket_timeout=2)
    while True:
        try:
            redis.hset("kb:workers", name, str(time.time()))
        except (RedisError, OSError) as error:
            log.warning("no heartbeat", extra={"reason": str(error)})
        time.sleep(EVERY_S)
