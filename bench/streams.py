"""What live updates cost: two web processes with no stream and with two hundred, while screencasts are in work.

`.venv/bin/python bench/streams.py` prints the table of docs/performance.md, on a site and a Redis of its own.
"""

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from kb import db, live
from kb.accounts import actions as accounts
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from kb.screencasts.models import Screencast, State, Step, StepState
from kb.screencasts.pipeline.steps import STEPS

STREAMS = 200
IN_WORK = 20
# Of those so many get further at a time: as many steps as two cores do at once.
MOVING = 4
RUN_S = 30
MOVE_S = 0.7
BIN = Path(sys.executable).parent


@dataclass
class Site:
    app: Flask
    port: int
    pid: int
    token: str
    ids: list[str] = field(default_factory=list)
    moved_at: float = 0.0

    def get(self, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        return connection.getresponse()

    def fill(self) -> None:
        with self.app.app_context(), db.writing() as session:
            author = accounts.add_person("b@test.example", "Ben", Role.member, None)
            for number in range(IN_WORK):
                screencast = Screencast(title=f"Number {number}", author_id=author.id, published_at=db.now())
                screencast.state, screencast.visibility = State.processing, "everyone"
                screencast.steps = [Step(name=kind.name, place=place) for place, kind in enumerate(STEPS)]
                session.add(screencast)
                session.flush()
                self.ids.append(screencast.id)

    def move(self, part: float) -> None:
        with self.app.app_context(), db.writing() as session:
            for each in self.ids[:MOVING]:
                screencast = session.get_one(Screencast, each)
                step = screencast.step("rendition")
                assert step
                step.state, step.progress, step.started_at = StepState.running, part, db.now()
                screencast.progress = part
                live.changed(each)
        self.moved_at = time.monotonic()

    def cpu_s(self) -> float:
        ticks = sum(sum(map(int, stat.rpartition(")")[2].split()[11:15])) for stat in self._each("stat"))
        return ticks / os.sysconf("SC_CLK_TCK")

    def pss_mib(self) -> float:
        return sum(int(text.split("\nPss:")[1].split()[0]) for text in self._each("smaps_rollup")) / 1024

    def _each(self, name: str) -> list[str]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [Path("/proc", child, name).read_text() for child in children]


@dataclass
class Listeners:
    site: Site
    open: int = 0
    refused: int = 0
    delays: list[float] = field(default_factory=list)

    def start(self) -> None:
        for _ in range(STREAMS):
            threading.Thread(target=self._listen, daemon=True).start()
            time.sleep(0.02)

    def _listen(self) -> None:
        answer = self.site.get("/api/v1/events")
        if answer.status != 200:
            self.refused += 1
            return
        self.open += 1
        for line in answer:
            if line.startswith(b"data: {"):
                self.delays.append(time.monotonic() - self.site.moved_at)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder, serving(Path(folder)) as site:
        site.fill()
        listeners = Listeners(site)
        print(
            "| open | web, % of a core | PSS, MiB | a page, ms | lines a second | told after, ms |",
            "|---|---|---|---|---|---|",
            sep="\n",
        )
        print(f"| none | {measure(listeners)} |", flush=True)
        listeners.start()
        time.sleep(3)
        print(f"| {listeners.open}, and {listeners.refused} refused | {measure(listeners)} |")


def measure(listeners: Listeners) -> str:
    """The cells of one row: medians of RUN_S seconds in which a page is asked for with each move."""
    site, pages = listeners.site, []
    listeners.delays.clear()
    cpu_s, began = site.cpu_s(), time.monotonic()
    while (spent := time.monotonic() - began) < RUN_S:
        site.move(spent / RUN_S)
        asked = time.monotonic()
        site.get("/").read()
        pages.append(time.monotonic() - asked)
        time.sleep(max(0.0, site.moved_at + MOVE_S - time.monotonic()))
    delay = f"{statistics.median(listeners.delays) * 1000:.0f}" if listeners.delays else "–"
    busy = 100 * (site.cpu_s() - cpu_s) / spent
    page_ms, lines = statistics.median(pages) * 1000, len(listeners.delays) / spent
    return f"{busy:.1f} | {site.pss_mib():.0f} | {page_ms:.0f} | {lines:.0f} | {delay}"


@contextmanager
def serving(folder: Path) -> Iterator[Site]:
    redis = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", folder / "redis.sock", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )
    settings = Settings(data_dir=folder / "data", redis_url=f"unix://{folder}/redis.sock", speech="none")
    settings.make_folders()
    db.migrate(settings.sqlalchemy_url)
    app = create_app(settings, pages=False, send=lambda *_: None)
    with app.app_context():
        token = accounts.add_token(accounts.add_person("a@test.example", "Ann", Role.member, None), "bench")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"KB_DATA_DIR": str(settings.data_dir), "KB_REDIS_URL": settings.redis_url, "KB_SPEECH": "none"}
    argv = [BIN / "gunicorn", "--config", "python:kb.web.gunicorn", "kb.app:create_app()"]
    log = (folder / "web.log").open("w")
    web = subprocess.Popen(
        argv, env=os.environ | environment | {"KB_BIND": f"127.0.0.1:{port}"}, stdout=log, stderr=log
    )
    site = Site(app, port, web.pid, token)
    try:
        wait_until_alive(site)
        yield site
    finally:
        for process in (web, redis):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def wait_until_alive(site: Site) -> None:
    for _ in range(300):
        try:
            if site.get("/healthz").read():
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The site did not start.")


if __name__ == "__main__":
    main()
