"""The Celery app of every worker.

A task is one call into kb, with ids only, and safe to run twice.
"""

import logging
import warnings
from collections.abc import Callable
from typing import Any

from celery import Celery, Task
from celery.exceptions import CPendingDeprecationWarning, Reject
from celery.signals import setup_logging, worker_ready, worker_shutting_down

from kb import jobs, log
from kb.app import create_app
from kb.config import Settings
from kb.db import db
from kb.errors import ToolFailed
from kb.media.run import close
from kb.queues import QUEUES, configuration

settings = Settings.from_environment()
site = create_app(settings, pages=False)
app = Celery("showhow")
app.config_from_object(configuration(settings))


@setup_logging.connect  # type: ignore[untyped-decorator]
def _log(**_: Any) -> None:
    log.init()


@worker_ready.connect  # type: ignore[untyped-decorator]
def _live(**_: Any) -> None:
    """Look for what was left undone while no worker was there; of steps the sweeper does."""
    # Said at each loss of Redis, of a setting that we have set. Celery turns it on as late as this.
    warnings.simplefilter("ignore", CPendingDeprecationWarning)
    with site.app_context():
        jobs.later("search.drain")


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def _stop_children(**_: Any) -> None:
    """Their steps are given back, so that a stop takes no longer than a moment."""
    close()


class InSite(Task):  # type: ignore[misc]
    """Runs with the site's settings and database; what a stopping worker could not finish goes back to its queue."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        asked_by = (self.request.headers or {}).get("asked_by", "")
        with site.app_context(), log.bound(job=self.name, job_id=self.request.id or "", asked_by=asked_by):
            try:
                return super().__call__(*args, **kwargs)
            except ToolFailed as error:
                if error.code == "stopped":
                    raise Reject(error, requeue=True) from error
                raise
            finally:
                db.session.remove()


def job(name: str) -> Callable[[Callable[..., Any]], Any]:
    """Make a function the one that does this job; the job must stand in kb.QUEUES."""
    if name not in QUEUES:
        raise LookupError(f"no such job: {name}")

    def declare(function: Callable[..., Any]) -> Any:
        return app.task(function, name=name, base=InSite)

    return declare


logging.getLogger("celery.redirected").setLevel(logging.WARNING)

# Each noun's tasks, now that `job` is there for them to use.
from workers import screencasts, search, transcripts  # noqa: E402, F401
