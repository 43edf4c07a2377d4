import subprocess
from pathlib import Path

import pytest

SPOKEN = (
    "Open the terminal and check which branch you are on. Then merge the branch, and push everything to the server."
)


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


@pytest.fixture(scope="session")
def silent_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wav = tmp_path_factory.mktemp("silence") / "silent.wav"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "3", wav)
    return wav


@pytest.fixture(scope="session")
def spoken_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of silence, then SPOKEN."""
    folder = tmp_path_factory.mktemp("speech")
    subprocess.run(["flite", "-voice", "rms", "-t", SPOKEN, "-o", str(folder / "flite.wav")], check=True)
    ffmpeg("-i", folder / "flite.wav", "-af", "adelay=2000", "-ar", "16000", "-ac", "1", folder / "spoken.wav")
    return folder / "spoken.wav"


@pytest.fixture(scope="session")
def humming_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wav = tmp_path_factory.mktemp("hum") / "hum.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=50:r=16000", "-t", "12", wav)
    return wav
