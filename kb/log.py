"""Structured logs: a line of JSON (or, on a terminal, of words) with the id of the request or job that it belongs to."""

import logging
import os
import secrets
import sys
from contextlib import AbstractContextManager
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

CHATTY = ("celery", "kombu", "amqp", "PIL", "alembic", "werkzeug", "gunicorn.access", "urllib3", "flask-limiter")


def init(level: int = logging.INFO) -> None:
    """Route every logger of this process through one formatter on stderr. Safe to call twice."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_process,
    ]
    last: Processor = structlog.dev.ConsoleRenderer(colors=False) if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            last,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def bound(**names: str) -> AbstractContextManager[object]:
    """Add names (request="…", job="…") to every line logged inside."""
    return structlog.contextvars.bound_contextvars(**names)


def new_request_id() -> str:
    return secrets.token_hex(6)


def current_id() -> str:
    """The id of the request or job under way, empty outside of one."""
    names = structlog.contextvars.get_contextvars()
    return str(names.get("request") or names.get("job_id") or "")


def _add_process(_logger: Any, _method: str, event: EventDict) -> EventDict:
    event["process"] = os.environ.get("KB_PROCESS", "kb")
    return event
