"""What it takes to make a recording playable, and what is left of it, beside rebuilt commands of others.

`make bench` runs it; `python bench/ingest.py 2` measures two rounds instead of five. The first run records its inputs,
see inputs.py. All take turns in each round, so what else the machine does meets all of them. Prints the tables of
docs/performance.md.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import ingest_rivals as rivals
from ingest_quality import recall, ssim, words
from inputs import STILL_AT_S, Inputs, inputs, missing

ROUNDS = 5
# On the captured screen nothing moves then, or a word is just typed.
LOOKED_AT_S = (5.0, 8.0, 14.0, 19.0)
OURS = Path(__file__).with_name("ingest_ours.py")
COPIED = {
    "recorded": "WebM of a browser (VP9, Opus)",
    "recorded_h264": "Matroska of a browser (H.264, Opus)",
    "obs": "Matroska of OBS (H.264, AAC), 46 MB",
    "long": "MP4 of 15 min (H.264, AAC), 64 MB",
}


@dataclass(frozen=True)
class Cost:
    """peak_mib: of the largest process."""

    cpu_s: float
    peak_mib: float


class Costs:
    """What each took, round by round, and the files that it made in the last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rounds: dict[str, list[Cost]] = {}

    def take(self, name: str, work: Callable[[Path], Cost]) -> None:
        folder = self.made(name)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        self.rounds.setdefault(name, []).append(work(folder))

    def made(self, name: str) -> Path:
        return self.folder / name.replace(" ", "-")

    def cpu_s(self, name: str) -> float:
        return statistics.median(cost.cpu_s for cost in self.rounds[name])

    def peak_mib(self, name: str) -> float:
        return max(cost.peak_mib for cost in self.rounds[name])

    def video(self, name: str) -> Path:
        """Of several the one at 1080p."""
        made = list(self.made(name).rglob("*.mp4"))
        return made[0] if len(made) == 1 else next(path for path in made if path.stem.endswith("-1080"))

    def megabytes(self, name: str) -> float:
        return self.video(name).stat().st_size / 1e6


def main(rounds: int) -> None:
    if lacking := missing():
        print(f"Ingest is not measured: first an admin has to run: apt-get install {' '.join(lacking)}")
        return
    given = inputs()
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        distinct = Path(folder) / "distinct.nut"
        subprocess.run(rivals.keep_distinct(given.screen, distinct), check=True)
        costs = Costs(Path(folder))
        for _ in range(rounds):
            for name, work in contenders(given, distinct).items():
                costs.take(name, work)
        print_costs(costs, rounds)
        print_copies(costs)
        print_goals(costs, given)


def contenders(given: Inputs, distinct: Path) -> dict[str, Callable[[Path], Cost]]:
    both = {"screen": given.screen, "recorded": given.recorded}
    turns: dict[str, Callable[[Path], Cost]] = {}
    for name, source in both.items():
        turns[f"{name} ours"] = partial(ours, "render", source)
        turns[f"{name} Cap"] = partial(theirs, rivals.cap, source)
    turns["screen MediaCMS"] = partial(theirs, rivals.mediacms, given.screen)
    turns["screen PeerTube"] = partial(theirs, rivals.peertube, given.screen)
    turns["screen limit"] = partial(theirs, rivals.limit, given.screen)
    turns["screen decode"] = partial(theirs, rivals.decode, given.screen)
    turns["screen encode"] = partial(theirs, rivals.encode, distinct)
    for name in COPIED:
        source = getattr(given, name)
        turns[f"{name} look"] = partial(ours, "look", source)
        turns[f"{name} quick"] = partial(ours, "quick", source)
        turns[f"{name} copy"] = partial(theirs, rivals.bare_copy, source)
    return turns


def ours(what: str, source: Path, folder: Path) -> Cost:
    argv = [sys.executable, OURS, what, source, folder / "made"]
    return Cost(**json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout))


def theirs(commands: Callable[[Path, Path], list[rivals.Command]], source: Path, folder: Path) -> Cost:
    each = [run(command) for command in commands(source, folder)]
    return Cost(sum(cost.cpu_s for cost in each), max(cost.peak_mib for cost in each))


