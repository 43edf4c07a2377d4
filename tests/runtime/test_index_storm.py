"""Nothing is lost and nobody who searches notices, however many change things and however often the index dies."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kb.accounts.actions import add_person, add_token
from kb.accounts.models import Role
from kb.app import create_app
from kb.config import Settings
from kb.index.whoosh.index import WhooshIndex
from tests.runtime.storms import Site, running_site, wait_for

CALM = 10
# By kind, how long each of them waits between two. In a real storm just fewer than the 600 changes and 6,000 searches a
# minute that one token may make.
STORM = {"write": 0.15, "read": 0.015}
BREEZE = {"write": 0.5, "read": 0.1}
SAID = "we restart the service and then the certificate of the vpn client is merged with the invoice "


def test_a_short_storm_loses_no_document_and_fails_no_search(tmp_path: Path) -> None:
    weather(tmp_path, writers=4, readers=2, rows=40, kills=3, searches=200, every_s=BREEZE)


@pytest.mark.slow
def test_twenty_writers_and_fifty_kills_lose_no_document_and_fail_no_search(tmp_path: Path) -> None:
    weather(tmp_path, writers=20, readers=4, rows=400, kills=50, searches=10_000, every_s=STORM)


def weather(
    folder: Path, *, writers: int, readers: int, rows: int, kills: int, searches: int, every_s: dict[str, float]
) -> None:
    """Change, search and kill the worker of the index at once, until it was killed so often.

    searches: how many there are at least. Seeded by STORM_SEED, or anew each time.
    """
    seed = int(os.environ.get("STORM_SEED") or random.randrange(10**6))
    print(f"STORM_SEED={seed}")  # noqa: T201 - for who wants the same weather again
    chance = random.Random(seed)
    with running_site(folder, KB_SPEECH="none", KB_SCREEN_TEXT="none") as site:
        calm, stormy = fill(site, folder / "rows.jsonl", rows)
        tokens = curators(site, writers + readers)
        began = time.monotonic()
        # Each changes each of its own at least once.
        writing = [
            Traffic(site, "write", tokens.pop(), ids, every_s["write"], len(ids))
            for ids in (stormy[number::writers] for number in range(writers))
        ]
        reading = [
            Traffic(site, "read", tokens.pop(), calm, every_s["read"], searches // readers) for _ in range(readers)
        ]
        for _ in range(kills):
            kill_at_work(site, chance)
        lasting_s = time.monotonic() - began
        written = [each.end() for each in writing]
        wait_for(lambda: waiting(site) == 0, 120)
        read = [each.end() for each in reading]
        count = sum(each["count"] for each in read)
        print(  # noqa: T201 - the figures of the storm
            f"killed {kills} in {lasting_s:.0f} s; {sum(each['count'] for each in written)} changes, {count} searches"
        )

        assert [failure for each in (*written, *read) for failure in each["failures"]] == []
        assert count >= searches
        assert WhooshIndex(site.data / "private" / "index").versions() == versions(site)
        for screencast_id, word in chance.sample([pair for each in written for pair in each["last"].items()], 20):
            assert [hit["screencast"]["id"] for hit in site.api(f"/search?q={word}")["hits"]] == [screencast_id]
    assert site.running() == {}


class Traffic:
    """A process that changes or searches until it is told to end, and so often at least."""

    def __init__(self, site: Site, kind: str, token: str, ids: list[str], every_s: float, least: int) -> None:
        command = [sys.executable, "-m", "tests.runtime.index_traffic", kind, f"http://{site.address}/api/v1"]
        self._process = subprocess.Popen(
            [*command, ",".join(ids), str(every_s), str(least)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._tell(token)

    def end(self) -> dict[str, Any]:
        self._tell("end")
        out, _ = self._process.communicate(timeout=900)
        return dict(json.loads(out))

    def _tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


def fill(site: Site, file: Path, rows: int) -> tuple[list[str], list[str]]:
    """Screencasts with words; the ids of those that nobody changes, and of the others."""
    with file.open("w") as lines:
        for number in range(rows):
            said = [{"start": at, "end": at + 5, "text": SAID * 3} for at in range(0, 100, 5)]
            lines.write(json.dumps({"id": f"row-{number}", "title": f"Row {number}", "cues": said}) + "\n")
    site.kb("seed", "--from", str(file), "--as", "storm@test.example")
    ids = [str(row) for (row,) in rows_of(site, "SELECT id FROM screencast")]
    for each in ids[:CALM]:
        site.change(f"/screencasts/{each}", {"description": f"calm{each}"})
    wait_for(lambda: waiting(site) == 0, 60)
    return ids[:CALM], ids[CALM:]


def curators(site: Site, count: int) -> list[str]:
    """Tokens of people who may change everything."""
    with create_app(Settings(data_dir=site.data), pages=False).app_context():
        return [
            add_token(add_person(f"curator{number}@test.example", f"Test {number}", Role.curator, None), "storm")
            for number in range(count)
        ]


def kill_at_work(site: Site, chance: random.Random) -> None:
    """Wait until the worker of the index has begun to write, and kill it at some moment of that or the next writes."""
    before = files(site)
    wait_for(lambda: files(site) != before, 90)
    time.sleep(chance.uniform(0, 0.5))
    for pid in site.pids_of("index"):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def files(site: Site) -> set[str]:
    return {path.name for path in (site.data / "private" / "index").rglob("*")}


def waiting(site: Site) -> int:
    return int(rows_of(site, "SELECT count(*) FROM outbox")[0][0])


def versions(site: Site) -> dict[str, int]:
    return dict(rows_of(site, "SELECT id, version FROM screencast WHERE trashed_at IS NULL"))


def rows_of(site: Site, query: str) -> list[Any]:
    with sqlite3.connect(f"file:{site.data}/private/kb.sqlite3?mode=ro", uri=True) as database:
        return database.execute(query).fetchall()
