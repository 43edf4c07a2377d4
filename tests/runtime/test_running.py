"""The whole site under its supervisor, with sleepers in place of its programs: what is killed, ended, started twice."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from kb.config import Settings

START = """
import sys
from pathlib import Path
from kb import supervise
from kb.config import Settings
from kb.errors import KbError
try:
    supervise.start(Settings.from_environment(), procfile=Path(sys.argv[1]))
except KbError as refusal:
    sys.exit(refusal.detail)
"""
# The media worker's child stands for ffmpeg: in a group of its own, and it dies with its worker.
PROCFILE = """
web: exec sh -c 'echo "$KB_PROCESS is up"; exec sleep 300'
media: exec python -c 'from subprocess import run; run("setpriv --pdeathsig KILL sleep 301".split(), process_group=0)'
crasher: exec sh -c 'date +%s.%N >>"$KB_DATA_DIR/crashes"; exit 1'
"""
UP = {"redis-server", "sleep 300", "sleep 301"}


@dataclass
class Site:
    """A site on a data folder of its own, started again as often as a test wants."""

    folder: Path
    port: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.folder / "data 100%", bind=f"127.0.0.1:{self.port}")

    def start(self, stdout: int | None = None) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            out = log.fileno() if stdout is None else stdout
            self.started.append(self._start(stdout=out, stderr=out))
        return self.started[-1]

    def refused_start(self, bind: str = "") -> str:
        """What a start says that must not succeed."""
        process = self._start(bind, stderr=subprocess.PIPE)
        _, said = process.communicate(timeout=10)
        assert process.returncode == 1
        return said.decode()

    def _start(self, bind: str = "", *, stdout: int | None = None, stderr: int) -> subprocess.Popen[bytes]:
        (self.folder / "Procfile").write_text(PROCFILE)
        environ = {key: value for key, value in os.environ.items() if not key.startswith("KB_")}
        environ |= {"KB_DATA_DIR": str(self.settings.data_dir), "KB_BIND": bind or self.settings.bind}
        command = [sys.executable, "-c", START, str(self.folder / "Procfile")]
        return subprocess.Popen(command, env=environ, stdout=stdout, stderr=stderr)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def running(self) -> dict[str, int]:
        """Each living process of this site: command line -> number."""
        mark = f"KB_DATA_DIR={self.settings.data_dir}".encode()
        redis_dir = self.settings.private_dir / "redis"
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                # Redis writes its title over its environment, but works in its own folder.
                if mark in (process / "environ").read_bytes() or (process / "cwd").readlink() == redis_dir:
                    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
                    found[re.sub(r"^(?:\S*/)?(redis-server).*", r"\1", command)] = int(process.name)
            except OSError:
                pass
        found.pop("", None)  # has ended, and nobody has asked for its answer yet
        return found

    def wait_until_up(self) -> dict[str, int]:
        wait_for(lambda: self.running().keys() >= UP)
        return self.running()

    def is_anew(self, name: str, before: dict[str, int]) -> bool:
        """Whether a process of this name runs that is another than it was before."""
        return self.running().get(name, before[name]) != before[name]

    def redis(self) -> Redis:
        """Redis, once it answers."""
        redis = Redis.from_url(self.settings.redis_client_url)

        def answers() -> bool:
            with contextlib.suppress(RedisError):
                return bool(redis.ping())
            return False

        wait_for(answers)
        return redis


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site that a test starts and ends as it likes."""
    with on_a_free_port(tmp_path) as site:
        yield site


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that stays up."""
    with on_a_free_port(tmp_path_factory.mktemp("site")) as site:
        site.start()
        site.wait_until_up()
        yield site


@contextlib.contextmanager
def on_a_free_port(folder: Path) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    site = Site(folder, port)
    yield site
    for process in site.started:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
    wait_for(lambda: not site.running())


def wait_for(holds: Callable[[], object], timeout_s: float = 10) -> None:
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_killed_program_is_started_again(running_site: Site) -> None:
    before = running_site.running()
    os.kill(before["sleep 300"], signal.SIGKILL)
    wait_for(lambda: running_site.is_anew("sleep 300", before), timeout_s=4)


def test_a_killed_redis_comes_back_with_what_it_held(running_site: Site) -> None:
    before = running_site.running()
    running_site.redis().set("held", "yes")
    os.kill(before["redis-server"], signal.SIGKILL)
    wait_for(lambda: running_site.is_anew("redis-server", before), timeout_s=4)
    assert running_site.redis().get("held") == b"yes"


def test_a_program_that_ends_at_once_waits_longer_before_each_try(running_site: Site) -> None:
    crashes = running_site.settings.data_dir / "crashes"
    wait_for(lambda: len(crashes.read_text().split()) >= 3)
    first, second, third, *_ = map(float, crashes.read_text().split())
    assert second - first > 0.9
    assert third - second > 1.8


def test_what_programs_print_arrives_whole_in_a_file(running_site: Site) -> None:
    expected = r"web is up\n[^$]*WARN exited: crasher \(exit status 1; not expected\)\n"
    wait_for(lambda: re.search(expected, running_site.log))


def test_a_second_start_on_the_same_data_folder_is_refused(running_site: Site) -> None:
    [first] = running_site.started
    refusal = running_site.refused_start(bind="127.0.0.1:1")
    folder = running_site.settings.data_dir
    assert f"already running on the data folder {folder} (process {first.pid})" in refusal
    assert first.poll() is None


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_leave_no_process(site: Site, sign: signal.Signals) -> None:
    process = site.start()
    site.wait_until_up()
    process.send_signal(sign)
    assert process.wait(15) == 0
    assert site.running() == {}


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_just_works(site: Site) -> None:
    process = site.start()
    site.wait_until_up()
    process.kill()
    process.wait()
    site.start()  # at once, while the old Redis may still be ending
    wait_for(lambda: site.log.count("web is up") == 2)
    site.wait_until_up()
    site.redis()


def test_a_taken_address_is_refused_before_anything_starts(site: Site) -> None:
    with socket.create_server(("127.0.0.1", site.port)):
        assert f"can't listen at 127.0.0.1:{site.port}" in site.refused_start()
    assert site.running() == {}


def test_what_programs_print_arrives_in_a_journal_that_cannot_be_opened(site: Site) -> None:
    ours, journal = socket.socketpair()
    with ours, journal:
        site.start(stdout=journal.fileno())
        site.wait_until_up()
        ours.settimeout(10)
        received = b""
        while b"web is up\n" not in received:
            received += ours.recv(4096)
