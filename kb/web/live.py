"""Event streams: what `kb.live` tells over Redis, passed on to the open pages of this process.

One thread listens, while there is a stream, and reads what changed once for all of them; each stream then decides what
of it its asker may see. A stream holds a thread of the server and no database session, so there is a cap: who finds it
reached is refused at once and asks now and then instead. The same while Redis is away: an open stream is live.
"""

import logging
import os
import random
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import Any, Generic, TypeVar, cast

from flask import Flask, Response, current_app, request
from redis.client import PubSub
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from kb.config import Settings
from kb.errors import KbError
from kb.live import PERSON, SCREENCAST, listening

log = logging.getLogger(__name__)

B = TypeVar("B")

# Of the server's threads (kb.web.gunicorn), so that some always serve pages.
MOST_STREAMS = 96
# What changes all the time is read and passed on this often.
PACE_S = 0.7
# A line that says nothing, so that proxies keep a quiet stream and a client that vanished is found.
HEARTBEAT_S = 15.0
# With nothing to tell for so long a page has been forgotten, or what it waits for stands still.
IDLE_S = 300.0
# A client that takes nothing for so long is gone.
SEND_S = 10.0
REDIS_PING_S = 10.0
MOST_BATCHES = 20


class NoStream(KbError):
    status = 503
    code = "no-stream"
    title = "No live updates now"


class Stream(Generic[B]):
    """One open page, or one browser for all its pages. Filled by the hub, emptied by the request's own thread."""

    def __init__(self, person_id: str, connection: socket.socket | None) -> None:
        self.person_id = person_id
        self.is_over = False
        self._batches: deque[B] = deque(maxlen=MOST_BATCHES)
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._connection = connection
        self._timeout = connection.gettimeout() if connection else None
        if connection:
            connection.settimeout(SEND_S)

    def put(self, batch: B) -> None:
        self._batches.append(batch)
        os.eventfd_write(self._bell, 1)

    def end(self) -> None:
        self.is_over = True
        os.eventfd_write(self._bell, 1)

    def wait(self, seconds: float) -> list[B]:
        """What has come, as soon as something has; empty after so many seconds, and when the stream is over."""
        if not self._batches and not self.is_over:
            self._sleep(seconds)
        return [self._batches.popleft() for _ in range(len(self._batches))]

    def _sleep(self, seconds: float) -> None:
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        if self._connection:
            # A client says nothing while it listens, but a connection that is closed can be read.
            poll.register(self._connection, select.POLLRDHUP)
        for handle, _ in poll.poll(seconds * 1000):
            if handle == self._bell:
                os.eventfd_read(self._bell)
            else:
                self.is_over = True

    def close(self) -> None:
        os.close(self._bell)
        if self._connection and self._connection.fileno() >= 0:
            self._connection.settimeout(self._timeout)


