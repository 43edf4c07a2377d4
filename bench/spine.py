"""From the last byte of an upload to playable, findable by what was said, and done; and what an idle site weighs.

`make bench` runs it: on a site of its own, in a folder of its own. Prints the table of docs/performance.md.
"""

import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

ROUNDS = 5
LENGTH_S = 60
# A quarter of an hour, as other recorders make them.
LONG_MINUTES = 15
LONG_KBIT_S = 500
PLAYABLE, FINDABLE, DONE = "playable", "findable by spoken words", "all steps done"
IN_PARTS, LONG = "playable, sent in parts (tus)", f"playable, {LONG_MINUTES} min, 64 MB"
GOALS_S = {PLAYABLE: 1.0, IN_PARTS: 1.0, LONG: 2.0, FINDABLE: 0.75 * LENGTH_S}
BOUNDARY = "----an end of a part"
BIN = Path(sys.executable).parent
# Said once at 40 seconds, shown nowhere.
SECRET = "the yellow elephant opens the garden gate"
STORY = (
    "Today we look at the report of the month and how it is made. First open the table with all the numbers from the "
    "bank. Then take the second page and compare the names with the letters on the desk. If something is missing, "
    "write a short message to the office and wait for an answer. "
)
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        site = Site(Path(folder) / "data")
        try:
            clip = make_clip(Path(folder))
            long = make_long(clip)
            idle = site.weight()
            rounds = [site.measure(clip, long) for _ in range(ROUNDS)]
            print_tables(clip, rounds, idle, site.weight(), site.first_start_s)
        finally:
            site.stop()


