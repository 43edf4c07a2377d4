"""The process that holds the model, for as long as a test needs it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.meaning import answering
from kb.meaning.contract import MeaningUnavailable


@contextmanager
def running(folder: Path, path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "-m", "kb.meaning.answering", str(folder), str(path)])
    try:
        _wait_for(path)
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            answering.ask(path, "", deadline_s=5)
            return
        except MeaningUnavailable:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
