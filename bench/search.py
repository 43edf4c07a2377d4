"""How long searches and suggestions take through the API, and what making the index takes; on Whoosh and PostgreSQL.

    .venv/bin/python bench/search.py 10000
    .venv/bin/python bench/search.py 10000 100000 --postgresql

By hand: 10,000 rows take minutes to bring in, 100,000 an hour (beyond what the text of bench/corpus.py gives its words
are recombined). With --keep FOLDER a site's data stay there, to be asked again. Prints tables of docs/performance.md.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg
from corpus import corpus
from judged import KINDS, LETTERS, Row, judged
from relevance import cpu_s, seeded_site
from spine import BIN, Site
from yardsticks import texts

OF_EACH = 40
WARM_UP = 20
CHANGES = 40
SEARCHES = (*KINDS, "one word", "in a category")


class Took(NamedTuple):
    """server: as the answer says it; where that says nothing, as it took from outside."""

    server_ms: float
    wall_ms: float


@dataclass
class Timed:
    took: list[Took] = field(default_factory=list)
    cpu_s: float = 0.0

    def row(self) -> str:
        server, wall = sorted(each.server_ms for each in self.took), sorted(each.wall_ms for each in self.took)
        figures = [
            at_share(server, 0.5),
            at_share(server, 0.95),
            at_share(server, 0.99),
            statistics.median(wall),
            at_share(wall, 0.95),
        ]
        return " | ".join(f"{figure:.1f}" for figure in [*figures, 1000 * self.cpu_s / len(self.took)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", type=int, nargs="+", metavar="count")
    parser.add_argument("--postgresql", action="store_true", help="keep database and index there, too")
    parser.add_argument("--keep", type=Path, help="where the data of the site without PostgreSQL are, or will be")
    asked = parser.parse_args()
    for count in asked.counts:
        rows = list(corpus(count))
        for name, settings in backends(asked.postgresql):
            with settings() as environment, tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
                kept = asked.keep / str(count) if asked.keep and not environment else None
                data = kept or Path(folder) / "data"
                with seeded_site(data, rows, environment) as site:
                    analyse(site)
                    print_latency(f"{len(rows):,} talks, {name}", site, rows)
                    print_until_found(site)
                    print_rebuild(site, rows, data)


def backends(with_postgresql: bool) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "Whoosh", on_sqlite
    if with_postgresql:
        yield "PostgreSQL", on_postgresql


@contextmanager
def on_sqlite() -> Iterator[dict[str, str]]:
    yield {}


@contextmanager
def on_postgresql() -> Iterator[dict[str, str]]:
    # As the tests start one: private, and gone at the end.
    sys.path.append(str(Path(__file__).parents[1]))
    from tests.databases import running_server

    with running_server() as server:
        server.execute("CREATE DATABASE bench")
        yield {"KB_DATABASE_URL": server.url("bench"), "KB_SEARCH_URL": "postgresql:"}


def analyse(site: Site) -> None:
    """What any PostgreSQL does by itself within a minute of so many rows, but this one, which has no autovacuum."""
    if url := site.environment.get("KB_DATABASE_URL"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ANALYZE")


def print_latency(title: str, site: Site, rows: Sequence[Row]) -> None:
    print(f"\n{title}; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print("| ms | server p50 | p95 | p99 | outside p50 | p95 | CPU |\n|---|---|---|---|---|---|---|")
    warm_up(site, rows)
    every = Timed()
    for kind, paths in searches(site, rows).items():
        timed = measured(site, paths)
        every = Timed(every.took + timed.took, every.cpu_s + timed.cpu_s)
        print(f"| search: {kind} | {timed.row()} |", flush=True)
    print(f"| **search, all** | {every.row()} |")
    print(f"| suggest, letter by letter | {measured(site, typing(rows)).row()} |", flush=True)


def warm_up(site: Site, rows: Sequence[Row]) -> None:
    """Each process opens the index at its first search, and gets to know words: as one that has run for minutes."""
    for query in judged(rows, seed=1, of_each=WARM_UP):
        site.call(_path(query.typed))
    for path in typing(rows[:WARM_UP]):
        site.call(path)


def searches(site: Site, rows: Sequence[Row]) -> dict[str, list[str]]:
    """Paths by kind, each asked once: what was searched before is answered faster."""
    queries = judged(rows, seed=2, of_each=OF_EACH)
    categories = [each["id"] for each in site.call("/categories")["items"] if each["count"]]
    chance = Random(2)
    typed = {kind: [query.typed for query in queries if query.kind == kind] for kind in KINDS}
    found = {kind: [_path(text) for text in each] for kind, each in typed.items()}
    found["one word"] = [_path(chance.choice(text.split())) for text in typed["cue"]]
    found["in a category"] = [
        f"{_path(' '.join(text.split()[:2]))}&category={chance.choice(categories)}" for text in typed["description"]
    ]
    return found


def typing(rows: Sequence[Row]) -> list[str]:
    """As the box asks while the start of a title is typed."""
    titles = [row["title"] for row in Random(2).sample(list(rows), k=min(OF_EACH, len(rows)))]
    return [
        f"/suggest?q={urllib.parse.quote(title[:length])}"
        for title in titles
        for length in range(2, min(20, len(title)))
    ]


def _path(typed: str) -> str:
    return f"/search?limit=10&q={urllib.parse.quote(typed)}"


def measured(site: Site, paths: Sequence[str]) -> Timed:
    timed = Timed()
    before = cpu_s(site)
    for path in paths:
        began = time.perf_counter()
        answer = site.call(path)
        wall_ms = 1000 * (time.perf_counter() - began)
        timed.took.append(Took(answer.get("took_ms", wall_ms), wall_ms))
    timed.cpu_s = cpu_s(site) - before
    return timed


def at_share(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def print_until_found(site: Site) -> None:
    """After a changed title one at a time, from the answer on."""
    waits = []
    for at, item in enumerate(site.call(f"/screencasts?limit={CHANGES}")["items"]):
        word = f"quagga{LETTERS[at // len(LETTERS)]}{LETTERS[at % len(LETTERS)]}"
        site.call(f"/screencasts/{item['id']}", {"title": f"{item['title']} {word}"}, "PATCH")
        began = time.perf_counter()
        while not site.call(f"/search?q=%22{word}%22")["total"]:
            time.sleep(0.02)
        waits.append(time.perf_counter() - began)
    waits.sort()
    half, most = at_share(waits, 0.5), at_share(waits, 0.95)
    print(f"\nA changed title is found after {half:.2f} s in the median, {most:.2f} at p95")


def print_rebuild(site: Site, rows: Sequence[Row], data: Path) -> None:
    child = subprocess.Popen([BIN / "kb", "reindex"], env=site.environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert not child.returncode, "kb reindex failed"
    text = sum(len("\n".join(texts(row)[1:]).encode()) for row in rows)
    size = index_bytes(site, data)
    cpu = used.ru_utime + used.ru_stime
    print(f"\nRebuild: {cpu:.0f} CPU s of `kb reindex` alone, {used.ru_maxrss / 1024:.0f} MB at most")
    print(f"Index: {size / 1e6:.0f} MB, {size / text:.2f} of the text", flush=True)


def index_bytes(site: Site, data: Path) -> int:
    if url := site.environment.get("KB_DATABASE_URL"):
        tables = "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE relkind = 'r'"
        with psycopg.connect(url) as connection:
            [(size,)] = connection.execute(f"{tables} AND relnamespace = 'search_index'::regnamespace").fetchall()
            return int(size)
    return sum(file.stat().st_size for file in (data / "private" / "index").rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
