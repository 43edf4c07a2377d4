"""The one place that starts another program: ffmpeg here, and engines of other hands that get `run` passed in."""

import math
import os
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from kb import tools
from kb.media.feed import Feed
from kb.media.verdict import Stopped, judge, missing, stopped, too_long, too_much

__all__ = ["Finished", "Limits", "Stopped", "kill_all", "run"]

LAUNCHER = Path(__file__).with_name("launch.py")
PACKAGE = Path(__file__).parent.parent
TICK_S = 0.2
STDOUT_BYTES = 16 * 1024**2
STDERR_BYTES = 8 * 1024


@dataclass(frozen=True)
class Limits:
    """deadline_s is wall time; memory_bytes is address space; output_bytes is the size of any one file.

    What ffmpeg really uses of its address space is about two thirds, so less than 1 GB here. 8K at 8 bits fits.
    """

    deadline_s: float
    memory_bytes: int = 1408 * 1024**2
    cpu_s: int | None = None
    output_bytes: int | None = None
    nice: int = 0

    @property
    def most_cpu_s(self) -> int:
        """What cpu_s says, else all processors until the deadline."""
        return self.cpu_s or math.ceil(self.deadline_s * (os.cpu_count() or 1)) + 1


@dataclass(frozen=True)
class Finished:
    """cpu_s is user and system time of the tool and its children; stderr is the last few KB.

    peak_rss_bytes can't be less than the worker's own: the kernel counts from the fork, not from the exec.
    """

    stdout: bytes
    stderr: str
    cpu_s: float
    wall_s: float
    peak_rss_bytes: int


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    tool: str
    limits: Limits
    started: float
    stop_wanted: bool = False
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)

    def keep_stdout(self, chunk: bytes) -> None:
        self.stdout += chunk
        if len(self.stdout) > STDOUT_BYTES:
            raise too_much(self.log)

    def keep_stderr(self, chunk: bytes) -> None:
        self.stderr += chunk
        del self.stderr[:-STDERR_BYTES]

    @property
    def log(self) -> str:
        return self.stderr.decode(errors="replace")


_running: dict[int, _Child] = {}
# Taken again by a signal handler of the thread that holds it.
_lock = threading.RLock()
_spent = threading.local()
_listening = threading.local()
_closed = threading.Event()


