import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kb.errors import ToolFailed
from kb.media.run import Limits
from kb.media.run import run as run_tool
from kb.speech.contract import Asked, Engine, Segment
from tests.speech.whisper_model import make_model

SPOKEN = (
    "Open the terminal and check which branch you are on. Then merge the branch, and push everything to the server."
)


def run(argv: Sequence[str], *, deadline_s: float, memory_bytes: int, nice: int, **others: Any) -> object:
    """The site's own runner, with all its walls."""
    return run_tool(argv, limits=Limits(deadline_s, memory_bytes, nice=nice), **others)


@dataclass
class Heard:
    """Listens, and keeps what it hears."""

    segments: list[Segment] = field(default_factory=list)
    parts: list[float] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    stops: Callable[["Heard"], bool] = field(default=lambda heard: False, compare=False)

    @property
    def words(self) -> list[str]:
        return [word.text for segment in self.segments for word in segment.words]

    def language(self, language: str) -> None:
        self.languages.append(language)

    def segment(self, segment: Segment) -> None:
        self.segments.append(segment)

    def progress(self, part: float) -> None:
        self.parts.append(part)

    def should_stop(self) -> bool:
        return self.stops(self)


def listen(engine: Engine, wav: Path, **asked: Any) -> Heard:
    heard = Heard()
    engine.transcribe(Asked(wav, **asked), heard)
    return heard


def failure_of(engine: Engine, wav: Path, heard: Heard | None = None, **asked: Any) -> ToolFailed:
    with pytest.raises(ToolFailed) as failed:
        engine.transcribe(Asked(wav, **asked), heard or Heard())
    return failed.value


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def sound(target: Path, source: str, *options: str) -> Path:
    """As the pipeline hands it over: 16-bit, mono, 16 kHz."""
    ffmpeg("-f", "lavfi", "-i", source, *options, "-ar", "16000", "-ac", "1", target)
    return target


def speak(text: str, target: Path, *, voice: str = "rms", delay_ms: int = 0) -> Path:
    said = target.with_suffix(".flite.wav")
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(said)], check=True)
    ffmpeg("-i", said, "-af", f"adelay={delay_ms}", "-ar", "16000", "-ac", "1", target)
    return target


@pytest.fixture(scope="session")
def silent_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound(tmp_path_factory.mktemp("silence") / "silent.wav", "anullsrc=r=16000:cl=mono", "-t", "3")


@pytest.fixture(scope="session")
def spoken_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of silence, then SPOKEN."""
    return speak(SPOKEN, tmp_path_factory.mktemp("speech") / "spoken.wav", delay_ms=2000)


@pytest.fixture(scope="session")
def spoken_twice_wav(spoken_wav: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    wav = tmp_path_factory.mktemp("twice") / "twice.wav"
    ffmpeg("-stream_loop", "1", "-i", spoken_wav, wav)
    return wav


@pytest.fixture(scope="session")
def humming_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound(tmp_path_factory.mktemp("hum") / "hum.wav", "sine=50:r=16000", "-t", "12")


@pytest.fixture(scope="session")
def music_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Plucked strings up and down, three a second."""
    strings = "0.2*sin(2*PI*t*(220+110*floor(mod(t*3,4))))*exp(-3*mod(t*3,1))"
    return sound(tmp_path_factory.mktemp("music") / "music.wav", f"aevalsrc='{strings}':s=16000:d=20")


@pytest.fixture(scope="session")
def noise_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound(tmp_path_factory.mktemp("noise") / "noise.wav", "anoisesrc=c=pink:r=16000:d=10:a=0.3")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as an admin keeps it, with the model `chain` in it."""
    folder = tmp_path_factory.mktemp("models")
    make_model(folder / "chain")
    return folder
