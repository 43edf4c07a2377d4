"""Does to a file what the steps do, in a process of its own, whose children's memory is then known."""

import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import ToolFailed
from kb.media.kinds import HEAD_BYTES, by_name, sniff
from kb.media.launch import confinement
from kb.media.probe import probe
from kb.media.rendition import quick, render
from kb.media.stills import still
from tests.media.old_kernel import lack


@dataclass(frozen=True)
class Outcome:
    """end: "plays", or the code of the failure, detail its sentence. peak_mb: the largest of the programs started."""

    end: str
    detail: str
    log: str
    permanent: bool
    wall_s: float
    cpu_s: float
    peak_mb: float


Guarded = Callable[..., Any]


@contextmanager
def guard() -> Iterator[Guarded]:
    """Give what calls a function in a fresh process that has next to nothing in memory itself."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.media.guarded"])
    with ProcessPoolExecutor(2, mp_context=context, max_tasks_per_child=1) as processes:
        yield lambda function, *args, **named: processes.submit(function, *args, **named).result()


def through(
    path: Path, out: Path, *, kind: str | None = None, search_path: str | None = None, lacks: tuple[str, ...] = ()
) -> Outcome:
    """probe, quick, render and a still. kind: taken for this, whatever its first bytes say; lacks: as of old_kernel."""
    lack(*lacks)
    if search_path is not None:
        os.environ["PATH"] = search_path
    began = time.monotonic()
    end, detail, log, permanent = "plays", "", "", True
    try:
        _steps(path, out, kind)
    except ToolFailed as failure:
        end, detail, log, permanent = failure.code, failure.detail, failure.log, failure.permanent
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s, peak_mb = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    return Outcome(end, detail, log, permanent, time.monotonic() - began, cpu_s, peak_mb)


def _steps(path: Path, out: Path, kind_name: str | None) -> None:
    with path.open("rb") as file:
        kind = by_name(kind_name) if kind_name else sniff(file.read(HEAD_BYTES))
    if not kind:
        raise ToolFailed("It is none of the containers that we take.", permanent=True, code="not-a-video")
    found = probe(path, kind)
    quick(path, kind, found, out)
    rendered = render(path, kind, found, out, encode=True, longest_ms=3_600_000)
    assert rendered.video
    still(rendered.video, rendered.duration_ms // 2, out / "still.webp")


def layers(*lacks: str) -> list[str]:
    lack(*lacks)
    return confinement()
