"""What `bench/ingest.py` is fed with: real recordings of a browser at work, made once and kept in KB_BENCH_DIR.

A capture of an X11 screen without loss, files as recorders make them of it, and what Chromium itself records of a tab.
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(os.environ.get("KB_BENCH_DIR", "~/.cache/showhow-bench")).expanduser()
STAGE = Path(__file__).with_name("stage.html")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NEEDED = {"Xvfb": "xvfb", "flite": "flite", "tesseract": "tesseract-ocr", CHROMIUM: "chromium"}
SIZE = (1920, 1080)
SCREEN_S = 60
RECORDED_S = 40
# Nothing moves on the stage then.
STILL_AT_S = (12, 15, 21, 23, 32.5, 34, 37, 38)
WORDS = (
    "Welcome. In this short recording I show how the upload worker splits an invoice, checks the ledger, and stores "
    "every segment in the cache. Watch the terminal while the queue is drained, and compare the two numbers. "
)
CHROMIUM_OPTIONS = [
    *"--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update".split(),
    *"--auto-accept-this-tab-capture --autoplay-policy=no-user-gesture-required --window-position=0,0".split(),
    f"--window-size={SIZE[0]},{SIZE[1]}",
]


@dataclass(frozen=True)
class Inputs:
    """screen: B20, 20 s at a constant 30 fps without loss. recorded, recorded_h264: MediaRecorder's WebM (VP9, Opus)
    and Matroska (H.264, Opus), 40 s; words: what stood on the screen by second of recorded. obs: H.264 and AAC at 6
    Mbit/s in Matroska, 60 s. long: H.264 and AAC in MP4, 15 min, 64 MB.
    """

    screen: Path
    recorded: Path
    recorded_h264: Path
    obs: Path
    long: Path
    words: dict[float, list[str]]


def missing() -> list[str]:
    """Return the Debian packages that are wanted and not there."""
    return [package for program, package in NEEDED.items() if not shutil.which(program)]


def inputs() -> Inputs:
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = ("screen.mkv", "recorded.webm", "recorded-h264.mkv", "obs.mkv", "long.mp4")
    paths = [FOLDER / name for name in names]
    said = FOLDER / "words.json"
    if not all(path.is_file() for path in (*paths, said)):
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            make(Path(folder))
            for path in (*paths, said):
                (Path(folder) / path.name).replace(path)
    return Inputs(*paths, words={float(at): words for at, words in json.loads(said.read_text()).items()})


def make(folder: Path) -> None:
    print(f"Recording a screen, some four minutes, once: kept in {FOLDER}", flush=True)
    speech, master = folder / "speech.wav", folder / "master.mkv"
    subprocess.run(["flite", "-voice", "rms", "-t", WORDS * 2, "-o", speech], check=True)
    with display(), stage(folder) as page:
        words = record(page, "video/webm;codecs=vp9,opus", folder / "recorded.webm")
        record(page, "video/x-matroska;codecs=avc1,opus", folder / "recorded-h264.mkv")
        page.reload()
        capture(master, speech)
    (folder / "words.json").write_text(json.dumps(words))
    lossless = "-r 30 -fps_mode cfr -c:v libx264 -preset ultrafast -qp 0 -c:a copy"
    convert(master, lossless, folder / "screen.mkv", seconds=20)
    constant = (
        "-c:v libx264 -preset veryfast -b:v 6M -minrate 6M -maxrate 6M -bufsize 6M -x264-params nal-hrd=cbr -g 250"
    )
    convert(master, f"-r 30 -fps_mode cfr {constant} -c:a aac -b:a 160k", folder / "obs.mkv")
    small = (
        "-r 30 -fps_mode cfr -c:v libx264 -preset veryfast -b:v 500k -maxrate 500k -bufsize 1M -x264-params nal-hrd=cbr"
    )
    convert(master, f"{small} -c:a aac -b:a 64k", folder / "minute.mp4")
    repeat(folder / "minute.mp4", 15, folder / "long.mp4")


@contextmanager
def display() -> Iterator[None]:
    """An X11 screen that nobody sees: Chromium records no tab without one, and it is what is captured."""
    readable, writable = os.pipe()
    screen = f"{SIZE[0]}x{SIZE[1]}x24"
    argv = ["Xvfb", "-displayfd", str(writable), "-screen", "0", screen, "-nolisten", "tcp"]
    server = subprocess.Popen(argv, pass_fds=[writable], stderr=subprocess.DEVNULL)
    os.close(writable)
    try:
        with os.fdopen(readable) as told:
            os.environ["DISPLAY"] = f":{told.readline().strip()}"
        yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def stage(folder: Path) -> Iterator[Page]:
    shutil.copy(STAGE, folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=False, args=CHROMIUM_OPTIONS)
        page = browser.new_page(no_viewport=True)
        page.goto(f"http://127.0.0.1:{server.server_port}/{STAGE.name}")
        yield page
        browser.close()
    server.shutdown()


class Handler(SimpleHTTPRequestHandler):
    """Serves the stage and its sound, and takes what was recorded."""

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        with (Path(self.directory) / "recording").open("wb") as file:
            while left:
                left -= file.write(self.rfile.read(min(left, 1 << 20)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def record(page: Page, mime: str, target: Path) -> dict[str, list[str]]:
    asked = {"mime": mime, "seconds": RECORDED_S, "lookAt": STILL_AT_S}
    words: dict[str, list[str]] = page.evaluate("(asked) => record(asked)", asked)
    (target.parent / "recording").replace(target)
    return words


def capture(target: Path, speech: Path) -> None:
    screen = f"-f x11grab -framerate 30 -video_size {SIZE[0]}x{SIZE[1]} -i {os.environ['DISPLAY']}".split()
    sound = ["-stream_loop", "-1", "-i", speech, "-t", str(SCREEN_S), "-c:a", "pcm_s16le", "-ar", "48000", "-ac", "2"]
    picture = "-c:v libx264 -preset ultrafast -qp 0 -pix_fmt yuv420p".split()
    subprocess.run(["ffmpeg", "-v", "error", *screen, *sound, *picture, target], check=True)


def convert(source: Path, options: str, target: Path, seconds: float = SCREEN_S) -> None:
    argv = ["ffmpeg", "-v", "error", "-y", "-t", str(seconds), "-i", source, *options.split(), target]
    subprocess.run(argv, check=True)


def repeat(source: Path, times: int, target: Path) -> None:
    argv = ["ffmpeg", "-v", "error", "-y", "-stream_loop", str(times - 1), "-i", source, "-c", "copy", target]
    subprocess.run(argv, check=True)


if __name__ == "__main__":
    print(inputs().screen.parent)
