"""The sweep, from a thread of its own in every worker: no queue, no busy job and no single process can hold it up."""

import logging
import random
import threading
import time

from flask import Flask

from kb.db import db
from kb.screencasts.pipeline import sweeping

log = logging.getLogger(__name__)
EVERY_S = 5


def start(site: Flask) -> None:
    threading.Thread(target=_sweep, args=(site,), name="sweeper", daemon=True).start()


def _sweep(site: Flask) -> None:
    while True:
        with site.app_context():
            try:
                sweeping.sweep()
            except Exception as error:
                # The database is away, say. Nothing must end this thread.
                log.warning("not swept", extra={"reason": repr(error)})
            finally:
                db.session.remove()
        # Not all workers at the same moment.
        time.sleep(EVERY_S * random.uniform(0.8, 1.2))  # noqa: S311 - guards nothing
