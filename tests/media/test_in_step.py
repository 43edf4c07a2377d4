"""Of every kind of recording: the picture and the sound at their times, and the picture in its colours."""

import re
import subprocess
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from kb.media.kinds import Kind
from kb.media.probe import Probe
from kb.media.rendition import quick, render
from tests.media.conftest import FFMPEG, without_rate

pytestmark = pytest.mark.usefixtures("tools")

Give = Callable[[str | Path], tuple[Path, Kind, Probe]]

# What people bear without noticing that lips and words go apart.
IN_STEP_S = 0.08
FLASHES_S = (1.0, 3.0)
LENGTH_S = 4.0

LIT = "between(t,1,1.199)+between(t,3,3.199)"
TONE = "0.5*sin(2*PI*1000*t)"
BEEP = f"-f lavfi -i aevalsrc='{TONE}*({LIT})':d=4"
LATE_BEEP = f"-itsoffset 0.7 -f lavfi -i aevalsrc='{TONE}*(between(t,0.3,0.5)+between(t,2.3,2.5))':d=3.3"
UNEVEN = ",select='mod(n,9)*mod(n,31)'"
H264 = "-c:v libx264 -preset ultrafast"


def flash(rate: float = 25, more: str = "") -> str:
    """A black screen of colours at its edges that turns white twice."""
    return f"-f lavfi -i color=black:s=320x180:r={rate}:d=4,drawbox=c=white:t=fill:enable='{LIT}'{more}"


# A sound that begins with it; the last word is the container, "live.webm" as a browser writes it.
CLIPS = {
    "mp4": f"{flash()} {BEEP} {H264} -pix_fmt yuv420p -c:a aac a.mp4",
    "mp4, pictures out of order": f"{flash()} {BEEP} -c:v libx264 -bf 3 -pix_fmt yuv420p -c:a aac a.mp4",
    "mov": f"{flash()} {BEEP} {H264} -pix_fmt yuv420p -c:a pcm_s16le a.mov",
    "mkv with Opus": f"{flash()} {BEEP} {H264} -pix_fmt yuv420p -c:a libopus a.mkv",
    "a browser's VP8": f"{flash()} {BEEP} -c:v libvpx -deadline realtime -g 1000 -c:a libopus live.webm",
    "a browser's VP9": f"{flash()} {BEEP} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus live.webm",
    "avi": f"{flash()} {BEEP} -c:v mpeg4 -c:a libmp3lame a.avi",
    "flv": f"{flash()} {BEEP} {H264} -pix_fmt yuv420p -c:a aac -ar 44100 a.flv",
    "ts, which does not begin at 0": f"{flash()} {BEEP} {H264} -pix_fmt yuv420p -c:a aac -output_ts_offset 7 a.ts",
    "ts with MPEG-2": f"{flash()} {BEEP} -c:v mpeg2video -c:a mp2 a.ts",
    "3gp": f"{flash()} {BEEP} {H264} -pix_fmt yuv420p -c:a aac a.3gp",
    "ogv": f"{flash()} {BEEP} -c:v libtheora -c:a libvorbis a.ogv",
    "60 a second": f"{flash(60)} {BEEP} {H264} -pix_fmt yuv420p -c:a aac a.mp4",
    "up to 120 a second": f"{flash(120, UNEVEN)} {BEEP} {H264} -pix_fmt yuv420p -fps_mode vfr -c:a aac a.mkv",
    "10 bits": f"{flash()} {BEEP} {H264} -pix_fmt yuv420p10le -c:a aac a.mkv",
    "4:4:4": f"{flash()} {BEEP} {H264} -pix_fmt yuv444p -c:a aac a.mp4",
    "RGB": f"{flash()} {BEEP} -c:v libx264rgb -preset ultrafast -c:a flac a.mkv",
    "sound track first": f"{BEEP} {flash()} -map 0 -map 1 {H264} -pix_fmt yuv420p -c:a aac a.mp4",
    "a second sound track": f"{flash()} {BEEP} -f lavfi -i anullsrc=d=4 -map 0 -map 1 -map 2 {H264} -c:a aac a.mkv",
    "sound that begins late": f"{flash()} {LATE_BEEP} {H264} -pix_fmt yuv420p -c:a aac a.mkv",
}


@dataclass
class Seen:
    flashes: list[float]
    beeps: list[float]
    length_s: float


@pytest.fixture(params=CLIPS)
def recording(request: pytest.FixtureRequest, ffmpeg: Callable[..., None], tmp_path: Path) -> Path:
    *words, name = CLIPS[request.param].split()
    path = tmp_path / name
    if name == "live.webm":
        with path.open("wb") as file:
            ffmpeg(*words, "-f", "webm", "-live", "1", "-", stdout=file)
        path.write_bytes(without_rate(path.read_bytes()))
    else:
        ffmpeg(*words, path)
    return path


