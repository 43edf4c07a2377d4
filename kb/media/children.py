"""Which process is meant, long after it was started: by its number, the moment that it began at, and the boot.

Numbers are given out again; the three together are not. Another machine or container has another boot or namespace.
"""

import os
import signal
from contextlib import suppress
from functools import cache
from pathlib import Path

PROC = Path("/proc")


def mark_of(pid: int) -> str | None:
    """At most 80 characters that mean this process and no other; None if it is not there."""
    began = _began(pid)
    return f"{pid} {began} {_place()}" if began else None


def is_gone(mark: str) -> bool:
    """Whether the process has certainly ended. False also where it runs, or ran, out of our sight."""
    pid, began, place = mark.split(" ", 2)
    return place == _place() and _began(int(pid)) != began


def kill(mark: str) -> None:
    """Kill the process and its group, if it is there and leads one."""
    pid = int(mark.split(" ", 1)[0])
    if mark_of(pid) == mark:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def _began(pid: int) -> str | None:
    """In clock ticks since the boot; None for one that has ended, though its parent may not have asked about it yet."""
    try:
        about = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name in parentheses may hold anything; the state follows it, and 19 fields later the start.
    fields = about.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


@cache
def _place() -> str:
    namespace = os.readlink(PROC / "self/ns/pid").strip("pid:[]")
    return f"{(PROC / 'sys/kernel/random/boot_id').read_text().strip()} {namespace}"
