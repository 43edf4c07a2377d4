"""Structured logs: a line of JSON (on a terminal: of words) with the id of the request or job that it belongs to."""

import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

CHATTY = ("celery", "kombu", "amqp", "PIL", "alembic", "werkzeug", "gunicorn.access", "urllib3", "flask-limiter")
FIELDS = "%(asctime)s %(levelname)s %(process_name)s %(name)s %(message)s"

_names: ContextVar[dict[str, str] | None] = ContextVar("log_names", default=None)


def init(level: int = logging.INFO) -> None:
    """Route every logger of this process through one formatter on stderr. Safe to call twice."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        logging.Formatter(FIELDS)
        if sys.stderr.isatty()
        else JsonFormatter(FIELDS.replace("asctime", "timestamp"), timestamp=True)
    )
    handler.addFilter(_add_names)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


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
