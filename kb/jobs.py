"""Work for later: asked for by name, sent after the transaction commits, forgotten if it rolls back.

The queue is only the doorbell. What has to be done stands in the database, so a lost message is found again by the
sweeper; a Redis that is down delays work and never fails a request.
"""

import logging
from collections.abc import Callable

from celery import Celery
from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from kb.config import Settings
from kb.db import WRITING, db
from kb.log import current_id
from kb.queues import QUEUES, configuration

log = logging.getLogger(__name__)

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


def _celery_sender(settings: Settings) -> Send:
    client = Celery("kb", set_as_current=False)
    client.config_from_object(configuration(settings))
    # A worker tries for ever; somebody's request waits for one try, and not for a Redis that hangs.
    once = {"socket_timeout": 2, "max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
    client.conf.broker_transport_options = client.conf.broker_transport_options | once

    def send(job: str, ids: tuple[str, ...]) -> None:
        client.send_task(job, args=ids, retry=False, headers={"asked_by": current_id()})

    return send


def _send(job: str, ids: tuple[str, ...]) -> bool:
    try:
        current_app.extensions["kb.jobs"](job, ids)
    except Exception as error:
        # What has to be done is committed; a failure here must not look as if it were not.
        log.warning("job not sent, the sweeper will find it", extra={"job": job, "ids": ids, "reason": repr(error)})
        return False
    return True


@event.listens_for(Session, "after_commit")
def _send_pending(session: Session) -> None:
    # Where one can't be sent, the next would only wait for Redis in vain once more.
    all(_send(job, ids) for job, ids in session.info.pop(PENDING, {}))


@event.listens_for(Session, "after_rollback")
def _forget_pending(session: Session) -> None:
    session.info.pop(PENDING, None)