class Site:
    def __init__(self, data: Path, settings: dict[str, str] | None = None) -> None:
        """settings: more of the environment."""
        self.data = data
        is_new = not data.exists()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        self.environment |= {"KB_DATA_DIR": str(data), "KB_BIND": self.address} | (settings or {})
        self.first_start_s = self.start()
        if is_new:
            self.kb("user", "add", "bench@test.example", "--name", "Bench")
        self.token = self.kb("token", "add", "bench@test.example", "--name", "bench").strip()

    def start(self) -> float:
        began = time.monotonic()
        self.process = subprocess.Popen(
            [BIN / "kb", "run"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not self.is_ready():
            assert self.process.poll() is None, "the site did not start: run `kb run` to read why"
            time.sleep(0.05)
        return time.monotonic() - began

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.address}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kb(self, *arguments: str) -> str:
        return subprocess.run(
            [BIN / "kb", *arguments], env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """body: what is posted as JSON, or sent by another method; without it this gets."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        address = f"http://{self.address}/api/v1{path}"
        request = urllib.request.Request(address, headers=headers, data=sent, method=method)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def measure(self, clip: Path, long: Path) -> dict[str, float]:
        """Seconds since the last byte had gone, and CPU seconds of each step of clip."""
        return self.follow(*self.post(clip)) | {
            IN_PARTS: self.until_playable(*self.put_in_parts(clip)),
            LONG: self.until_playable(*self.post(long)),
        }

    def post(self, clip: Path) -> tuple[str, float]:
        """Upload in one request; return the screencast's id and when the last byte had gone."""
        fields = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nBench\r\n--{BOUNDARY}\r\n'
        file = f'Content-Disposition: form-data; name="file"; filename="{clip.name}"\r\n\r\n'
        around = (fields + file).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {"Content-Type": f'multipart/form-data; boundary="{BOUNDARY}"'}
        _, body, gone = self.send("POST", "/screencasts", headers, clip, around)
        return json.loads(body)["id"], gone

    def put_in_parts(self, clip: Path) -> tuple[str, float]:
        """Upload by tus, in one part; return as `post` does."""
        named = ",".join(f"{key} {base64.b64encode(value).decode()}"
                         for key, value in (("filename", clip.name.encode()), ("title", b"Bench")))  # fmt: skip
        size = str(clip.stat().st_size)
        created, *_ = self.send("POST", "/uploads", {"Upload-Length": size, "Upload-Metadata": named})
        path = urllib.parse.urlsplit(created["Location"]).path.removeprefix("/api/v1")
        headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        answer, _, gone = self.send("PATCH", path, headers, clip)
        return answer["Screencast-Id"], gone

    def send(
        self, method: str, path: str, headers: dict[str, str], file: Path | None = None, around: tuple[bytes, ...] = ()
    ) -> tuple[http.client.HTTPMessage, bytes, float]:
        """Return the answer's headers and body, and when the last byte of the request had gone."""
        before, after = around or (b"", b"")
        length = len(before) + (file.stat().st_size if file else 0) + len(after)
        headers |= {"Authorization": f"Bearer {self.token}", "Tus-Resumable": "1.0.0", "Content-Length": str(length)}
        line = http.client.HTTPConnection(self.address)
        try:
            line.putrequest(method, f"/api/v1{path}")
            for name, value in headers.items():
                line.putheader(name, value)
            line.endheaders()
            for part in (before, *pieces(file), after):
                line.send(part)
            gone = time.monotonic()
            answer = line.getresponse()
            body = answer.read()
            assert answer.status < 300, (answer.status, body)
            return answer.headers, body, gone
        finally:
            line.close()

    def until_playable(self, screencast_id: str, began: float) -> float:
        """Wait for it, then have it erased: what comes after would keep the next one waiting."""
        while not self.call(f"/screencasts/{screencast_id}")["playable"]:
            time.sleep(0.02)
        took = time.monotonic() - began
        self.send("POST", f"/screencasts/{screencast_id}/cancel", {})
        return took

    def follow(self, screencast_id: str, began: float) -> dict[str, float]:
        seen: dict[str, float] = {}
        while DONE not in seen:
            shown = self.call(f"/screencasts/{screencast_id}")
            at = time.monotonic() - began
            if shown["playable"]:
                seen.setdefault(PLAYABLE, at)
            if PLAYABLE in seen and FINDABLE not in seen:
                found = self.call("/search?q=" + urllib.parse.quote('"yellow elephant"'))
                if any(hit["screencast"]["id"] == screencast_id for hit in found["hits"]):
                    seen[FINDABLE] = time.monotonic() - began
            if shown["state"] != "processing" and FINDABLE in seen:
                seen[DONE] = at
            time.sleep(0.02)
        with sqlite3.connect(self.data / "private" / "kb.sqlite3") as database:
            costs = database.execute("SELECT name, cpu_s FROM step WHERE screencast_id = ?", (screencast_id,))
            return seen | {f"cpu {name}": cpu_s or 0.0 for name, cpu_s in costs if name != "index"}

    def weight(self) -> tuple[int, float]:
        """(processes, PSS in MiB) of the whole site, half a minute after it last did anything."""
        time.sleep(30)
        family = descendants(self.process.pid)
        kilobytes = 0
        for pid in family:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            kilobytes += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
        return len(family), kilobytes / 1024


def pieces(file: Path | None) -> Iterator[bytes]:
    if file:
        with file.open("rb") as opened:
            while piece := opened.read(1 << 20):
                yield piece


def descendants(pid: int) -> list[int]:
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        # Others end meanwhile.
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                children.append(int(stat.parent.name))
    return [pid, *(each for child in children for each in descendants(child))]


def make_clip(folder: Path) -> Path:
    """A minute of 1080p: a page of text that scrolls at times, spoken words that are nowhere on it."""
    text = folder / "page.txt"
    text.write_text("\n".join(f"{number:3}  account {number * 7919 % 9973:05}  ok" for number in range(400)))
    for name, words in (("before", STORY * 3), ("secret", SECRET), ("after", STORY)):
        subprocess.run(["flite", "-voice", "rms", "-t", words, "-o", folder / f"{name}.wav"], check=True)
    clip = folder / "clip.mp4"
    scroll = "60-300*(floor(t/6)+min(1\\,mod(t\\,6)))"
    page = f"drawtext=fontfile={FONT}:textfile={text}:fontsize=26:fontcolor=0x202020:x=80:y={scroll}"
    sound = (
        "[1:a]atrim=0:38,adelay=500[b];[2:a]adelay=40000[s];[3:a]adelay=45000[e];"
        "[b][s][e]amix=3:normalize=0,apad[sound]"
    )
    sources = ["-f", "lavfi", "-i", f"color=c=white:s=1920x1080:r=30:d={LENGTH_S}"]
    for name in ("before", "secret", "after"):
        sources += ["-i", str(folder / f"{name}.wav")]
    encode = "-c:v libx264 -preset veryfast -crf 20 -g 300 -pix_fmt yuv420p -c:a aac -b:a 128k".split()
    graph = f"[0:v]{page}[picture];{sound}"
    argv = ["ffmpeg", "-v", "error", *sources, "-filter_complex", graph, "-map", "[picture]", "-map", "[sound]"]
    subprocess.run([*argv, "-t", str(LENGTH_S), *encode, clip], check=True)
    return clip


def make_long(clip: Path) -> Path:
    """The clip over and over, at a steady rate."""
    minute, long = clip.with_name("minute.mp4"), clip.with_name("long.mp4")
    rate = f"-b:v {LONG_KBIT_S}k -maxrate {LONG_KBIT_S}k -bufsize 1M -x264-params nal-hrd=cbr -c:a copy"
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-g", "300", *rate.split()]
    subprocess.run(["ffmpeg", "-v", "error", "-i", clip, *encode, minute], check=True)
    again = ["-stream_loop", str(LONG_MINUTES - 1), "-i", minute, "-c", "copy"]
    subprocess.run(["ffmpeg", "-v", "error", *again, long], check=True)
    return long


def print_tables(
    clip: Path, rounds: list[dict[str, float]], idle: tuple[int, float], warm: tuple[int, float], start_s: float
) -> None:
    print(f"\n{LENGTH_S} s of 1080p30, {clip.stat().st_size / 1e6:.1f} MB, {ROUNDS} uploads one after the other\n")
    print("| what | median | least | most | goal |\n|---|---|---|---|---|")
    for name in rounds[0]:
        values = sorted(each[name] for each in rounds)
        label = f"CPU s, {name[4:]}" if name.startswith("cpu ") else f"s from the last byte to {name}"
        goal = f"≤ {GOALS_S[name]:g}" if name in GOALS_S else ""
        print(f"| {label} | {statistics.median(values):.2f} | {values[0]:.2f} | {values[-1]:.2f} | {goal} |")
    print("\n| the whole site | processes | PSS, MiB |\n|---|---|---|")
    print(f"| idle, fresh | {idle[0]} | {idle[1]:.0f} |")
    print(f"| idle, after the uploads | {warm[0]} | {warm[1]:.0f} |")
    print(f"\nFirst start to ready: {start_s:.1f} s; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    if not shutil.which("flite"):
        sys.exit("flite is missing: make test installs it")
    main()
