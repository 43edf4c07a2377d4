"""How much of what was to be seen is left: likeness of pictures, and the words that can still be read off them."""

import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

WORD = re.compile(r"[A-Za-z0-9_]{3,}")
# What is on the screen at 0, 0.5, 1 ... seconds: files whose pictures stay for different times are compared by time.
BY_TIME = "setpts=PTS-STARTPTS,fps=2:round=up:start_time=0"
# The stage's list of files has lines of another height, which tesseract would read as one with those beside it.
BESIDE_THE_FILES = "crop=iw-260:ih:260:0"


def ssim(source: Path, made: Path) -> float:
    """Return the mean likeness of their brightness, twice a second; 1 is the same."""
    graph = f"[0:v]{BY_TIME},format=yuv420p[a];[1:v]{BY_TIME},format=yuv420p[b];[a][b]ssim"
    argv = ["ffmpeg", "-nostdin", "-i", source, "-i", made, "-filter_complex", graph, "-an", "-f", "null", "-"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stderr
    found = re.search(r"SSIM Y:([\d.]+)", said)
    assert found, said
    return float(found[1])


def words(video: Path, at_s: Sequence[float]) -> list[Counter[str]]:
    """Return what tesseract reads at those half seconds."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as both:
        wanted = "+".join(rf"eq(n\,{round(at * 2)})" for at in at_s)
        pictures = Path(folder) / "%d.pgm"
        looked = [
            "-vf",
            f"{BY_TIME},select={wanted},{BESIDE_THE_FILES}",
            "-fps_mode",
            "passthrough",
            "-pix_fmt",
            "gray",
            pictures,
        ]
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", "-i", video, *looked], check=True)
        return list(both.map(_read, (Path(folder) / f"{number + 1}.pgm" for number in range(len(at_s)))))


def _read(picture: Path) -> Counter[str]:
    argv = ["tesseract", picture, "-", "--psm", "6"]
    alone = os.environ | {"OMP_THREAD_LIMIT": "1"}
    return Counter(WORD.findall(subprocess.run(argv, check=True, capture_output=True, text=True, env=alone).stdout))


def recall(wanted: Sequence[Counter[str]], found: Sequence[Counter[str]]) -> float:
    """Return the share of the wanted words that were found at the same time."""
    pairs = zip(wanted, found, strict=True)
    return sum((one & other).total() for one, other in pairs) / sum(each.total() for each in wanted)
