"""Prints the table of docs/security.md: `.venv/bin/python -m tests.media.hostile_table`, a few minutes."""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.media.bombs import BOMBS
from tests.media.conftest import FFMPEG, recorded
from tests.media.guarded import Guarded, Outcome, guard, through


def main() -> None:
    say("| file | its bytes | ffmpeg 5.1: how it ends | CPU s | MB | ffmpeg 9.0, PyAV: how it ends | CPU s | MB |")
    say("|---|---|---|---|---|---|---|---|")
    with guard() as guarded, tempfile.TemporaryDirectory() as folder:
        for name in BOMBS:
            say(row(name, guarded, Path(folder)))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def row(name: str, guarded: Guarded, folder: Path) -> str:
    made, clips = folder / "made", folder / "clips"
    made.mkdir()
    clips.mkdir(exist_ok=True)
    bomb = BOMBS[name].make(ffmpeg, made, lambda clip: recorded(clip, clips, ffmpeg))
    size = bomb.stat().st_size
    system, wheels = (
        went(guarded, bomb, folder / which, search_path=path)
        for which, path in (("system", None), ("wheels", "/nowhere"))
    )
    for path in made.iterdir():
        path.unlink()
    made.rmdir()
    return f"| {name} | {size:,} | {told(system)} | {told(wheels)} |"


def went(guarded: Guarded, bomb: Path, out: Path, **named: Any) -> Outcome:
    out.mkdir(exist_ok=True)
    outcome: Outcome = guarded(through, bomb, out, **named)
    for path in out.iterdir():
        path.unlink()
    return outcome


def told(outcome: Outcome) -> str:
    return f"{outcome.end} | {outcome.cpu_s:.1f} | {outcome.peak_mb:.0f}"


def ffmpeg(*words: Any, stdout: Any = None) -> None:
    command = [FFMPEG, "-nostdin", "-v", "error", "-y", *map(str, words)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=stdout)


if __name__ == "__main__":
    main()
