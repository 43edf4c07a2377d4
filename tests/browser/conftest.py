"""The whole site as `make run` starts it, on a data folder and port of its own, and real Chromium in front of it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from kb.accounts.models import Person
from kb.db import db
from tests.web.actors import World

BIN = Path(sys.executable).parent
# Without the windows of a whole browser the same pages cost half as much of the processor.
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
QUIET = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PASSWORD = "a few words in a row"
START_S = 60


@dataclass
class Running:
    address: str
    admin_link: str
    log: Path
    environment: dict[str, str]

    def kb(self, *arguments: str, stdin: str = "") -> str:
        """Run the command line on this site."""
        argv = [str(BIN / "kb"), *arguments]
        return subprocess.run(
            argv, env=self.environment, input=stdin, check=True, capture_output=True, text=True
        ).stdout

    def add_person(self, email: str) -> None:
        """With PASSWORD. The one admin link serves one test, whichever others run on this site."""
        self.kb("user", "add", email, "--name", "Test Colleague", "--password-stdin", stdin=PASSWORD)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("site")
    address = f"127.0.0.1:{_free_port()}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment |= {"KB_DATA_DIR": str(data), "KB_BIND": address}
    log = data / "run.log"
    with log.open("w") as out:
        process = subprocess.Popen([BIN / "kb", "run"], env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        _wait_until_ready(f"http://{address}/readyz", log, process)
        link = re.search(rf"http://{address}/join/\S+", log.read_text())
        assert link, "the first start prints the link that makes the admin"
        yield Running(f"http://{address}", link[0], log, environment)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@pytest.fixture
def new_page(browser: Browser, running: Running) -> Iterator[Callable[..., Page]]:
    """Open a browser of its own, as one more colleague. Fails at the end on a CSP line or a request to another host."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or message.type == "error":
            faults.append(
                f"{message.type} on {message.page.url if message.page else '?'}: {message.text} {message.location}"
            )

    def asked(request: Request) -> None:
        if not request.url.startswith((running.address, "data:", "blob:")):
            faults.append(f"another host: {request.url}")

    def open_page(**options: object) -> Page:
        contexts.append(browser.new_context(base_url=running.address, **options))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("request", asked)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture(scope="session")
def spoken_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording without captions: what is said (see SPOKEN) is not what stands on the screen."""
    folder = tmp_path_factory.mktemp("spoken")
    for part, text in enumerate(SPOKEN):
        subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", folder / f"{part}.wav"], check=True)
    clip = folder / "month end-closing_v2.mp4"
    sounds = [option for part in range(len(SPOKEN)) for option in ("-i", folder / f"{part}.wav")]
    # Each sentence begins at its second of STARTS.
    delays = "".join(f"[{part}:a]adelay={start * 1000}[a{part}];" for part, start in enumerate(STARTS))
    mix = f"{delays}{''.join(f'[a{part}]' for part in range(len(SPOKEN)))}amix={len(SPOKEN)}:normalize=0[sound];"
    font = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    shown = f"drawtext=fontfile={font}:text='Ledger %{{eif\\:t\\:d}}':fontsize=60:fontcolor=white:x=80:y=120"
    picture = f"color=c=0x224466:s=1280x720:r=15:d={LENGTH_S},{shown}[picture]"
    encode = "-c:v libx264 -preset veryfast -g 450 -pix_fmt yuv420p -c:a aac -b:a 96k".split()
    graph = f"{mix}{picture}"
    argv = ["ffmpeg", "-v", "error", *sounds, "-filter_complex", graph, "-map", "[picture]", "-map", "[sound]"]
    subprocess.run([*argv, "-t", str(LENGTH_S), *encode, clip], check=True)
    return clip


SPOKEN = (
    "Today we close the books for the month and begin with a simple overview.",
    "The red button opens the window with the missing letters from the bank.",
    "Now the computer sends a message to the department and the work is finished.",
)
STARTS = (1, 9, 18)
LENGTH_S = 26


@contextmanager
def serve(site: Flask) -> Iterator[str]:
    """The site on a port of its own, in this process; yields its address. For pages that need no workers."""
    server = make_server("127.0.0.1", 0, site, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None: ...


def open_as(browser: Browser, world: World, actor: str, address: str, **options: Any) -> BrowserContext:
    """A browser of its own in which one of the world's people is signed in."""
    context = browser.new_context(base_url=address, **options)
    with world.site.app_context():
        key = db.session.get_one(Person, world.people[actor]).fs_uniquifier
    client = world.site.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = key, True
    cookie = client.get_cookie(world.site.config["SESSION_COOKIE_NAME"])
    assert cookie
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context


@contextmanager
def page_as(browser: Browser, world: World, actor: str, **options: Any) -> Iterator[Page]:
    """A page of the world's site, served for as long as this lasts. Fails on any fault of a script."""
    with serve(world.site) as address:
        context = open_as(browser, world, actor, address, **options)
        page = context.new_page()
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        context.close()
        assert not faults


def sign_up(page: Page, link: str, name: str, email: str) -> None:
    page.goto(link)
    page.get_by_label("Name").fill(name)
    if page.get_by_label("E-mail").is_editable():
        page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url(re.compile(r"/$|/welcome/"))
    if "/welcome/" in page.url:
        page.get_by_role("button", name="Skip the set-up").click()
        page.wait_for_url(re.compile(r"/$"))


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("form:has([name=password]) button.btn-primary").click()
    page.wait_for_url(re.compile(r"/$"))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_ready(url: str, log: Path, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the site did not get ready:\n{log.read_text()[-4000:]}")
