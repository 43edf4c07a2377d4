"""Recordings made by ffmpeg, short and once a run, and a look at results by ffprobe, with no code of ours between."""

import json
import shutil
import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb.media.kinds import HEAD_BYTES, Kind, sniff
from kb.media.probe import Probe, probe
from tests.media.guarded import Guarded, guard

Clips = Callable[[str], Path]
Probed = tuple[Path, Kind, Probe]

# Before a test takes the system's tools away from the code under test.
FFMPEG, FFPROBE = (shutil.which(name) or name for name in ("ffmpeg", "ffprobe"))

PICTURE = "-f lavfi -i testsrc2=s=320x180:r=10:d=2"
TONE = "-f lavfi -i sine=f=440:d=2"
H264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
VP8 = "-c:v libvpx -deadline realtime -cpu-used 16 -g 1000"
# As a browser writes it: into a pipe, so that neither its length nor an index can be added at the start.
LIVE = "-f webm -live 1"

# One line each, as words for ffmpeg; "-" as the last word: written through a pipe.
RECIPES = {
    "h264-aac.mp4": f"{PICTURE} {TONE} {H264} -c:a aac",
    "h264-opus.mkv": f"{PICTURE} {TONE} {H264} -c:a libopus",
    "h264-two-sounds.mkv": f"{PICTURE} {TONE} -f lavfi -i sine=f=880:d=2 -map 0 -map 1 -map 2 {H264} -c:a aac",
    "late-sound.mkv": f"{PICTURE} -itsoffset 0.5 {TONE} {H264} -c:a aac",
    "late-picture.mkv": f"{TONE} -itsoffset 0.6 {PICTURE} {H264} -c:a aac",
    "browser.webm": f"{PICTURE} {TONE} {VP8} -c:a libopus {LIVE} -",
    "browser-1000fps.webm": (
        f"-f lavfi -i testsrc2=s=320x182:r=30:d=1 -vf settb=1/1000,setpts='PTS+mod(N*7\\,13)' {VP8}"
        f" -fps_mode passthrough -enc_time_base 1:1000 {LIVE} -"
    ),
    # Of one colour, so that any other in it came from somewhere else.
    "plain.mp4": f"-f lavfi -i color=gray:s=320x180:r=5:d=2 {H264}",
    "plain.ts": f"-f lavfi -i color=gray:s=320x180:r=5:d=2 {H264}",
    # A picture on which decoding can start every half second.
    "keyframes.webm": f"{PICTURE} {TONE} -c:v libvpx -deadline realtime -cpu-used 16 -g 5 -c:a libopus {LIVE} -",
    "vp9.webm": f"{PICTURE} -c:v libvpx-vp9 -deadline realtime -cpu-used 8",
    "silent.mp4": f"{PICTURE} {H264}",
    "still-ending.mp4": (f"-f lavfi -i testsrc2=s=320x180:r=30:d=2.5 -vf tpad=stop_mode=clone:stop_duration=28 {H264}"),
    "odd.mkv": "-f lavfi -i testsrc2=s=321x181:r=10:d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
    "big.mp4": f"-f lavfi -i testsrc2=s=2560x1600:r=5:d=1 {H264}",
    "heavy.mp4": f"-f lavfi -i testsrc2=s=640x360:r=10:d=1 -vf noise=alls=80:allf=t {H264} -qp 10",
    "rare-keyframes.mp4": f"-f lavfi -i testsrc2=s=160x90:r=2:d=20 {H264} -g 1000",
    "upright.mp4": f"-f lavfi -i testsrc2=s=360x640:r=10:d=1 {H264}",
    "mpeg4.avi": f"{PICTURE} {TONE} -c:v mpeg4 -c:a libmp3lame",
    "flash.flv": f"{PICTURE} {TONE} {H264} -c:a aac -ar 44100",
    "camera.ts": f"{PICTURE} {TONE} {H264} -c:a aac",
    "quicktime.mov": f"{PICTURE} {TONE} {H264} -c:a pcm_s16le",
    "phone.3gp": f"{PICTURE} {H264}",
    "apple.m4v": f"{PICTURE} {H264} -f ipod",
    "theora.ogv": f"{PICTURE} -c:v libtheora",
    "moving.gif": "-f lavfi -i testsrc2=s=160x90:r=5:d=1",
    "still.gif": "-f lavfi -i testsrc2=s=160x90:r=5:d=1 -frames:v 1",
    "tone.wav": TONE,
    "tone.mp3": f"{TONE} -c:a libmp3lame",
    "tone.m4a": f"{TONE} -c:a aac",
    "tone.ogg": f"{TONE} -c:a libopus",
    "silence.wav": "-f lavfi -i anullsrc=r=16000:cl=mono:d=2",
    "sound-in.mp4": f"{TONE} -c:a aac",
    "red.png": "-f lavfi -i color=red:s=64x64 -frames:v 1",
}