class Hub(Generic[B]):
    """The streams of one process. Made before the server forks, and idle until the first one is opened.

    read: ids of screencasts that changed -> all that a stream needs to tell of them.
    """

    def __init__(self, app: Flask, url: str, read: Callable[[list[str]], B]) -> None:
        self._app = app
        self._url = url
        self._read = read
        self._streams: set[Stream[B]] = set()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        # A signal may come while its own handler holds it.
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._streams)

    def open(self, person_id: str, connection: socket.socket | None = None) -> Stream[B]:
        """Raises NoStream above the cap, while Redis is away, and while the process ends."""
        with self._lock:
            if self._is_closed or len(self._streams) >= MOST_STREAMS:
                raise NoStream("As many pages as this site can are being kept up to date. Ask again now and then.")
            if not self._thread:
                self._thread = self._start()
            stream: Stream[B] = Stream(person_id, connection)
            self._streams.add(stream)
            return stream

    def close(self, stream: Stream[B]) -> None:
        with self._lock:
            if stream in self._streams:
                self._streams.remove(stream)
                stream.close()

    def end(self) -> None:
        """End every stream and take no more: the process is told to stop."""
        with self._lock:
            self._is_closed = True
            self._end_all()

    def _end_all(self, person_id: str | None = None) -> None:
        with self._lock:
            for stream in self._streams:
                if person_id in (None, stream.person_id):
                    stream.end()

    def _start(self) -> threading.Thread:
        stack = ExitStack()
        try:
            heard = stack.enter_context(listening(self._url))
        except (RedisError, OSError) as error:
            raise NoStream("Live updates are away for the moment. Ask again now and then.") from error
        thread = threading.Thread(target=self._listen, args=(stack, heard), name="live-listener", daemon=True)
        thread.start()
        return thread

    def _listen(self, stack: ExitStack, heard: PubSub) -> None:
        try:
            with stack:
                self._pass_on(heard)
        except (RedisError, OSError) as error:
            log.warning("live updates are away, pages ask by themselves", extra={"reason": repr(error)})
        finally:
            with self._lock:
                # Else nobody listened any more, and somebody new has started another.
                if self._thread is threading.current_thread():
                    self._thread = None
                    self._end_all()

    def _pass_on(self, heard: PubSub) -> None:
        changed: dict[str, None] = {}
        told_at = heard_at = pinged_at = time.monotonic()
        while self._is_wanted():
            wait_s = max(0.0, told_at + PACE_S - time.monotonic()) if changed else 1.0
            message = heard.get_message(timeout=wait_s)
            at = time.monotonic()
            if message:
                heard_at = at
                self._take(message, changed)
            if changed and at >= told_at + PACE_S:
                told_at = at
                self._tell(list(changed))
                changed.clear()
            if at - pinged_at > REDIS_PING_S:
                pinged_at = at
                heard.ping()
            if at - heard_at > 2 * REDIS_PING_S:
                raise OSError("Redis says nothing")

    def _is_wanted(self) -> bool:
        """Whether anybody still listens; if not, the next who does starts anew."""
        with self._lock:
            if self._streams and not self._is_closed:
                return True
            self._thread = None
            return False

    def _take(self, message: dict[str, object], changed: dict[str, None]) -> None:
        if message["type"] != "message":
            return
        about, _, subject = cast(bytes, message["data"]).decode().partition(" ")
        if about == SCREENCAST:
            changed[subject] = None
        elif about == PERSON:
            self._end_all(subject)

    def _tell(self, ids: list[str]) -> None:
        try:
            with self._app.app_context():
                batch = self._read(ids)
        except SQLAlchemyError:
            # Pages ask by themselves now and then, and learn it so.
            log.exception("what changed could not be read")
            return
        with self._lock:
            for stream in self._streams:
                stream.put(batch)


def init(app: Flask, settings: Settings, read: Callable[[list[str]], B]) -> None:
    app.extensions["kb.hub"] = Hub(app, settings.redis_client_url, read)


def hub() -> Hub[Any]:
    return cast(Hub[Any], current_app.extensions["kb.hub"])


def stream_response(person_id: str, show: Callable[[B], Iterable[str] | None]) -> Response:
    """An answer that goes on. show: what of a batch this asker is told, each a line of JSON; None ends the stream.

    Called outside of the request, in a context of its own. Raises NoStream.
    """
    streams = hub()
    stream: Stream[B] = streams.open(person_id, _connection())
    response = Response(_events(stream, _in_context(show)), mimetype="text/event-stream")
    # Not in the generator: that may never be begun.
    response.call_on_close(lambda: streams.close(stream))
    response.headers["Cache-Control"] = "no-store"
    # nginx would collect lines until a page is full.
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _connection() -> socket.socket | None:
    return request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")


def _in_context(show: Callable[[B], Iterable[str] | None]) -> Callable[[B], list[str] | None]:
    app = cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]

    def shown(batch: B) -> list[str] | None:
        with app.app_context():
            lines = show(batch)
            return None if lines is None else list(lines)

    return shown


def _events(stream: Stream[B], show: Callable[[B], list[str] | None]) -> Iterator[str]:
    # Not all in the same second, should all have to come again.
    yield f"retry: {random.randint(2000, 6000)}\n\n"  # noqa: S311
    quiet_since = time.monotonic()
    while not stream.is_over:
        batches = stream.wait(HEARTBEAT_S)
        for batch in batches:
            lines = show(batch)
            if lines is None:
                return
            if lines:
                quiet_since = time.monotonic()
                yield "".join(f"event: progress\ndata: {line}\n\n" for line in lines)
        if time.monotonic() - quiet_since > IDLE_S:
            yield "event: rest\ndata: \n\n"
            return
        if not batches and not stream.is_over:
            yield ": still here\n\n"
