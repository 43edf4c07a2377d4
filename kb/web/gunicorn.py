"""How gunicorn serves the site: two processes, many threads, because an upload or a video holds a thread for long."""

import gc
import json
import os
import signal
from collections.abc import Callable
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker

from kb.config import HERE, Settings

_settings = Settings.from_environment()
_memory = "/dev/shm"  # noqa: S108
LONGEST_LINE = 8190


class Server(ThreadWorker):  # type: ignore[misc]
    """gunicorn's own, but for what it says of an address that it does not take: the site never gets to see that one.

    A problem document, whoever asks: which address it was is not known either.
    """

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        if isinstance(exc, LimitRequestLine):
            write_nonblock(client, _address_too_long())
        else:
            super().handle_error(req, client, addr, exc)


def _address_too_long() -> bytes:
    title = "This address is too long"
    detail = (
        f"An address may have {LONGEST_LINE:,} characters. To search for a long text use the field on the search page, "
        "or, in a program, send it by POST to /api/v1/search."
    )
    body = json.dumps({"type": "about:blank", "title": title, "status": 414, "detail": detail, "code": "long-address"})
    head = ("HTTP/1.1 414 URI Too Long", "Connection: close", "Content-Type: application/problem+json")
    return "\r\n".join([*head, f"Content-Length: {len(body)}", "", body]).encode()


bind = _settings.bind
worker_class = Server
workers = 2
# 96 for streams (kb.web.live), 96 for who sends (kb.web.bodies), the rest for pages. Each is made when it is needed.
threads = 224
# Both processes share the memory of what was imported and made before they part.
preload_app = True
# Long enough for a page that is being made; open streams are ended at once (see post_worker_init).
graceful_timeout = 3
timeout = 60
# Between two requests a connection costs no thread here.
keepalive = 15
# The sign of life of a process is a file that is touched each second: not on a disk that may be slow.
worker_tmp_dir = _memory if os.access(_memory, os.W_OK) else None
# gunicorn would open a socket for remote control in the user's home folder.
control_socket_disable = True
# A description travels in a header of an upload in parts; nginx has to let as much through (deploy/nginx).
limit_request_field_size = 32 * 1024
# A pasted error travels in the address of its search. Gunicorn takes no more; nginx lets it through.
limit_request_line = LONGEST_LINE
# The site logs each request itself.
accesslog = None
loglevel = "warning"


def when_ready(server: Arbiter) -> None:
    # What was made so far stays out of every later collection, which would copy each page it walks over.
    gc.collect()
    gc.freeze()
    # A search makes a hundred thousand short-lived objects. Counted by the usual 700, every tenth search would wait a
    # tenth of a second for a walk over all that is kept.
    gc.set_threshold(20_000, 10, 10)
    print(f"\nShowhow is ready: {_settings.address}  (Ctrl-C stops it)\n{_for_others()}", flush=True)  # noqa: T201


def post_worker_init(worker: Worker) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, _ending_streams(worker, signal.getsignal(number)))
        # As gunicorn had it.
        signal.siginterrupt(number, number != signal.SIGTERM)


def _ending_streams(worker: Worker, stop: Any) -> Callable[[int, Any], None]:
    def end_streams_and_stop(number: int, frame: Any) -> None:
        worker.wsgi.extensions["kb.hub"].end()
        stop(number, frame)

    return end_streams_and_stop


def _for_others() -> str:
    """Where it listens for other machines too, and nobody has said by which name they find it."""
    host, _, port = _settings.bind.rpartition(":")
    if host not in HERE or not _settings.leads_only_here:
        return ""
    return f"For others it is at the name or number of this machine, port {port}: set KB_SITE_URL to that address.\n"
