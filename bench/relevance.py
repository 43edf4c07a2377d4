"""How well searches find what is meant, and the second of it: through the API of a site, beside three other engines.

    .venv/bin/python bench/relevance.py 10000 --seed 2

By hand: the words are fetched from Debian once (see bench/prose.py), and 10,000 rows take minutes to bring in. Choose
constants on seed 1 and report seed 2. With --keep FOLDER a site's data stay there, to be asked again. Prints the
tables of docs/performance.md.
"""

import argparse
import json
import subprocess
import tempfile
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import log2
from pathlib import Path
from typing import NamedTuple

from corpus import corpus
from dialogs import dialogs, pasted
from judged import KINDS, Judged, Row, judged
from same import GROUPS
from spine import BIN, Site, descendants
from yardsticks import found, yardsticks

COUNTED, SAME_MOMENT_S = 10, 30.0
# Several parts of one session count once, so some more are asked for.
ASKED = 20
TOLD = "synonym, house told"


class Hit(NamedTuple):
    """at_s: where it opens; others_s: where its other moments do."""

    row: str
    at_s: float | None = None
    others_s: tuple[float, ...] = ()


# What is typed → hits, best first.
Ask = Callable[[str], list[Hit]]


@dataclass
class Score:
    ranks: list[int | None] = field(default_factory=list)
    # Of those found: how far off it opens, and by how much the nearest of its moments misses.
    off_s: list[tuple[float, float]] = field(default_factory=list)
    cpu_s: float = 0.0

    @property
    def mrr(self) -> float:
        return sum(1 / rank for rank in self.ranks if rank) / len(self.ranks)

    @property
    def ndcg(self) -> float:
        return sum(1 / log2(1 + rank) for rank in self.ranks if rank) / len(self.ranks)

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu_s / len(self.ranks)

    def moments(self, which: int = 0) -> float:
        return sum(off[which] <= SAME_MOMENT_S for off in self.off_s) / max(1, len(self.off_s))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="where the site's data are, or will be")
    parser.add_argument("--alone", action="store_true", help="without the other engines")
    asked = parser.parse_args()
    rows = list(corpus(asked.count))
    queries = judged(rows, seed=asked.seed)
    errors = list(dialogs(seed=asked.seed))
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        with seeded_site(asked.keep or Path(folder) / "talks", rows) as site:
            scores = measured(queries, rows, ask_site(site), lambda: cpu_s(site))
            told = [query for query in queries if query.kind == "synonym"]
            with told_synonyms(site):
                scores[TOLD] = measured(told, rows, ask_site(site), lambda: cpu_s(site))["synonym"]
            print_site(f"{len(rows):,} talks, seed {asked.seed}", scores)
        with seeded_site(Path(folder) / "errors", errors) as site:
            print_site(
                f"{len(errors):,} recordings with words on the screen",
                measured(pasted(errors, seed=asked.seed), errors, ask_site(site), lambda: cpu_s(site)),
            )
        if not asked.alone:
            with yardsticks(Path(folder)) as others:
                print_others(rows, queries, others, scores)


@contextmanager
def seeded_site(data: Path, rows: Sequence[Row], settings: dict[str, str] | None = None) -> Iterator[Site]:
    """settings: more of the environment. A folder that is there already holds the rows."""
    is_new = not data.exists()
    site = Site(data, settings)
    try:
        if is_new:
            site.kb("user", "add", "curator@test.example", "--name", "Curator", "--role", "curator")
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            subprocess.run(
                [BIN / "kb", "seed", "--from", "-"], env=site.environment, input=lines, text=True, check=True
            )
        site.token = site.kb("token", "add", "curator@test.example", "--name", "bench").strip()
        yield site
    finally:
        site.stop()


