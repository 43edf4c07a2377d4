"""Nothing is lost, whoever is killed: uploads end ready, with the same files, and nobody who reads notices."""

import os
import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.runtime.storms import REDIS, TOOL, WORKER, Chaos, Reader, Site, running_site, wait_for

SPOKEN = "Today we close the books for the month and begin with a simple overview."


@pytest.fixture
def make_clip(tmp_path: Path) -> Callable[..., Path]:
    """A small picture with a clock in it, so that no two seconds are alike, without sound or with a sentence."""

    def made(name: str, seconds: int, *, size: str, spoken: bool = False) -> Path:
        path = tmp_path / name
        graph = ["-f", "lavfi", "-i", f"testsrc=s={size}:r=12:d={seconds}"]
        if spoken:
            subprocess.run(["flite", "-voice", "rms", "-t", SPOKEN, "-o", f"{path}.wav"], check=True)
            graph += ["-i", f"{path}.wav", "-af", "apad", "-t", str(seconds)]
        codecs = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"
        if path.suffix == ".mp4":
            codecs = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"
        subprocess.run(["ffmpeg", "-v", "error", *graph, *codecs.split(), path], check=True)
        return path

    return made


def test_a_short_storm_loses_nothing(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    clips = [make_clip("still.webm", 10, size="192x108"), make_clip("spoken.mp4", 6, size="192x108", spoken=True)]
    weather(tmp_path, clips, uploads=3, kills=6, most_s=1.0)


@pytest.mark.slow
def test_a_storm_of_fifty_kills_loses_none_of_twenty_uploads(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    clips = [
        make_clip(f"{sound}.{kind}", 60, size="640x360", spoken=sound == "spoken")
        for sound, kind in (("still", "webm"), ("still", "mp4"), ("spoken", "webm"), ("spoken", "mp4"))
    ]
    weather(tmp_path, clips, uploads=20, kills=50, most_s=3.0)


def weather(folder: Path, clips: list[Path], *, uploads: int, kills: int, most_s: float) -> None:
    """Upload, kill and read at once; most_s: between two kills. Seeded by STORM_SEED, or anew each time."""
    seed = int(os.environ.get("STORM_SEED") or random.randrange(10**6))
    print(f"STORM_SEED={seed}")  # noqa: T201 - for who wants the same weather again
    chance = random.Random(seed)
    with running_site(folder, KB_SPEECH="pocketsphinx") as site:
        undisturbed = {clip: site.upload(clip, f"Calm {clip.name}") for clip in clips}
        wait_for(lambda: all(is_ready(site, each) for each in undisturbed.values()), 300)
        expected = {clip: site.made_of(each) for clip, each in undisturbed.items()}
        began = time.monotonic()

        chaos, reader = Chaos(site, chance), Reader(site, pages_of(site, undisturbed[clips[0]]))
        uploaded: dict[str, Path] = {}
        with reader.reading():
            for number in range(kills):
                while len(uploaded) * kills <= number * uploads:
                    clip = clips[len(uploaded) % len(clips)]
                    uploaded[site.upload(clip, f"Stormy {len(uploaded)}")] = clip
                time.sleep(chance.uniform(0, most_s))
                chaos.kill_one()
            wait_for(lambda: all(is_ready(site, each) for each in uploaded), 900)
        wait_for(lambda: not site.running().get(TOOL), 10)
        tell(chaos, reader, site, time.monotonic() - began)

        assert sum(chaos.killed.values()) == kills
        assert chaos.killed.keys() == {WORKER, TOOL, REDIS}
        assert not reader.failures
        assert {each: site.made_of(each) for each in uploaded} == {
            each: expected[clip] for each, clip in uploaded.items()
        }
        ids = {*uploaded, *undisturbed.values()}
        assert {path for path in site.everything() if not any(each in path for each in ids)} == set()
        wait_for(lambda: len(site.api("/search?q=stormy&limit=50")["hits"]) == uploads, 60)
    assert site.running() == {}


def is_ready(site: Site, screencast_id: str) -> bool:
    shown = site.api(f"/screencasts/{screencast_id}")
    failed = [step for step in shown["steps"] if step["state"] == "failed"]
    assert not failed, failed
    return bool(shown["state"] == "ready")


def pages_of(site: Site, screencast_id: str) -> list[str]:
    """What people read: library, search, a page to watch, and the bytes of its recording."""
    shown = site.api(f"/screencasts/{screencast_id}")
    return ["/", "/search?q=calm", shown["url"], *(source["url"] for source in shown["sources"]), shown["poster"]]


def tell(chaos: Chaos, reader: Reader, site: Site, took_s: float) -> None:
    print(  # noqa: T201 - the figures of the storm
        f"killed {dict(chaos.killed)} in {took_s:.0f} s; tried again {dict(site.tries())}; "
        f"{reader.answers} answers read, {len(reader.failures)} failures, the slowest {reader.slowest_s:.1f} s"
    )
