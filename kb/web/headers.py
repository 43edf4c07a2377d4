"""What every answer carries: a strict content policy, and who asked what in the log."""

import logging
import re
import time

from flask import Flask, Response, g, request

from kb import log as kb_log
from kb.web import drain

log = logging.getLogger(__name__)

CONTENT_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
NOT_WORTH_A_LINE = {"static", "web.alive", "web.ready"}
# What people uploaded or words made of it: even if a browser took it for a page, nothing in it could run.
FILE_POLICY = "default-src 'none'; sandbox"


def init(app: Flask) -> None:
    app.before_request(_name_request)
    drain.init(app)
    app.after_request(_finish)


def _name_request() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if re.fullmatch(r"[\w-]{4,64}", given) else kb_log.new_request_id()
    g.began_at = time.perf_counter()
    g.log_names = kb_log.bound(request=g.request_id)
    g.log_names.__enter__()


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(self), display-capture=(self), geolocation=()"
    headers["X-Request-Id"] = g.get("request_id", "")
    if request.endpoint != "static" and "Cache-Control" not in headers:
        # What a page shows depends on who asks.
        headers["Cache-Control"] = "private, no-cache"
    if response.mimetype == "text/html":
        # A script that fetches a part of a page gets another answer from the same address.
        response.vary.add("HX-Request")
    if "log_names" in g:
        took_ms = (time.perf_counter() - g.began_at) * 1000
        level = logging.DEBUG if request.endpoint in NOT_WORTH_A_LINE else logging.INFO
        log.log(
            level,
            "request",
            extra={
                "method": request.method,
                "path": _path_to_log(),
                "status": response.status_code,
                "took_ms": round(took_ms, 1),
                "person": g.person.id if g.get("person") else None,
            },
        )
        g.pop("log_names").__exit__(None, None, None)
    return response


def _path_to_log() -> str:
    """The path; of a link that is a secret, such as an invitation's, only where it leads."""
    is_secret = "token" in (request.view_args or {})
    return str(request.url_rule) if is_secret else request.path