def ask_site(site: Site) -> Ask:
    def ask(typed: str) -> list[Hit]:
        answer = site.call(f"/search?limit={ASKED}&q={urllib.parse.quote(typed)}")
        return [
            Hit(
                hit["screencast"]["external_id"],
                hit["moments"][0]["start"] if hit["moments"] else None,
                tuple(moment["start"] for moment in hit["moments"]),
            )
            for hit in answer["hits"]
        ]

    return ask


@contextmanager
def told_synonyms(site: Site) -> Iterator[None]:
    told = [site.call("/glossary", {"written": said, "heard": others})["id"] for said, others in GROUPS]
    try:
        yield
    finally:
        for each in told:
            site.call(f"/glossary/{each}", method="DELETE")


def cpu_s(site: Site) -> float:
    """Of the web server alone."""
    ticks = 0
    for pid in descendants(site.process.pid):
        if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes():
            ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / 100


def measured(queries: Iterable[Judged], rows: Sequence[Row], ask: Ask, cpu: Callable[[], float]) -> dict[str, Score]:
    sessions = {row["id"]: row["session"] for row in rows}
    scores: dict[str, Score] = {}
    for query in queries:
        score = scores.setdefault(query.kind, Score())
        began = cpu()
        hits = ask(query.typed)
        score.cpu_s += cpu() - began
        different = list(dict.fromkeys(sessions[hit.row] for hit in hits))[:COUNTED]
        rank = different.index(query.session) + 1 if query.session in different else None
        score.ranks.append(rank)
        right = next((hit for hit in hits if hit.row == query.row), None)
        if rank and right and query.at_s:
            score.off_s.append(_off_s(right, query.at_s))
    return scores


def _off_s(hit: Hit, at_s: Sequence[float]) -> tuple[float, float]:
    def off(opens_s: float) -> float:
        return min(abs(opens_s - each) for each in at_s)

    nearest = min(map(off, hit.others_s), default=float("inf"))
    return off(hit.at_s) if hit.at_s is not None else float("inf"), nearest


def together(scores: dict[str, Score], kinds: Iterable[str]) -> Score:
    chosen = [scores[kind] for kind in kinds if kind in scores]
    return Score(
        [rank for score in chosen for rank in score.ranks],
        [off for score in chosen for off in score.off_s],
        sum(score.cpu_s for score in chosen),
    )


def print_site(title: str, scores: dict[str, Score]) -> None:
    kinds = [kind for kind in scores if kind != TOLD]
    shown = {**scores, "all": together(scores, kinds)}
    print(f"\n{title}\n\n| kind | MRR@10 | nDCG@10 | opens within 30 s | one of its moments | CPU ms |")
    print("|---|---|---|---|---|---|")
    for kind, score in shown.items():
        spots = f"{score.moments():.3f} | {score.moments(1):.3f}" if score.off_s else " | "
        print(f"| {kind} | {score.mrr:.3f} | {score.ndcg:.3f} | {spots} | {score.cpu_ms:.0f} |", flush=True)


def print_others(rows, queries, others, scores) -> None:  # type: ignore[no-untyped-def]
    kinds = [*KINDS, "all"]
    print(f"\n| MRR@10 | {' | '.join(kinds)} | nDCG@10, all | CPU ms |\n|---|{'---|' * (len(kinds) + 2)}")
    print_engine("Showhow", scores)
    for make in others:
        yardstick = make()
        yardstick.add(rows)

        def ask(typed: str, engine=yardstick) -> list[Hit]:  # type: ignore[no-untyped-def]
            return [Hit(row) for row in found(engine, typed, ASKED)]

        print_engine(yardstick.name, measured(queries, rows, ask, yardstick.cpu_s))


def print_engine(name: str, scores: dict[str, Score]) -> None:
    every = together(scores, KINDS)
    each = " | ".join(f"{scores[kind].mrr:.3f}" for kind in KINDS)
    print(f"| {name} | {each} | {every.mrr:.3f} | {every.ndcg:.3f} | {every.cpu_ms:.1f} |", flush=True)


if __name__ == "__main__":
    main()
