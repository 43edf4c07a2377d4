"""Pages of the site itself: whether it is alive and ready, and how its API is called."""

import time
from collections.abc import Callable

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kb.config import Settings
from kb.db import db

bp = Blueprint("web", __name__)

# name -> a check that returns None if all is well, else a sentence. Other modules add theirs in kb.app.
CHECKS: dict[str, Callable[[], str | None]] = {}
# Named as well, and no reason to send nobody here: without its index the site answers searches from the database, less
# well, while the index is made again.
NOT_VITAL = {"index"}
ALIVE_S = 60
WORKERS = ("quick", "media", "index", "clock")


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """Each part by name; 503 if one that it can't do without is not ready."""
    faults = {name: check() for name, check in CHECKS.items()}
    parts = {name: {"ok": fault is None, "detail": fault} for name, fault in faults.items()}
    is_ready = not any(fault for name, fault in faults.items() if name not in NOT_VITAL)
    return jsonify(ready=is_ready, checks=parts), 200 if is_ready else 503


@bp.get("/api/docs")
def api_docs() -> ResponseReturnValue:
    return render_template("api/docs.html")


def redis_client() -> "Redis":
    settings: Settings = current_app.extensions["kb.settings"]
    return Redis.from_url(settings.redis_client_url, socket_connect_timeout=1, socket_timeout=1)


def database_check() -> str | None:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return f"The database does not answer ({type(error).__name__})."
    return None


def redis_check() -> str | None:
    try:
        redis_client().ping()
    except (RedisError, OSError) as error:
        return f"Redis does not answer ({type(error).__name__})."
    return None


def workers_check() -> str | None:
    signs = signs_of_life()
    if signs is None:
        return "Unknown while Redis does not answer."
    missing = [name for name in WORKERS if signs.get(name, ALIVE_S) >= ALIVE_S]
    return f"No sign of life from: {', '.join(sorted(missing))}." if missing else None


def signs_of_life() -> dict[str, float] | None:
    """How many seconds ago each worker and the clock gave one; None while Redis does not answer.

    They leave a heartbeat there; a solo worker answers no ping while it works.
    """
    try:
        beats: dict[bytes, bytes] = redis_client().hgetall("kb:workers")  # type: ignore[assignment]
    except (RedisError, OSError):
        return None
    return {name.decode(): max(0.0, time.time() - float(at)) for name, at in beats.items()}


CHECKS |= {"database": database_check, "redis": redis_check, "workers": workers_check}
