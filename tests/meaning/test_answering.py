import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.meaning import answering
from kb.meaning.contract import MeaningUnavailable
from kb.meaning.onnx import OnnxEmbedder
from tests.meaning.running import running


@pytest.fixture(scope="module")
def path(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A socket as deep as data folders may lie, deeper than an address has room for."""
    path = tmp_path_factory.mktemp("data") / ("deep" * 30) / "asked.sock"
    with running(folder, path):
        yield path


def test_the_process_answers_with_the_vector_of_its_model(path: Path, embedder: OnnxEmbedder) -> None:
    model, vector = answering.ask(path, "reset the laptop", deadline_s=5)
    assert model == embedder.model
    assert vector == pytest.approx(embedder.embed(["reset the laptop"])[0], abs=1e-5)


def test_nobody_else_may_ask(path: Path) -> None:
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("line", [b"", b"nonsense\n", b"[]\n", b'{"text": "half'])
def test_who_asks_nonsense_or_goes_away_is_passed_over(path: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as asking, answering._short(path) as address:
        asking.connect(address)
        asking.sendall(line)
    assert answering.ask(path, "vpn", deadline_s=5)[1].any()


def test_a_process_that_is_not_there_or_silent_is_told(tmp_path: Path) -> None:
    with pytest.raises(MeaningUnavailable):
        answering.ask(tmp_path / "nobody.sock", "vpn")
    path = tmp_path / "silent.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        with pytest.raises(MeaningUnavailable):
            answering.ask(path, "vpn", deadline_s=0.05)


def test_a_new_process_takes_the_place_of_a_killed_one(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "asked.sock"
    for _ in range(2):
        with running(folder, path) as process:
            process.kill()
            process.wait()


def test_a_folder_without_a_model_ends_the_process_with_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kb.meaning.answering", str(tmp_path), str(tmp_path / "asked.sock")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "must hold model.onnx" in ended.stderr
