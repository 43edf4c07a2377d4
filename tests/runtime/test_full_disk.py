"""A whole site whose disk runs full to the last byte, with database, index and Redis on it, and gets room again."""

import sqlite3
import time
import urllib.error
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from tests.conftest import make_clip
from tests.disks import disk, fill
from tests.runtime.storms import Site, running_site, wait_for

MEGABYTE = 1024**2


@pytest.mark.slow
def test_a_full_disk_refuses_delays_and_spoils_nothing(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", seconds=4)
    with (
        disk(tmp_path / "data", 420 * MEGABYTE) as data,
        running_site(tmp_path, KB_SPEECH="pocketsphinx") as site,
    ):
        calm = site.upload(clip, "Calm")
        wait_for(lambda: is_ready(site, calm), 120)
        accepted = [site.upload(clip, f"Accepted {number}") for number in range(3)]
        ballast = fill(data)
        wait_for(lambda: not takes_writes(data), 60)
        until = time.monotonic() + 40
        while time.monotonic() < until:
            read(site, calm)
            with pytest.raises(urllib.error.HTTPError) as refused:
                site.upload(clip, "Refused")
            assert refused.value.code == 507
            # What others let go is taken again.
            fill(data)
        ballast.unlink()
        wait_for(lambda: all(is_ready(site, each) for each in accepted), 240)
        wait_for(lambda: len(site.api("/search?q=accepted")["hits"]) == 3, 60)
        last = site.upload(clip, "As ever")
        wait_for(lambda: is_ready(site, last), 120)
        assert site.kb("check-media").endswith("belongs to something.")
        with sqlite3.connect(data / "private/kb.sqlite3") as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        left = [path.name for path in (data / "private/tmp").iterdir()]
        assert set(left) <= {"uploads"}


def is_ready(site: Site, screencast_id: str) -> bool:
    shown = site.api(f"/screencasts/{screencast_id}")
    failed = [step for step in shown["steps"] if step["state"] == "failed"]
    assert not failed, failed
    return bool(shown["state"] == "ready")


def takes_writes(data: Path) -> bool:
    """Redis, which would lose them."""
    try:
        with Redis(unix_socket_path=str(data / "private/redis/redis.sock"), socket_timeout=5) as redis:
            return bool(redis.set("of-a-test", "x" * 100_000))
    except RedisError:
        return False


def read(site: Site, screencast_id: str) -> None:
    shown = site.api(f"/screencasts/{screencast_id}")
    for path in ("/", "/search?q=calm", f"/screencasts/{screencast_id}", shown["sources"][0]["url"], shown["poster"]):
        assert site.get(path)
