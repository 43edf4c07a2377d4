"""How often one person, token or address may ask."""

from flask import Flask, Response, g, request
from flask_limiter import Limiter

from kb.config import Settings

READS = "6000 per minute"
WRITES = "600 per minute"
WAIT = "X-RateLimit-Wait"


def _who() -> str:
    """A person, however they sign in, else the address that the connection comes from (never a header's word)."""
    return f"person:{g.person.id}" if g.get("person") else f"address:{request.remote_addr}"


def _most() -> str:
    return READS if request.method in ("GET", "HEAD", "OPTIONS") else WRITES


limiter = Limiter(key_func=_who, application_limits=[_most], headers_enabled=True, strategy="fixed-window")


def init(app: Flask, settings: Settings) -> None:
    app.config |= {
        "RATELIMIT_STORAGE_URI": settings.redis_client_url.replace("unix://", "redis+unix://"),
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_SWALLOW_ERRORS": True,
        "RATELIMIT_KEY_PREFIX": "kb-limit",
        "RATELIMIT_HEADER_RETRY_AFTER": WAIT,
    }
    # What is registered first runs last.
    app.after_request(_say_how_long)
    limiter.init_app(app)


def _say_how_long(response: Response) -> Response:
    """The library would set Retry-After on every answer, over what a failure that passes has said."""
    wait_s = response.headers.pop(WAIT, None)
    if response.status_code == 429 and wait_s:
        response.headers["Retry-After"] = str(max(1, int(wait_s)))
    return response