def run(command: rivals.Command) -> Cost:
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        assert child.returncode == 0, (command, said.read()[-2000:])
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


# -- tables --------------------------------------------------------------------------------------------


def print_costs(costs: Costs, rounds: int) -> None:
    load = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"\nMedians of {rounds}, taking turns; {load}\n")
    labels = {"screen": "captured screen, 20 s", "recorded": "WebM of a browser, 40 s"}
    parts = {
        "ours": "ours: video, storyboard, analysis, sound for speech, poster",
        "Cap": "Cap",
        "MediaCMS": "MediaCMS: six videos and a sprite",
        "PeerTube": "PeerTube, its 1080p alone",
        "limit": "decode, find and encode what differs",
        "decode": "decode alone",
        "encode": "encode what differs alone",
    }
    print("| input | what | CPU s | least | most | MB | peak MiB |\n|---|---|---|---|---|---|---|")
    for name in costs.rounds:
        source, _, part = name.partition(" ")
        if part in parts:
            least, most = (pick(cost.cpu_s for cost in costs.rounds[name]) for pick in (min, max))
            size = f"{costs.megabytes(name):.2f}" if part != "decode" else ""
            figures = f"{costs.cpu_s(name):.2f} | {least:.2f} | {most:.2f} | {size} | {costs.peak_mib(name):.0f}"
            print(f"| {labels[source]} | {parts[part]} | {figures} |")


def print_copies(costs: Costs) -> None:
    columns = ("playable at once, CPU s", "bare ffmpeg", "ours", "ratio", "first look", "ratio with it")
    print(f"\n| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for name, label in COPIED.items():
        bare, took, looked = (costs.cpu_s(f"{name} {part}") for part in ("copy", "quick", "look"))
        ratios = took / bare, (took + looked) / bare
        print(f"| {label} | {bare:.2f} | {took:.2f} | {ratios[0]:.2f} | {looked:.2f} | {ratios[1]:.2f} |")


def print_goals(costs: Costs, given: Inputs) -> None:
    def ratio(source: str, *others: str) -> float:
        return costs.cpu_s(f"{source} ours") / sum(costs.cpu_s(f"{source} {other}") for other in others)

    video = costs.video("screen ours")
    readable = recall(words(given.screen, LOOKED_AT_S), words(video, LOOKED_AT_S))
    shown = [Counter(given.words[at]) for at in STILL_AT_S]
    source, encoded = (
        recall(shown, words(each, STILL_AT_S)) for each in (given.recorded, costs.video("recorded ours"))
    )
    size = costs.megabytes("screen ours") / costs.megabytes("screen MediaCMS")
    print("\n| goal | | measured | |\n|---|---|---|---|")
    print_goal("captured screen: CPU, of Cap's", "≤", 0.35, ratio("screen", "Cap"))
    print_goal("… of MediaCMS' ladder", "≤", 0.12, ratio("screen", "MediaCMS"))
    print_goal("… of decoding, finding and encoding what differs", "≤", 1.2, ratio("screen", "limit"))
    print_goal("… of decoding and encoding alone, had somebody found it", "≤", 1.2, ratio("screen", "decode", "encode"))
    print_goal("… bytes, of MediaCMS' 1080p", "≤", 0.65, size)
    print_goal("… likeness to the source (SSIM)", "≥", 0.999, ssim(given.screen, video), digits=5)
    print_goal("… words of the source that can still be read", "≥", 0.97, readable, digits=3)
    print_goal("WebM of a browser: CPU, of Cap's", "≤", 0.65, ratio("recorded", "Cap"))
    print_goal(
        f"… words of the page that can be read (of the source: {source:.3f})", "≥", source - 0.02, encoded, digits=3
    )
    print_goal(
        "memory of the largest process, MiB", "≤", 550, max(map(costs.peak_mib, ("screen ours", "recorded ours"))), 0
    )


def print_goal(what: str, sign: str, goal: float, measured: float, digits: int = 2) -> None:
    is_met = measured <= goal if sign == "≤" else measured >= goal
    print(f"| {what} | {sign} {goal:.3g} | {measured:.{digits}f} | {'met' if is_met else '**missed**'} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
