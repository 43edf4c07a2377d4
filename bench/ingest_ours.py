"""What this site does with a recording, in a process of its own that says what it took.

`python ingest_ours.py look|quick|render SOURCE FOLDER` prints JSON: CPU seconds of it and all its children, without the
imports, and MiB of the largest child. Nothing of the site but kb.media is in it.
"""

import json
import resource
import sys
from pathlib import Path

from kb.media.kinds import HEAD_BYTES, Kind, sniff
from kb.media.probe import Probe, probe
from kb.media.rendition import quick, render
from kb.media.stills import poster


def main(what: str, source: Path, folder: Path) -> None:
    """look: what is in it, which is kept, so neither quick nor render counts it. render: with the poster."""
    folder.mkdir()
    spent = cpu_s()
    kind, found = look(source)
    if what != "look":
        spent = cpu_s()
    if what == "quick":
        assert quick(source, kind, found, folder)
    elif what == "render":
        made = render(source, kind, found, folder, encode=True)
        assert made.video
        assert made.frames
        poster(made.frames, made.video, folder / "poster.webp")
    peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(json.dumps({"cpu_s": cpu_s() - spent, "peak_mib": peak_mib}))


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
