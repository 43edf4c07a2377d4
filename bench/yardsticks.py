"""Three other engines on the same rows and queries, each as a good hand would set it up in an hour.

All stem English, drop question words, weigh title, description and speech, look for all words and fill up with any of
them. None corrects, completes, knows synonyms or finds the second: what the site adds shows beside them.
"""

import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from judged import Row
from prose import CACHE

from kb.search.query import parse

# Fields, each with what it counts: FTS5 and tantivy weigh within one saturation, PostgreSQL takes at most 1.
WEIGHTS = {"title": 6.0, "about": 2.0, "spoken": 1.0}
TANTIVY = "0.27.0"


class Yardstick(Protocol):
    name: str

    def add(self, rows: Sequence[Row]) -> None: ...
    def search(self, words: Sequence[str], *, every: bool, limit: int) -> list[str]:
        """Return ids, best first, of rows with every word or with any."""

    def cpu_s(self) -> float: ...
    def size_bytes(self) -> int: ...


def found(yardstick: Yardstick, typed: str, limit: int) -> list[str]:
    terms = [term for word in parse(typed).words if (term := _term(word))]
    if not terms:
        return []
    ids = yardstick.search(terms, every=True, limit=limit)
    if len(ids) < min(limit, 10):
        ids += [each for each in yardstick.search(terms, every=False, limit=limit) if each not in ids]
    return ids[:limit]


def _term(word: str) -> str:
    return " ".join("".join(sign if sign.isalnum() else " " for sign in word).split())


def texts(row: Row) -> tuple[str, str, str, str]:
    """(id, title, about, spoken), the screen's words among the last."""
    about = "\n".join((row.get("description", ""), " ".join(row.get("tags", []))))
    timed = [*row.get("cues", []), *row.get("screen", [])]
    return row["id"], row["title"], about, "\n".join(each["text"] for each in timed)


@contextmanager
def yardsticks(folder: Path) -> Iterator[list[Callable[[], Yardstick]]]:
    # As the tests start one: private, and gone at the end.
    sys.path.append(str(Path(__file__).parents[1]))
    from tests.databases import running_server

    with running_server() as server:
        yield [
            lambda: Fts5(folder / "fts5.sqlite3"),
            lambda: Postgres(server.url("postgres")),
            lambda: Tantivy(folder / "tantivy"),
        ]


class Fts5:
    name = f"SQLite FTS5 {sqlite3.sqlite_version}"

    def __init__(self, file: Path) -> None:
        self._file = file
        self._database = sqlite3.connect(file)
        self._database.execute(
            "CREATE VIRTUAL TABLE talk USING fts5"
            "(id UNINDEXED, title, about, spoken, tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')"
        )

    def add(self, rows: Sequence[Row]) -> None:
        with self._database as database:
            database.executemany("INSERT INTO talk VALUES (?, ?, ?, ?)", map(texts, rows))
            database.execute("INSERT INTO talk(talk) VALUES ('optimize')")

    def search(self, words: Sequence[str], *, every: bool, limit: int) -> list[str]:
        sought = (" AND " if every else " OR ").join(f'"{word}"' for word in words)
        weights = ", ".join(map(str, WEIGHTS.values()))
        asked = f"SELECT id FROM talk WHERE talk MATCH ? ORDER BY bm25(talk, 0, {weights}) LIMIT ?"
        return [each for (each,) in self._database.execute(asked, (sought, limit))]

    def cpu_s(self) -> float:
        return time.process_time()

    def size_bytes(self) -> int:
        return sum(size for (size,) in self._database.execute("SELECT length(block) FROM talk_data"))


class Postgres:
    def __init__(self, url: str) -> None:
        self._database = psycopg.connect(url, autocommit=True)
        self.name = f"PostgreSQL {self._database.info.server_version // 10_000}"
        self._pid = self._database.info.backend_pid
        self._run("CREATE TABLE talk (id text, words tsvector)")

    def add(self, rows: Sequence[Row]) -> None:
        words = " || ".join(f"setweight(to_tsvector('english', %s), '{weight}')" for weight in "ABD")
        with self._database.transaction(), self._database.cursor() as cursor:
            cursor.executemany(f"INSERT INTO talk VALUES (%s, {words})", map(_without_zero, map(texts, rows)))
        self._run("CREATE INDEX talk_words ON talk USING gin (words)")
        self._run("ANALYZE talk")

    def search(self, words: Sequence[str], *, every: bool, limit: int) -> list[str]:
        sought = (" & " if every else " | ").join(f"({' <-> '.join(word.split())})" for word in words)
        asked = (
            "SELECT id FROM talk, to_tsquery('english', %s) sought WHERE words @@ sought "
            "ORDER BY ts_rank('{.17, .17, .33, 1}', words, sought, 1) DESC LIMIT %s"
        )
        return [each for (each,) in self._run(asked, (sought, limit))]

    def cpu_s(self) -> float:
        """Of the server's process for this connection, and of this one."""
        after_name = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, after_name[11:13])) / 100 + time.process_time()

    def size_bytes(self) -> int:
        [(size,)] = self._run("SELECT pg_relation_size('talk_words')")
        return int(size)

    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        cursor = self._database.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def _without_zero(row: tuple[str, ...]) -> list[str]:
    return [text.replace("\0", "") for text in row]


class Tantivy:
    """Not among what the site needs: installed beside the corpus when first measured."""

    name = f"tantivy {TANTIVY}"

    def __init__(self, folder: Path) -> None:
        self._tantivy = _tantivy()
        folder.mkdir()
        self._folder = folder
        schema = self._tantivy.SchemaBuilder().add_text_field("id", stored=True, tokenizer_name="raw")
        for field in WEIGHTS:
            schema.add_text_field(field, tokenizer_name="en_stem")
        self._index = self._tantivy.Index(schema.build(), path=str(folder))

    def add(self, rows: Sequence[Row]) -> None:
        writer = self._index.writer(heap_size=128 << 20, num_threads=1)
        for row in rows:
            named = dict(zip(("id", *WEIGHTS), texts(row), strict=True))
            writer.add_document(self._tantivy.Document(**named))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def search(self, words: Sequence[str], *, every: bool, limit: int) -> list[str]:
        sought = " ".join(f'"{word}"' if " " in word else word.lower() for word in words)
        query = self._index.parse_query(sought, list(WEIGHTS), field_boosts=WEIGHTS, conjunction_by_default=every)
        searcher = self._index.searcher()
        return [searcher.doc(address)["id"][0] for _, address in searcher.search(query, limit).hits]

    def cpu_s(self) -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def size_bytes(self) -> int:
        return sum(file.stat().st_size for file in self._folder.iterdir())


def _tantivy() -> Any:
    folder = CACHE / f"tantivy-{TANTIVY}"
    if not folder.exists():
        uv = Path(sys.executable).with_name("uv")
        subprocess.run([uv, "-q", "pip", "install", "--target", folder, f"tantivy=={TANTIVY}"], check=True)
    sys.path.append(str(folder))
    import tantivy

    return tantivy