def without_rate(webm: bytes) -> bytes:
    """Blank out the time between two pictures (DefaultDuration, 0x23E383), which browsers don't write, by a Void."""
    return webm.replace(b"\x23\xe3\x83\x84", b"\xec\x86\0\0", 1)


@pytest.fixture(params=["system", "wheels"])
def both_tools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Run a test with the system's ffmpeg and ffprobe, and with the wheels' ffmpeg and PyAV."""
    use_tools(request.param, monkeypatch, tmp_path)


@pytest.fixture(params=["system", pytest.param("wheels", marks=pytest.mark.slow)])
def tools(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same, the second time in `make test-all` alone."""
    use_tools(request.param, monkeypatch, tmp_path)


def use_tools(which: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if which == "wheels":
        monkeypatch.setenv("PATH", str(tmp_path / "nothing-here"))


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Callable[..., None]) -> Clips:
    """Give the recording of that name, made when it is first asked for."""
    folder = tmp_path_factory.mktemp("clips")

    return lambda name: recorded(name, folder, ffmpeg)


def recorded(name: str, folder: Path, ffmpeg: Callable[..., None]) -> Path:
    """The recording of that name in folder, made if it is not there."""
    path = folder / name
    if not path.exists():
        words = RECIPES[name].split()
        if words[-1] == "-":
            with path.open("wb") as file:
                ffmpeg(*words, stdout=file)
            path.write_bytes(without_rate(path.read_bytes()))
        else:
            ffmpeg(*words, path)
    return path


@pytest.fixture(scope="session")
def ffmpeg() -> Callable[..., None]:
    def start(*words: str | Path, stdout: Any = None) -> None:
        command = [FFMPEG, "-nostdin", "-v", "error", "-y", *map(str, words)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=stdout, timeout=60)

    return start


@pytest.fixture(scope="session")
def look() -> Callable[..., dict[str, Any]]:
    """Give what ffprobe says of a file: {"format": {...}, "streams": [...]}, and more by options."""

    def start(path: Path, *options: str) -> dict[str, Any]:
        command = [FFPROBE, "-v", "error", "-of", "json", "-show_format", "-show_streams", *options, str(path)]
        found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout)
        return found

    return start


@pytest.fixture(scope="session")
def probed(clip: Clips) -> Callable[[str | Path], Probed]:
    """Give path, kind and probe of a clip, or of a file: what the functions under test want."""

    def give(which: str | Path) -> Probed:
        path = clip(which) if isinstance(which, str) else which
        with path.open("rb") as file:
            kind = sniff(file.read(HEAD_BYTES))
        assert kind
        return path, kind, probe(path, kind)

    return give


@pytest.fixture(scope="session")
def turned() -> Callable[[Path, int, Path], Path]:
    """Write the same MP4 with a display matrix that players turn it by, clockwise."""
    one = 1 << 16
    matrices = {90: (0, one, -one, 0), 180: (-one, 0, 0, -one), 270: (0, -one, one, 0)}

    def write(path: Path, by: int, into: Path) -> Path:
        a, b, c, d = matrices[by]
        content = bytearray(path.read_bytes())
        at = content.index(b"tkhd") + 44
        content[at : at + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
        into.write_bytes(content)
        return into

    return write


@pytest.fixture(scope="session")
def guarded() -> Iterator[Guarded]:
    with guard() as call:
        yield call
