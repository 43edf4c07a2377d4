"""deploy/nginx/showhow.conf in a real nginx on loopback, the site behind it."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from kb.config import ROOT, Settings
from kb.db import db
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(
    NGINX is None, reason="nginx is not installed; whoever deploys with it tries it with it"
)

Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        redis_url="unix:///nowhere/redis.sock",
        speech="none",
        trusted_proxies=1,
        x_accel="/protected/",
        max_upload_bytes=1_000_000,
    )


@pytest.fixture
def port(in_site: Flask, settings: Settings, tmp_path: Path) -> Iterator[int]:
    """Where nginx listens, with the site behind it."""
    behind = make_server("127.0.0.1", 0, in_site, threaded=True)
    thread = Thread(target=behind.serve_forever)
    thread.start()
    port = free_port()
    (tmp_path / "nginx.conf").write_text(configuration(port, behind.port, settings.data_dir, tmp_path))
    server = subprocess.Popen([str(NGINX), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "errors")])
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)
        behind.shutdown()
        thread.join()
        behind.server_close()


def configuration(port: int, behind: int, data: Path, folder: Path) -> str:
    """The file as it stands, but for its addresses, without TLS, and with all that nginx writes below folder."""
    text = (ROOT / "deploy/nginx/showhow.conf").read_text()
    _, tls = re.split(r"(?m)^server \{", text)[1:]
    tls = re.sub(r"(?m)^ +(ssl_\w+ .*|listen \[::\].*)$", "", tls)
    assert "listen 443 ssl;" in tls and "127.0.0.1:8000" in tls and "/var/lib/showhow/" in tls
    tls = tls.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8000", f"127.0.0.1:{behind}")
    tls = tls.replace("/var/lib/showhow/", f"{data}/")
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # The workers of a master that is root would be somebody else, who can't enter the test's folder.
    return f"""
        daemon off; master_process off; pid {folder}/pid;
        events {{}}
        http {{ access_log off; {places} server {{ {tls} }}
    """


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nginx does not listen")


@pytest.fixture
def call(port: int, people: People, call_as: Callable[[str | None], Caller]) -> Callable[..., Answer]:
    """(person or None, path, method="GET", headers) -> what nginx answers."""
    callers = {person: call_as(person) for person in (people.author, people.other, None)}

    def called(person: str | None, path: str, method: str = "GET", body: Any = None, **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        sent = callers[person].headers | {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=sent)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found

    return called


@pytest.fixture
def video(receive: Callable[..., str], run_jobs: Callable[[], list[str]], settings: Settings) -> tuple[str, bytes]:
    """The address of a private screencast's file, and what is in it."""
    screencast_id = receive(visibility="private", title="Only mine")
    run_jobs()
    name = db.session.get_one(Screencast, screencast_id).sources[0].name
    content = (settings.data_dir / "media" / screencast_id / name).read_bytes()
    return f"/screencasts/{screencast_id}/files/{name}", content


def test_nginx_sends_the_bytes_whole_in_part_or_not_again(
    call: Callable[..., Answer], people: People, video: tuple[str, bytes]
) -> None:
    path, content = video
    status, headers, body = call(people.author, path)
    assert (status, body) == (200, content)
    assert (headers["content-type"], headers["cache-control"]) == ("video/mp4", "private, no-cache")
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "x-accel-redirect" not in headers
    status, part, body = call(people.author, path, Range="bytes=10-19")
    assert (status, body, part["content-range"]) == (206, content[10:20], f"bytes 10-19/{len(content)}")
    assert call(people.author, path, If_None_Match=headers["etag"])[0] == 304
    assert call(people.author, path, "HEAD")[2] == b""


def test_an_original_is_saved_under_its_name(
    call: Callable[..., Answer], people: People, receive: Callable[..., str], clip: Path, tmp_path: Path
) -> None:
    named = shutil.copy(clip, tmp_path / "Grüße, 100%.mp4")
    screencast_id = receive(Path(named), visibility="private", title="Named")
    status, headers, body = call(people.author, f"/screencasts/{screencast_id}/original")
    assert (status, body) == (200, clip.read_bytes())
    assert headers["content-type"] == "application/octet-stream"
    assert "filename*=UTF-8''Gr%C3%BC%C3%9Fe%2C%20100%25.mp4" in headers["content-disposition"]


def test_who_may_not_see_it_gets_no_byte(
    call: Callable[..., Answer], people: People, video: tuple[str, bytes], settings: Settings
) -> None:
    path, content = video
    assert call(people.other, path)[0] == 404
    assert call(None, path)[0] == 401
    screencast_id, name = path.split("/")[2], path.split("/")[-1]
    inside = f"media/{screencast_id}/{name}"
    assert (settings.data_dir / inside).read_bytes() == content
    for way in (f"/protected/{inside}", f"/{inside}", f"/protected/media/../{inside}", "/protected/private/kb.sqlite3"):
        assert call(people.author, way)[0] in (400, 404), way


def test_a_file_that_is_gone_is_not_found(
    call: Callable[..., Answer], people: People, video: tuple[str, bytes], settings: Settings
) -> None:
    path, _ = video
    (settings.data_dir / "media" / path.split("/")[2] / path.split("/")[-1]).unlink()
    assert call(people.author, path)[0] == 404


def test_what_is_too_big_is_refused_by_the_site_with_its_sentence(call: Callable[..., Answer], people: People) -> None:
    form = {"Content_Type": "multipart/form-data; boundary=x"}
    status, headers, body = call(people.author, "/api/v1/screencasts", "POST", b"x" * 3_000_000, **form)
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert b"larger than the 1.0 MB" in body


def test_the_address_behind_the_proxy_counts_and_not_the_one_that_was_claimed(call: Callable[..., Answer]) -> None:
    first = int(call(None, "/join/guess", X_Forwarded_For="203.0.113.1")[1]["x-ratelimit-remaining"])
    assert int(call(None, "/join/guess", X_Forwarded_For="203.0.113.2")[1]["x-ratelimit-remaining"]) == first - 1
