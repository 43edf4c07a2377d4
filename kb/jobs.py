"""Work for later: asked for by name, sent after the transaction commits, forgotten if it rolls back.

The queue is only the doorbell. What has to be done stands in the database, so a lost message is found again by the
sweeper; a Redis that is down delays work and never fails a request.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from celery import Celery
from flask import Flask, current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from sqlalchemy import event
from sqlalchemy.orm import Session

from kb.config import Settings
from kb.db import WRITING, db

log = logging.getLogger(__name__)

# Each job that exists and the queue it waits in.
#   quick  a second or two; never behind an encode     media  ffmpeg at length        words  speech, screen
#   index  one worker alone writes the index           clock  what the clock starts
QUEUES: Mapping[str, str] = {
    "screencasts.probe": "quick",
    "screencasts.quick": "quick",
    "screencasts.rendition": "media",
    "transcripts.speech": "words",
    "search.drain": "index",
    "search.rebuild": "index",
    "screencasts.sweep": "clock",
    "screencasts.clean": "clock",
}
# A message that a worker took and never finished is given out again by Redis after this long. The sweeper is much
# faster; this only has to be longer than the longest step, or that step would run twice.
VISIBILITY_TIMEOUT_S = 12 * 3600
PENDING = "kb_pending_jobs"

Send = Callable[[str, tuple[str, ...]], None]


def init(app: Flask, settings: Settings, send: Send | None = None) -> None:
    """send: how a job leaves (tests pass a list's append); Celery over Redis if it is not given."""
    app.extensions["kb.jobs"] = send or _celery_sender(settings)


def later(job: str, *ids: str) -> None:
    """Ask for a job once the current transaction has committed; at once where no transaction that writes is open."""
    if job not in QUEUES:
        raise LookupError(f"no such job: {job}")
    session = db.session()
    if session.info.get(WRITING):
        session.info.setdefault(PENDING, {})[(job, ids)] = None
    else:
        _send(job, ids)


def configuration(settings: Settings) -> dict[str, Any]:
    """What web and workers tell Celery alike. JSON only: a pickled message would be code of whoever reaches Redis."""
    return {
        "broker_url": settings.broker_url,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_TIMEOUT_S,
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "global_keyprefix": "kb:",
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_enable_remote_control": False,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "task_default_queue": "quick",
        "task_create_missing_queues": True,
        "task_routes": {job: {"queue": queue} for job, queue in QUEUES.items()},
        "timezone": "UTC",
    }


def _celery_sender(settings: Settings) -> Send:
    client = Celery("kb", set_as_current=False)
    client.config_from_object(configuration(settings))

    def send(job: str, ids: tuple[str, ...]) -> None:
        client.send_task(job, args=ids, retry=False, headers={"asked_by": _asked_by()})

    return send


def _asked_by() -> str:
    from kb.log import current_id

    return current_id()


def _send(job: str, ids: tuple[str, ...]) -> None:
    try:
        current_app.extensions["kb.jobs"](job, ids)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("job not sent, the sweeper will find it", extra={"job": job, "ids": ids, "reason": str(error)})


@event.listens_for(Session, "after_commit")
def _send_pending(session: Session) -> None:
    for job, ids in session.info.pop(PENDING, {}):
        _send(job, ids)


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(PENDING, None)
