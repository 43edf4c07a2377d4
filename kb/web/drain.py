"""What is left of a refused request's body.

A server that answers and closes while its client is still sending resets the connection, and the client never reads
why. So the answer goes out first, and then what still comes is read and thrown away, within bounds.
"""

import contextlib
import socket
from threading import Timer
from typing import IO

from flask import Flask, Response, request

from kb.web.bodies import TooManySending

MOST_BYTES = 64 * 1024**2
LONGEST_S = 10.0
# A client that sends nothing for so long has read the answer, or is gone.
SILENCE_S = 2.0
PART_BYTES = 256 * 1024


def init(app: Flask) -> None:
    app.after_request(_drain_later)


def _drain_later(response: Response) -> Response:
    # Only gunicorn hands out its socket; a test client sends nothing that could be cut off.
    connection = request.environ.get("gunicorn.socket")
    has_body = request.content_length or request.environ.get("HTTP_TRANSFER_ENCODING")
    if connection and has_body and response.status_code >= 400:
        body = request.environ["wsgi.input"]
        response.call_on_close(lambda: _drain(body, connection))
    return response


def _drain(body: IO[bytes], connection: socket.socket) -> None:
    left, is_whole = MOST_BYTES, False
    before = connection.gettimeout()
    connection.settimeout(SILENCE_S)
    # However slowly it trickles in.
    timer = Timer(LONGEST_S, _stop_reading, [connection])
    timer.start()
    try:
        # Where too many send already, its client has to do without knowing why.
        with contextlib.suppress(OSError, TooManySending):
            while left > 0 and not is_whole:
                part = body.read(min(left, PART_BYTES))
                left, is_whole = left - len(part), not part
    finally:
        timer.cancel()
        if not is_whole:
            _stop_reading(connection)
        with contextlib.suppress(OSError):
            connection.settimeout(before)


def _stop_reading(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
