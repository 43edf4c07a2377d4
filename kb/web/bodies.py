"""How many may send at once. Each who sends holds a thread of the server for as long as they like, and pages need some.

Below gunicorn's threads and beside the streams (kb.web.live): who finds too many sending is refused at once and comes
again, and reading goes on meanwhile.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, g, has_request_context
from sqlalchemy import inspect
from werkzeug.wsgi import ClosingIterator

from kb.errors import KbError

# In one process.
MOST_SENDING = 96
# Of one person, or of one address that nobody has signed in from. More than any browser or script opens.
MOST_OF_ONE = 64


class TooManySending(KbError):
    status = 503
    code = "busy"
    title = "Busy for a moment"


class Gate:
    """Who is sending now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sending: Counter[str] = Counter()

    def enter(self, who: str) -> None:
        with self._lock:
            if self._sending[who] >= MOST_OF_ONE or self._sending.total() >= MOST_SENDING:
                raise TooManySending("Too much is being sent at the moment. Try again in a few seconds.")
            self._sending[who] += 1

    def leave(self, who: str) -> None:
        with self._lock:
            self._sending[who] -= 1
            # Nobody is remembered.
            self._sending += Counter()


class Body:
    """A request's bytes. Whoever begins to read them enters, so that what is refused unread costs nothing."""

    def __init__(self, gate: Gate, environ: dict[str, Any]) -> None:
        self._gate = gate
        self._environ = environ
        self._input = environ["wsgi.input"]
        self._who: str | None = None

    def read(self, *size: int) -> bytes:
        return self._entered().read(*size)  # type: ignore[no-any-return]

    def readline(self, *size: int) -> bytes:
        return self._entered().readline(*size)  # type: ignore[no-any-return]

    def readlines(self, *hint: int) -> list[bytes]:
        return self._entered().readlines(*hint)  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._entered())

    def leave(self) -> None:
        if self._who:
            self._gate.leave(self._who)
            self._who = None

    def _entered(self) -> Any:
        if not self._who:
            who = self._asker()
            self._gate.enter(who)
            self._who = who
        return self._input

    def _asker(self) -> str:
        person = g.get("person") if has_request_context() else None
        # Not its id, which may have to be loaded anew: then a connection to the database was held for the whole body.
        return f"person:{inspect(person).identity}" if person else f"address:{self._environ.get('REMOTE_ADDR')}"


def init(app: Flask) -> None:
    gate, below = Gate(), app.wsgi_app

    def gated(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH", "0") in ("", "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return below(environ, start_response)
        body = environ["wsgi.input"] = Body(gate, environ)
        try:
            answer = below(environ, start_response)
        finally:
            body.leave()
        # What is left of a refused body is read when the answer is out (kb.web.drain).
        return ClosingIterator(answer, body.leave)

    app.wsgi_app = gated  # type: ignore[method-assign]
