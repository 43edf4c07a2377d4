"""One ffmpeg process: a graph built with ffmpeg-python, started by `run`, its progress read."""

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ffmpeg

from kb.errors import ToolFailed
from kb.media.bounds import input_options
from kb.media.kinds import Kind
from kb.media.probe import unreadable
from kb.media.run import Finished, Limits, run

# The same number everywhere: x264's bytes depend on it, and its memory grows with it.
THREADS = 4
QUIET = ("-nostdin", "-nostats", "-hide_banner", "-filter_complex_threads", str(THREADS))
# More decode no sooner beside an encoder, and cost a tenth more.
DECODING_THREADS = 2
# glibc sets 64 MB aside for each thread at first; with many processors that alone would pass the limit.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
# Nothing of the source's tags (a place, a device, a name) goes into what we make, and nothing random either.
CLEAN = {"map_metadata": -1, "map_chapters": -1, "fflags": "+bitexact"}
# The other coder takes four times as long, for what nobody hears in speech at this rate.
AAC: dict[str, Any] = {"acodec": "aac", "aac_coder": "fast", "b:a": "96k", "ar": 48000}
BT709 = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}
LABEL = re.compile(r"\[([^\[\]]+)\]")


def opened(source: Path, kind: Kind, **options: Any) -> Any:
    """Return ffmpeg-python's input node; `opened(...)["0"]` is stream 0."""
    return ffmpeg.input(f"file:{source.absolute()}", **{"threads": DECODING_THREADS} | input_options(kind) | options)


def convert(
    outputs: Sequence[Any],
    *,
    source: Path,
    folder: Path,
    limits: Limits,
    should_stop: Callable[[], bool] | None = None,
    log_level: str = "error",
) -> Finished:
    """Run ffmpeg over output nodes that write into folder.

    Raises ToolFailed as `run` does; "unreadable" where ffmpeg gives up; when it ends without having come to the end.
    """
    arguments = _apart(ffmpeg.merge_outputs(*outputs).get_args(overwrite_output=True))
    watch = _Watch()
    try:
        finished = run(
            ["ffmpeg", *QUIET, "-v", log_level, "-progress", "pipe:1", "-stats_period", "0.5", *arguments],
            limits=limits,
            reads=[source],
            writes=[folder],
            on_line=watch.take,
            should_stop=should_stop,
            env=FEW_ARENAS,
        )
    except ToolFailed as failure:
        if failure.code != "tool-failed":
            raise
        raise unreadable(
            "The video program could not work with this recording. See if it plays to its end on your computer; "
            "if it does, export it as MP4 and upload that.",
            log=failure.log,
        ) from failure
    if not watch.came_to_end:
        raise ToolFailed(
            "The video program stopped before the end of this recording.", permanent=False, log=finished.stderr
        )
    return finished


def _apart(arguments: list[str]) -> list[str]:
    """Make a graph of its own of each part that hangs together: the pictures, the sound.

    ffmpeg-python writes one for all. ffmpeg builds a graph anew when what runs into it changes, and a second channel
    of sound that appears midway would then empty the half-filled storyboard.
    """
    if "-filter_complex" not in arguments:
        return arguments
    at = arguments.index("-filter_complex")
    parts: list[tuple[set[str], list[str]]] = []
    for chain in arguments[at + 1].split(";"):
        labels = {*LABEL.findall(chain)}
        joined = [part for part in parts if part[0] & labels]
        parts = [part for part in parts if part not in joined]
        parts.append((labels.union(*(part[0] for part in joined)), [*(c for part in joined for c in part[1]), chain]))
    graphs = [word for _, chains in parts for word in ("-filter_complex", ";".join(chains))]
    return [*arguments[:at], *graphs, *arguments[at + 2 :]]


class _Watch:
    """Takes ffmpeg's progress, a name=value a line. How far it is, it says only once each of its files is begun."""

    def __init__(self) -> None:
        self.came_to_end = False

    def take(self, line: str) -> None:
        self.came_to_end = self.came_to_end or line == "progress=end"


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Give a folder inside folder for unfinished files; it and what is left in it goes, whatever happens."""
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=folder) as name:
        yield Path(name)
