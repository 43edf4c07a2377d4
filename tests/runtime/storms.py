"""A whole site as `make run` starts it, whose processes are killed while people use it."""

import itertools
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KB = Path(sys.executable).with_name("kb")
SUPERVISOR, WEB, WORKER, REDIS, TOOL = "supervisor", "web", "worker", "redis", "tool"


@dataclass
class Site:
    data: Path
    address: str
    environment: dict[str, str]
    process: "subprocess.Popen[bytes]"
    token: str = ""

    def kb(self, *arguments: str) -> str:
        argv = [KB, *arguments]
        return subprocess.run(argv, env=self.environment, check=True, capture_output=True, text=True).stdout.strip()

    def get(self, path: str, **headers: str) -> bytes:
        return self._ask(urllib.request.Request(self._url(path), headers=headers))

    def api(self, path: str) -> Any:
        return json.loads(self.get(f"/api/v1{path}"))

    def upload(self, file: Path, title: str) -> str:
        border = "a-border-that-stands-in-no-recording"
        part = f'--{border}\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
        head = part % ("title", "") + title + "\r\n" + part % ("file", f'; filename="{file.name}"')
        body = head.encode() + file.read_bytes() + f"\r\n--{border}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={border}"}
        request = urllib.request.Request(self._url("/api/v1/screencasts"), data=body, headers=kind)
        return str(json.loads(self._ask(request))["id"])

    def change(self, path: str, fields: dict[str, Any]) -> Any:
        kind = {"Content-Type": "application/json"}
        url, body = self._url(f"/api/v1{path}"), json.dumps(fields).encode()
        return json.loads(self._ask(urllib.request.Request(url, data=body, headers=kind, method="PATCH")))

    def _url(self, path: str) -> str:
        return path if path.startswith("http") else f"http://{self.address}{path}"

    def _ask(self, request: urllib.request.Request) -> bytes:
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def is_ready(self) -> bool:
        try:
            return bool(self.get("/readyz"))
        except OSError:
            return False

    def made_of(self, screencast_id: str) -> dict[str, int]:
        """What lies in the storage of a screencast, with sizes; its id stands as `ID`."""
        files = [path for top in ("originals", "media") for path in (self.data / top).rglob("*") if path.is_file()]
        return {
            str(path.relative_to(self.data)).replace(screencast_id, "ID"): path.stat().st_size
            for path in files
            if screencast_id in str(path)
        }

    def everything(self) -> set[str]:
        """Every path in the storage and in the folder for unfinished work, but the folder for uploads in parts."""
        tops = [self.data / "originals", self.data / "media", self.data / "private" / "tmp"]
        paths = {str(path.relative_to(self.data)) for top in tops for path in top.rglob("*")}
        return paths - {"private/tmp/uploads"}

    def tries(self) -> Counter[str]:
        """By step, how often one was tried again."""
        with sqlite3.connect(f"file:{self.data}/private/kb.sqlite3?mode=ro", uri=True) as database:
            return Counter(dict(database.execute("SELECT name, sum(max(attempt - 1, 0)) FROM step GROUP BY name")))

    def running(self) -> dict[str, list[int]]:
        """The living processes of this site, by what they are."""
        found: dict[str, list[int]] = {}
        for process in Path("/proc").glob("[0-9]*"):
            # It ended meanwhile, or is somebody else's.
            with suppress(OSError):
                if kind := self._kind(process):
                    found.setdefault(kind, []).append(int(process.name))
        return found

    def pids_of(self, program: str) -> list[int]:
        """The living processes of a program of the Procfile."""
        found: list[int] = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                has = set((process / "environ").read_bytes().split(b"\0"))
                if has >= {f"KB_DATA_DIR={self.data}".encode(), f"KB_PROCESS={program}".encode()}:
                    found.append(int(process.name))
        return found

    def _kind(self, process: Path) -> str | None:
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        if not command:
            return None
        if "redis-server" in command and (process / "cwd").readlink() == self.data / "private" / "redis":
            return REDIS
        if f"KB_DATA_DIR={self.data}".encode() in (process / "environ").read_bytes().split(b"\0"):
            kinds = {"-m workers": WORKER, "gunicorn": WEB, "kb.supervise": SUPERVISOR}
            return next((kind for mark, kind in kinds.items() if mark in command), None)
        # Tools have an environment without our settings, and the paths of what they read.
        return TOOL if str(self.data) in command else None


@contextmanager
def running_site(folder: Path, **settings: str) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment |= {"KB_DATA_DIR": str(folder / "data"), "KB_BIND": address, **settings}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([KB, "run"], env=environment, stdout=log, stderr=log, start_new_session=True)
    site = Site(folder / "data", address, environment, process)
    try:
        wait_for(site.is_ready, 90)
        site.kb("user", "add", "storm@test.example", "--name", "Test Storm")
        site.token = site.kb("token", "add", "storm@test.example", "--name", "storm")
        yield site
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


@dataclass
class Reader:
    """Asks for pages and bytes one after the other until it is told to stop."""

    site: Site
    paths: Sequence[str]
    answers: int = 0
    failures: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    _enough: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self._enough.set()
            thread.join()

    def _read(self) -> None:
        for path in itertools.cycle(self.paths):
            if self._enough.is_set():
                return
            began = time.monotonic()
            try:
                assert self.site.get(path, Range="bytes=0-9999")
                self.answers += 1
            except (AssertionError, OSError) as failure:
                self.failures.append(f"{path}: {failure!r}")
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
            time.sleep(0.02)


class Chaos:
    """Kills processes of a site: a tool first, then workers, tools and Redis in turn, which of them by chance."""

    def __init__(self, site: Site, chance: random.Random) -> None:
        self.site = site
        self.chance = chance
        self.killed: Counter[str] = Counter()
        self._kinds = itertools.cycle((TOOL, REDIS, WORKER))

    def kill_one(self) -> None:
        for kind in self._kinds:
            pids = self._wait_for(kind)
            with suppress(ProcessLookupError):
                if pids:
                    os.kill(self.chance.choice(sorted(pids)), signal.SIGKILL)
                    self.killed[kind] += 1
                    return

    def _wait_for(self, kind: str) -> list[int]:
        """There may be no tool at work just now, and a killed Redis may not be back."""
        until = time.monotonic() + 3
        while not (pids := self.site.running().get(kind, [])) and time.monotonic() < until:
            time.sleep(0.02)
        return pids


def wait_for(holds: Callable[[], object], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)