def test_a_flash_and_its_beep_stay_together(recording: Path, probed: Give, tmp_path: Path) -> None:
    given = probed(recording)
    made = render(*given, tmp_path, encode=True)
    assert made.video
    copy = quick(*given, tmp_path)
    for video, told_ms in [(made.video, made.duration_ms), *([(copy.path, copy.duration_ms)] if copy else [])]:
        seen = look_and_listen(video)
        assert seen.flashes == pytest.approx(FLASHES_S, abs=IN_STEP_S), video.name
        assert seen.beeps == pytest.approx(FLASHES_S, abs=IN_STEP_S), video.name
        assert all(abs(flash - beep) <= IN_STEP_S for flash, beep in zip(seen.flashes, seen.beeps, strict=True))
        assert seen.length_s == pytest.approx(LENGTH_S, abs=0.1)
        assert told_ms == pytest.approx(seen.length_s * 1000, abs=60)


def look_and_listen(video: Path) -> Seen:
    """When it turns white and when it beeps, in seconds, as a player that follows the times in the file has it."""
    read = ["-hide_banner", "-v", "error", "-i", str(video)]
    stats = ["-vf", "signalstats,metadata=print:file=-", "-f", "null", "-"]
    printed = subprocess.run([FFMPEG, *read, *stats], check=True, capture_output=True, text=True, timeout=60).stdout
    pictures = [
        (float(at), float(light) > 128) for at, light in re.findall(r"pts_time:(\S+)[^\x00]*?YAVG=(\S+)", printed)
    ]
    heard = ["-map", "0:a:0", "-af", "aresample=8000:async=1:first_pts=0", "-ac", "1", "-f", "s16le", "-"]
    samples = array("h", subprocess.run([FFMPEG, *read, *heard], check=True, capture_output=True, timeout=60).stdout)
    loud = [
        (block / 100, max(map(abs, samples[block * 80 : block * 80 + 80])) > 3000)
        for block in range(len(samples) // 80)
    ]
    return Seen(rises(pictures), rises(loud), max(pictures[-1][0], len(samples) / 8000))


def rises(told: list[tuple[float, bool]]) -> list[float]:
    return [at for (_, before), (at, now) in zip([(0.0, False), *told], told, strict=False) if now and not before]


# -- colours -------------------------------------------------------------------------------------------------

BARS = "-f lavfi -i smptehdbars=s=640x360:r=10:d=1"
TAGGED = "-colorspace bt709 -color_primaries bt709 -color_trc bt709"
TO_709 = "-vf scale=out_color_matrix=bt709:out_range=tv"
COLOURED = {
    "8 bits": f"{BARS} {H264} -pix_fmt yuv420p a.mp4",
    "BT.709 and says so": f"{BARS} {TO_709} {H264} -pix_fmt yuv420p {TAGGED} a.mp4",
    "full range": f"{BARS} {H264} -pix_fmt yuvj420p a.mp4",
    "10 bits": f"{BARS} {H264} -pix_fmt yuv420p10le a.mkv",
    "4:4:4": f"{BARS} {H264} -pix_fmt yuv444p a.mkv",
    "4:2:2": f"{BARS} {H264} -pix_fmt yuv422p a.mov",
    "RGB": f"{BARS} -c:v libx264rgb -preset ultrafast a.mkv",
    "GIF": f"{BARS} a.gif",
    "PNG in mov": f"{BARS} -c:v png a.mov",
    "VP9": f"{BARS} -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 2M a.webm",
    "gray": f"{BARS} {H264} -pix_fmt gray a.mkv",
}


@pytest.mark.parametrize("name", COLOURED)
def test_the_picture_has_its_colours(ffmpeg: Callable[..., None], probed: Give, tmp_path: Path, name: str) -> None:
    *words, file = COLOURED[name].split()
    ffmpeg(*words, tmp_path / file)
    made = render(*probed(tmp_path / file), tmp_path, encode=True)
    assert made.video
    source, result = (picture_of(path, tmp_path) for path in (tmp_path / file, made.video))
    difference = ImageStat.Stat(ImageChops.difference(source, result))
    assert max(difference.mean) < 3, difference.mean


def picture_of(video: Path, folder: Path) -> Image.Image:
    """The first, in eighths: colours are kept for groups of pixels, and a GIF makes its own of dots."""
    out = folder / f"{video.name}.png"
    argv = [FFMPEG, "-v", "error", "-y", "-i", str(video), "-frames:v", "1", "-pix_fmt", "rgb24", str(out)]
    subprocess.run(argv, check=True, timeout=60)
    with Image.open(out) as image:
        return image.convert("RGB").reduce(8)
