"""Live updates: what changed is told over Redis once it is committed, to whoever has a page open on it.

Best effort by design: a page that hears nothing asks by itself. So a Redis that is down, or hangs, never fails a write,
and costs it at most one short wait in a while.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout
from redis.retry import Retry
from sqlalchemy import event
from sqlalchemy.orm import Session

from kb.config import Settings
from kb.db import WRITING, db

log = logging.getLogger(__name__)

CHANNEL = "kb:live"
PENDING = "kb_pending_news"
LONGEST_S = 0.25
# After a failure nothing is told for so long: pages ask by themselves meanwhile.
REST_S = 5.0
SCREENCAST, PERSON = "screencast", "person"


class Teller:
    """One process's way to Redis. Connects when there is something to tell; safe in threads and across a fork."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = _client(url, LONGEST_S)
        self._clock = clock
        self._rests_until = 0.0

    def tell(self, messages: list[str]) -> bool:
        """Return whether Redis took them."""
        if self._clock() < self._rests_until:
            return False
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for message in messages:
                    pipe.publish(CHANNEL, message)
                pipe.execute()
            return True
        except (RedisError, OSError) as error:
            self._rests_until = self._clock() + REST_S
            log.warning("live updates are not told, pages ask by themselves", extra={"reason": repr(error)})
            return False


def init(app: Flask, settings: Settings) -> None:
    app.extensions["kb.live"] = Teller(settings.redis_client_url)


def changed(screencast_id: str) -> None:
    """Tell open pages that a screencast's steps changed, once this transaction has committed."""
    _later(f"{SCREENCAST} {screencast_id}")


def signed_out(person_id: str) -> None:
    """End this person's streams, once this transaction has committed; who still may opens theirs anew."""
    _later(f"{PERSON} {person_id}")


@contextmanager
def listening(url: str) -> Iterator[PubSub]:
    """A subscription to all that is told. Raises RedisError or OSError if Redis does not answer."""
    with _client(url, 1.0) as redis, redis.pubsub() as heard:
        heard.subscribe(CHANNEL)
        if not heard.get_message(timeout=1.0):
            raise RedisTimeout("no word about the subscription")
        yield heard


def _client(url: str, timeout_s: float) -> Redis:
    # redis-py would try several times, each with its own wait.
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_connect_timeout=timeout_s, socket_timeout=timeout_s, retry=once)


def _later(message: str) -> None:
    session = db.session()
    if session.info.get(WRITING):
        session.info.setdefault(PENDING, {})[message] = None
    else:
        _tell([message])


def _tell(messages: list[str]) -> None:
    cast(Teller, current_app.extensions["kb.live"]).tell(messages)


@event.listens_for(Session, "after_commit")
def _tell_pending(session: Session) -> None:
    if messages := session.info.pop(PENDING, None):
        _tell(list(messages))


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(PENDING, None)
