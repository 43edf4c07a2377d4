"""What this site does with a recording, in a process of its own that says what it took.

`python ingest_ours.py quick|render SOURCE FOLDER` prints JSON: CPU seconds of it and all its children from after the
imports on, wall seconds, and MiB of the largest child. Nothing of the site but kb.media is in it.
"""

import json
import resource
import sys
import time
from pathlib import Path

from kb.media.kinds import HEAD_BYTES, Kind, sniff
from kb.media.probe import Probe, probe
from kb.media.rendition import quick, render
from kb.media.stills import poster


def main(what: str, source: Path, folder: Path) -> None:
    """quick: from the first look to a copy that plays. render: all that comes after, for a recording to be encoded."""
    folder.mkdir()
    began, spent = time.monotonic(), cpu_s()
    kind, found = look(source)
    if what == "quick":
        assert quick(source, kind, found, folder)
    else:
        # What the first look found is kept: nobody looks twice.
        began, spent = time.monotonic(), cpu_s()
        made = render(source, kind, found, folder, encode=True)
        assert made.video
        assert made.frames
        poster(made.frames, made.video, folder / "poster.webp")
    used = {"cpu_s": cpu_s() - spent, "wall_s": time.monotonic() - began}
    print(json.dumps(used | {"peak_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}))


def look(source: Path) -> tuple[Kind, Probe]:
    with source.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
    assert kind
    return kind, probe(source, kind)


def cpu_s() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
