"""How much a request may send, to whom, and what a client sees who sends too much. Over real sockets, by gunicorn."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from kb.accounts import actions as accounts
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from kb.web.uploads import FORM_BYTES
from tests.web.actors import Browser

MOST = 1_000_000
BOUNDARY = "e2f1a0"


@dataclass
class Served:
    port: int
    token: str
    data: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def head(self, path: str, *lines: str, method: str = "POST", token: bool = True) -> bytes:
        who = [f"Authorization: Bearer {self.token}"] if token else []
        kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
        return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: here", kind, *who, *lines, "", ""]).encode()

    def left(self) -> list[str]:
        folders = (self.data / "originals", self.data / "media", self.data / "private" / "tmp")
        return [str(path) for folder in folders for path in folder.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(data_dir=tmp_path_factory.mktemp("served"), speech="none")
    settings.make_folders()
    shutil.copy(migrated, settings.private_dir / "kb.sqlite3")
    site = create_app(settings, send=lambda *_: None)
    with site.app_context():
        token = accounts.add_token(accounts.add_person("a@test.example", "A", Role.member, None), "test")
    environ = os.environ | {
        "KB_BIND": f"127.0.0.1:{port}",
        "KB_DATA_DIR": str(settings.data_dir),
        "KB_MAX_UPLOAD_BYTES": str(MOST),
        "KB_SPEECH": "none",
    }
    argv = [sys.executable, "-m", "gunicorn", "--config", "python:kb.web.gunicorn", "kb.app:create_app()"]
    process = subprocess.Popen(argv, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    served = Served(port, token, settings.data_dir)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            served.connect().close()
            break
        except OSError:
            time.sleep(0.1)
    yield served
    process.terminate()
    process.wait(20)


def answer(connection: socket.socket) -> tuple[int, str]:
    """Read the status and all there is, until the server closes or says no more for a moment."""
    told = b""
    connection.settimeout(8)
    try:
        while b"\r\n\r\n" not in told:
            told += connection.recv(65536)
        length = int(told.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(told.split(b"\r\n\r\n", 1)[1]) < length:
            told += connection.recv(65536)
    except TimeoutError:
        pytest.fail(f"no answer, only {told!r}")
    return int(told.split()[1]), told.decode()


def part(name: str, content: bytes, filename: str = "") -> bytes:
    file = f'; filename="{filename}"' if filename else ""
    return b"".join(
        [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode(), content, b"\r\n"]
    )


END = f"--{BOUNDARY}--\r\n".encode()


def test_a_file_too_large_is_refused_before_a_byte_of_it_is_sent(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("/api/v1/screencasts", f"Content-Length: {50 * MOST}"))
        status, text = answer(connection)
    assert status == 413
    assert "application/problem+json" in text
    assert '"code":"too-large"' in text.replace(" ", "")
    assert served.left() == []


def test_an_address_that_is_too_long_is_refused_with_what_to_do_instead(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(served.head(f"/api/v1/search?q={'x' * 9_000}", method="GET"))
        status, text = answer(connection)
    assert status == 414
    assert "application/problem+json" in text
    refused = json.loads(text.split("\r\n\r\n", 1)[1])
    assert refused["code"] == "long-address"
    assert "by POST to /api/v1/search" in refused["detail"]


def test_a_client_that_sends_on_regardless_still_reads_the_answer(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("/api/v1/screencasts", f"Content-Length: {20 * MOST}"))
        for _ in range(20):
            connection.sendall(b"\0" * MOST)
        assert answer(connection)[0] == 413


def test_a_file_of_unknown_size_is_refused_when_it_has_grown_too_large(served: Served) -> None:
    body = part("file", b"\0" * (MOST + 200_000), "big.mp4") + END
    with served.connect() as connection:
        connection.sendall(served.head("/api/v1/screencasts", "Transfer-Encoding: chunked"))
        for at in range(0, len(body), 65536):
            chunk = body[at : at + 65536]
            connection.sendall(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        status, text = answer(connection)
    assert status == 413
    assert "too-large" in text
    assert served.left() == []


@pytest.mark.parametrize(("size", "status"), [(MOST, 415), (MOST + 1, 413)])
def test_the_largest_size_is_that_of_the_file_and_not_of_the_form_around_it(
    served: Served, size: int, status: int
) -> None:
    """The file is no video: 415 means that it was taken and looked at."""
    body = part("title", b"Just right") + part("file", b"\0" * size, "zeros.mp4") + END
    with served.connect() as connection:
        connection.sendall(served.head("/api/v1/screencasts", f"Content-Length: {len(body)}") + body)
        assert answer(connection)[0] == status
    assert served.left() == []


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=e2f1a0", "application/json"])
def test_who_is_nobody_is_refused_before_a_byte_is_read(served: Served, kind: str) -> None:
    with served.connect() as connection:
        head = served.head("/api/v1/screencasts", "Content-Length: 900000", token=False)
        connection.sendall(head.replace(b"multipart/form-data; boundary=e2f1a0", kind.encode()))
        assert answer(connection)[0] == 401


@pytest.mark.parametrize(
    ("path", "token"), [("/sign-in", False), ("/api/v1/screencasts", False), ("/api/v1/screencasts", True)]
)
def test_pages_are_served_while_hundreds_send_and_never_end(served: Served, path: str, token: bool) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(served.connect()) for _ in range(400)]
        for connection in slow:
            connection.sendall(served.head(path, "Content-Length: 900000", token=token) + part("a", b"b"))
        for _ in range(4):
            with served.connect() as connection:
                connection.sendall(served.head("/sign-in", method="GET", token=False))
                assert answer(connection)[0] == 200


def test_an_address_may_hold_a_long_error(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("/api/v1/search?q=" + "failed+" * 1_150, method="GET"))
        assert answer(connection)[0] == 200


def test_a_client_that_goes_away_in_the_middle_leaves_nothing_behind(served: Served) -> None:
    with served.connect() as connection:
        connection.sendall(served.head("/api/v1/screencasts", "Content-Length: 900000"))
        connection.sendall(part("file", b"\0" * 300_000, "half.mp4"))
    until = time.monotonic() + 10
    while served.left() and time.monotonic() < until:
        time.sleep(0.1)
    assert served.left() == []


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", "/sign-in", f"multipart/form-data; boundary={BOUNDARY}"),
        ("PATCH", "/api/v1/screencasts/x", "application/json"),
        ("PUT", "/api/v1/screencasts/x/transcripts/en", "text/vtt"),
        ("POST", "/me", "application/x-www-form-urlencoded"),
    ],
)
def test_only_an_upload_may_be_large(site: Flask, people, call_as, method: str, path: str, kind: str) -> None:  # type: ignore[no-untyped-def]
    """Anybody may send a form to sign in: if that could be as large as a recording, it would fill the disk."""

    class Endless:
        read_bytes = 0

        def read(self, size: int = -1) -> bytes:
            self.read_bytes += size if size > 0 else 65536
            assert self.read_bytes < 4 * FORM_BYTES, "it reads on and on"
            return b"\0" * (size if size > 0 else 65536)

        def readline(self, size: int = -1) -> bytes:
            return self.read(size)

    caller = call_as(people.author)
    for length in ({"CONTENT_LENGTH": str(FORM_BYTES + 1)}, {"wsgi.input_terminated": True}):
        headers = caller.headers if path != "/sign-in" else {}
        body = Endless()
        response = caller.client.open(
            path, method=method, headers=headers, environ_overrides=length | {"wsgi.input": body, "CONTENT_TYPE": kind}
        )
        assert 400 <= response.status_code < 500, (path, length, response.status)


def test_a_form_with_thousands_of_fields_is_refused(site: Flask) -> None:
    browser: Browser = site.test_client()  # type: ignore[assignment]
    body = b"".join(part(f"f{n}", b"x") for n in range(2000)) + END
    answer = browser.post("/sign-in", data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
    assert answer.status_code == 413
