"""The process that holds the model for those who search: `python -m kb.meaning.answering MODEL_FOLDER SOCKET`.

Web processes stay small, and go on without it. A line of JSON in ({"text": …}), a line out ({"model": …, "vector": …}).
"""

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from kb.meaning.contract import Embedder, MeaningUnavailable, Vectors

LONGEST_TEXT = 1_000
LONGEST_LINE_BYTES = 1 << 17
# Somebody waits: after that the words alone must do.
DEADLINE_S = 0.3
# Only the site itself can ask, and says all it has to say at once.
PATIENCE_S = 1.0


def ask(path: Path, text: str, *, deadline_s: float = DEADLINE_S) -> tuple[str, Vectors]:
    """Return the model and the vector of a text. Raises MeaningUnavailable."""
    until = time.monotonic() + deadline_s
    try:
        with socket.socket(socket.AF_UNIX) as asking, _short(path) as address:
            asking.settimeout(deadline_s)
            asking.connect(address)
            asking.sendall(json.dumps({"text": text[:LONGEST_TEXT]}).encode() + b"\n")
            answer = json.loads(_line(asking, until))
            return str(answer["model"]), np.array(answer["vector"], np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MeaningUnavailable(f"Its process does not answer: {error}") from error


def answer(embedder: Embedder, path: Path) -> None:
    """Listen at the path until the process ends, one call after the other."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening, _short(path) as address:
        listening.bind(address)
        os.chmod(path, 0o600)
        listening.listen(64)
        while True:
            calling, _ = listening.accept()
            # Who has gone away, or says something else, is not worth the others' answers.
            with calling, contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                calling.settimeout(PATIENCE_S)
                text = str(json.loads(_line(calling, time.monotonic() + PATIENCE_S))["text"])
                [vector] = embedder.embed([text[:LONGEST_TEXT]])
                said = {"model": embedder.model, "vector": [round(float(each), 6) for each in vector]}
                calling.sendall(json.dumps(said).encode() + b"\n")


def _line(opened: socket.socket, until: float) -> bytes:
    read = b""
    while not read.endswith(b"\n"):
        opened.settimeout(max(0.001, until - time.monotonic()))
        part = opened.recv(1 << 16)
        if not part or len(read) > LONGEST_LINE_BYTES:
            raise ConnectionError("it broke off")
        read += part
    return read


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path through its opened folder: an address has room for 107 bytes, and data folders lie deep."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def main() -> None:
    from kb.meaning.onnx import OnnxEmbedder

    folder, path = sys.argv[1:]
    try:
        embedder = OnnxEmbedder(Path(folder))
    except MeaningUnavailable as fault:
        sys.exit(f"search by meaning: {fault.detail}")
    answer(embedder, Path(path))


if __name__ == "__main__":
    main()
