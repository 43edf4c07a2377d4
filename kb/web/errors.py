"""Every failure in one place: a problem document (RFC 9457) for programs, a page for people."""

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException

from kb.db import db
from kb.errors import Invalid, KbError, NoRoom, NotSignedIn
from kb.storage.room import ran_full

log = logging.getLogger(__name__)

# What the framework refuses by itself, in our words: (code, title, detail).
PLAIN = {
    400: ("bad-request", "That request can't be read", "Go back, load the page again and repeat what you did."),
    404: (
        "not-found",
        "Nothing here",
        "This page is not there, or not shared with you. Search may find what you need.",
    ),
    405: ("not-allowed-here", "That can't be done here", "This address does not take that kind of request."),
    413: ("too-large", "Too large", "What was sent is larger than this site takes. Cut the recording shorter."),
    415: ("unsupported", "That format is not understood", "Send it as multipart/form-data or JSON."),
    416: ("bad-range", "That part is not there", "The file is shorter than the part that was asked for."),
    429: ("too-many", "Too many requests", "Wait a minute, then try again."),
    500: ("error", "Something went wrong on our side", "It was written to the log. Try again, or tell an admin."),
}
# Blueprints whose answers a player or program fetches, never a person with an address bar; each adds its own name.
FOR_PROGRAMS: set[str] = set()
# No fault of the program's: something is away or full, and each who asks meets it until that is mended.
FOR_NOW = (503, 507)


def init(app: Flask) -> None:
    app.register_error_handler(KbError, _ours)
    app.register_error_handler(HTTPException, _framework)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(NoConnection, _database)
    for error in (IntegrityError, StaleDataError, ObjectDeletedError):
        app.register_error_handler(error, _meanwhile)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(UnicodeEncodeError, _unfit)
    app.register_error_handler(Exception, _unknown)


def is_feed() -> bool:
    """Whether a reader of feeds asks, which signs in by name and password alone."""
    return request.path.startswith("/feeds/")


def wants_problem() -> bool:
    """Whether a program asks: an API call, a feed, or a file that a page or player fetches."""
    if request.path.startswith("/api/") and request.path != "/api/docs":
        return True
    if is_feed():
        return True
    if request.blueprint in FOR_PROGRAMS:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json" or request.headers.get("Sec-Fetch-Dest") in ("video", "image", "track")


def problem(status: int, code: str, title: str, detail: str, errors: dict[str, list[str]] | None = None) -> Response:
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    if errors:
        body["errors"] = errors
    response = jsonify(body)
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _ours(error: KbError) -> ResponseReturnValue:
    db.session.rollback()
    if isinstance(error, NotSignedIn) and _can_sign_in_and_return():
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    if error.status in FOR_NOW:
        log.warning(error.detail, extra={"reason": repr(error.__cause__)})
    elif error.status >= 500:
        log.error(error.detail, exc_info=error)
    response = _answer(error.status, error.code, error.title, error.detail, error.errors)
    if isinstance(error, NotSignedIn):
        response.headers["WWW-Authenticate"] = 'Basic realm="Feeds", charset="UTF-8"' if is_feed() else "Bearer"
    return response


def _can_sign_in_and_return() -> bool:
    """Whether a person loads a page; a part of one, fetched by its script, must not become the page to sign in."""
    return request.method in ("GET", "HEAD") and not wants_problem() and "HX-Request" not in request.headers


def _framework(error: HTTPException) -> ResponseReturnValue:
    db.session.rollback()
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    status = error.code or 500
    code, title, detail = PLAIN.get(status, ("error", error.name, error.description or error.name))
    response = _answer(status, code, title, detail, None)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "content-range"):
            response.headers[name] = value
    return response


def _meanwhile(error: IntegrityError | StaleDataError | ObjectDeletedError) -> ResponseReturnValue:
    """Two changed the same at the same moment, and the database let one of them through."""
    db.session.rollback()
    log.warning("changed meanwhile", exc_info=error)
    detail = "Somebody changed the same at this moment. Load the page again and look before you repeat it."
    return _answer(409, "conflict", "That changed in the meantime", detail, None)


def _database(error: OperationalError | NoConnection) -> ResponseReturnValue:
    db.session.rollback()
    if ran_full(error):
        return _full(error)
    # Nor does it answer who asks; the page is one for nobody.
    g.person = None
    log.error("database unavailable", exc_info=error)
    response = _answer(503, "busy", "Busy for a moment", "The database did not answer. Try again in a moment.", None)
    response.headers["Retry-After"] = "5"
    return response


def _unfit(error: DataError | UnicodeEncodeError) -> ResponseReturnValue:
    """PostgreSQL keeps no NUL, and nothing longer than its column; in an address neither is worth its own check.

    No database keeps half a character, as JSON may spell one (`"\\ud800"`).
    """
    db.session.rollback()
    log.warning("the database refused a value", exc_info=error)
    refused = Invalid("Something in this request can't be kept. Look for unusual signs in it.")
    return _answer(refused.status, refused.code, refused.title, refused.detail, None)


def _unknown(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    if ran_full(error):
        return _full(error)
    log.error("request broke", exc_info=error)
    return _answer(500, *PLAIN[500], None)


def _full(error: Exception) -> ResponseReturnValue:
    log.error("no room left", exc_info=error)
    detail = "The server has no room left to write this down, so nothing was changed. Tell an admin, then try again."
    return _answer(NoRoom.status, NoRoom.code, NoRoom.title, detail, None)


def _answer(status: int, code: str, title: str, detail: str, errors: dict[str, list[str]] | None) -> Response:
    if wants_problem():
        return problem(status, code, title, detail, errors)
    page = render_template("errors/page.html", status=status, code=code, title=title, detail=detail, errors=errors)
    return make_response(page, status)