def run(
    argv: Sequence[str],
    *,
    limits: Limits,
    reads: Sequence[Path] = (),
    writes: Sequence[Path] = (),
    feed: Iterable[bytes] | None = None,
    on_line: Callable[[str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    env: Mapping[str, str] | None = None,
) -> Finished:
    """Run one program to its end in its own session; it dies with its worker and, as a group, with its job.

    reads / writes: the only files and folders outside the system's that it may open (where the kernel can enforce it).
    feed: what it reads from its standard input, asked for in another thread.
    on_line: called in the caller's thread with each line of stdout, which is then not kept.
    should_stop: asked about five times a second; True kills the group and raises Stopped.
    env: added to a small environment that holds none of our settings.
    Raises ToolFailed: code "deadline", "memory", "output-too-big", "crashed", "killed", "tool-failed", "tool-missing"
    or, as Stopped, "stopped".

    Call it from a thread that outlives the tool: the kernel kills the tool when the thread that started it ends.
    """
    child = _start(argv, limits, reads, writes, env, is_fed=feed is not None)
    feeding = Feed(feed, child.process.stdin) if feed is not None and child.process.stdin else None
    try:
        if tell := getattr(_listening, "tell", None):
            tell(child.process.pid)
        _follow(child, on_line, should_stop)
    finally:
        status, usage = _end(child)
    if feeding:
        feeding.end()
    cpu_s = usage.ru_utime + usage.ru_stime
    _spent.cpu_s = spent_cpu_s() + cpu_s
    if child.stop_wanted:
        raise stopped(child.log)
    used_up = cpu_s >= limits.most_cpu_s - 1
    judge(child.tool, os.waitstatus_to_exitcode(status), child.log, deadline_s=limits.deadline_s, used_up=used_up)
    return Finished(
        stdout=bytes(child.stdout),
        stderr=child.log,
        cpu_s=cpu_s,
        wall_s=time.monotonic() - child.started,
        peak_rss_bytes=usage.ru_maxrss * 1024,
    )


@contextmanager
def telling(tell: Callable[[int], None]) -> Iterator[None]:
    """While the block lasts, call `tell` with the process id of each tool that this thread has started."""
    _listening.tell = tell
    try:
        yield
    finally:
        del _listening.tell


def spent_cpu_s() -> float:
    """CPU seconds of all tools that this thread has run so far; a difference of two tells what some work cost."""
    return getattr(_spent, "cpu_s", 0.0)


def close() -> None:
    """This process shuts down: kill every tool that runs, start no other. Each `run`, now and later, raises Stopped."""
    _closed.set()
    kill_all()


def kill_all() -> None:
    """Kill every running tool; each `run` that waits for one raises Stopped."""
    with _lock:
        for child in _running.values():
            child.stop_wanted = True
            _kill_group(child)


# -- starting ------------------------------------------------------------------------------------------


def _start(
    argv: Sequence[str],
    limits: Limits,
    reads: Sequence[Path],
    writes: Sequence[Path],
    env: Mapping[str, str] | None,
    is_fed: bool,
) -> _Child:
    found = tools.find(argv[0])
    if not found:
        raise missing(argv[0])
    tool = str(found)
    settings = _settings(tool, limits, reads, writes)
    command = [sys.executable, "-I", "-S", str(LAUNCHER), *settings, "--", tool, *argv[1:]]
    with _lock:
        if _closed.is_set():
            raise stopped("")
        process = subprocess.Popen(  # noqa: S603 - a list, never a shell
            command,
            stdin=subprocess.PIPE if is_fed else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(writes) | dict(env or {}),
            cwd="/",
            start_new_session=True,
        )
        child = _running[process.pid] = _Child(process, found.name, limits, time.monotonic())
    return child


def _settings(tool: str, limits: Limits, reads: Sequence[Path], writes: Sequence[Path]) -> list[str]:
    settings = {"parent": os.getpid(), "memory": limits.memory_bytes, "cpu": limits.most_cpu_s, "nice": limits.nice}
    if limits.output_bytes is not None:
        settings["output"] = limits.output_bytes
    return [
        *(f"{name}={value}" for name, value in settings.items()),
        *(f"run={folder}" for folder in _homes(tool)),
        *(f"read={path.absolute()}" for path in reads),
        *(f"write={path.absolute()}" for path in writes),
    ]


def _homes(tool: str) -> set[str]:
    """The folders that a tool is made of: its own, and for our Python its libraries and this package."""
    if tool == str(Path(sys.executable).absolute()):
        return {sys.prefix, sys.base_prefix, str(PACKAGE)}
    return {str(Path(tool).resolve().parent)}


def _environment(writes: Sequence[Path]) -> dict[str, str]:
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "HOME": "/nonexistent"}
    if folder := next((path for path in writes if path.is_dir()), None):
        environment["TMPDIR"] = str(folder.absolute())
    return environment


# -- waiting -------------------------------------------------------------------------------------------


def _follow(child: _Child, on_line: Callable[[str], None] | None, should_stop: Callable[[], bool] | None) -> None:
    """Read both pipes until the tool has ended; raise as soon as it must not go on."""
    stdout, stderr = child.process.stdout, child.process.stderr
    assert stdout
    assert stderr
    next_question = 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ, _each_line(child, on_line) if on_line else child.keep_stdout)
        selector.register(stderr, selectors.EVENT_READ, child.keep_stderr)
        while True:
            if _has_ended(child):
                # What it left running would keep the pipes open.
                _kill_group(child)
                return _read_rest(selector)
            # Both pipes are closed an instant before the tool has ended, so there is little to wait for then.
            _read(selector, wait_s=TICK_S if selector.get_map() else TICK_S / 20)
            now = time.monotonic()
            if child.stop_wanted:
                raise stopped(child.log)
            if should_stop and now >= next_question:
                next_question = now + TICK_S
                if should_stop():
                    raise stopped(child.log)
            if now - child.started > child.limits.deadline_s:
                raise too_long(child.limits.deadline_s, child.log)


def _has_ended(child: _Child) -> bool:
    """Look without reaping: until then its number, and so its group's, can't be given to another process."""
    return os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None


def _read_rest(selector: selectors.BaseSelector) -> None:
    """Read to the end; what fled from its group gets a second and is not heard any more."""
    until = time.monotonic() + 1
    while selector.get_map() and time.monotonic() < until:
        _read(selector, wait_s=TICK_S)


def _read(selector: selectors.BaseSelector, wait_s: float) -> None:
    for key, _ in selector.select(wait_s):
        chunk = os.read(key.fd, 65536)
        key.data(chunk)
        if not chunk:
            selector.unregister(key.fileobj)


def _each_line(child: _Child, on_line: Callable[[str], None]) -> Callable[[bytes], None]:
    """Return what takes chunks, b"" being the end, and hands on whole lines."""
    rest = bytearray()

    def take(chunk: bytes) -> None:
        rest.extend(chunk)
        *lines, tail = rest.split(b"\n")
        rest[:] = tail
        for line in lines if chunk else [tail]:
            if line:
                on_line(line.decode(errors="replace"))
        if len(rest) > STDOUT_BYTES:
            raise too_much(child.log)

    return take


# -- ending --------------------------------------------------------------------------------------------


def _end(child: _Child) -> tuple[int, resource.struct_rusage]:
    """Kill what is left of the group, reap, and return the wait status and what it used."""
    with _lock:
        _kill_group(child)
        del _running[child.process.pid]
    _, status, usage = os.wait4(child.process.pid, 0)
    child.process.returncode = os.waitstatus_to_exitcode(status)
    for pipe in (child.process.stdout, child.process.stderr):
        assert pipe
        pipe.close()
    return status, usage


def _kill_group(child: _Child) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)
