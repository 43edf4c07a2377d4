"""Structured logs: a line of JSON (on a terminal: of words) with the id of the request or job that it belongs to."""

import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

CHATTY = ("celery", "kombu", "amqp", "PIL", "alembic", "werkzeug", "gunicorn.access", "urllib3", "flask-limiter")
FIELDS = "%(asctime)s %(levelname)s %(process_name)s %(name)s %(message)s"
WORDS = "%(asctime)s %(process_name)s %(levelname)s %(message)s"
# Set by the supervisor on a terminal: what its programs write goes through its pipe.
ON_TERMINAL = "KB_ON_TERMINAL"

_names: ContextVar[dict[str, str] | None] = ContextVar("log_names", default=None)


def init(level: int = logging.INFO) -> None:
    """Route every logger of this process through one formatter on stderr. Safe to call twice."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ForPeople(WORDS, datefmt="%H:%M:%S")
        if sys.stderr.isatty() or os.environ.get(ON_TERMINAL)
        else JsonFormatter(FIELDS.replace("asctime", "timestamp"), timestamp=True)
    )
    handler.addFilter(_add_names)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class ForPeople(logging.Formatter):
    """A line of words, with whatever else is known of what happened behind it."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        known = {*RESERVED_ATTRS, "message", "asctime", "process_name", "request", "job_id", "asked_by"}
        more = (f"{name}={value}" for name, value in vars(record).items() if name not in known)
        return " ".join([super().formatMessage(record), *more])


@contextmanager
def bound(**names: str) -> Iterator[None]:
    """Add names (request="…", job="…") to every line logged inside."""
    token = _names.set((_names.get() or {}) | names)
    try:
        yield
    finally:
        _names.reset(token)


def new_request_id() -> str:
    return secrets.token_hex(6)


def current_id() -> str:
    """The id of the request or job under way, empty outside of one."""
    names = _names.get() or {}
    return names.get("request") or names.get("job_id") or ""


def _add_names(record: logging.LogRecord) -> bool:
    record.process_name = os.environ.get("KB_PROCESS", "kb")
    for name, value in (_names.get() or {}).items():
        setattr(record, name, value)
    return True
