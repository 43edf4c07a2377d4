"""The vectors of all passages, in files that readers map into memory while one writer adds to them.

root/MODEL/vectors-N holds rows of float32, to which rows are only added; root/MODEL/passages.npz says which of them
count, and is replaced as a whole. So whoever is killed leaves rows that nobody asks for, and nothing torn.
"""

import fcntl
import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.meaning.contract import Embedder, Near, Read, Said, Vectors

# Rows that no longer count are dropped when they are more than those that do, and more than these.
WASTE = 1_000
FLOAT_BYTES = 4


@dataclass(frozen=True)
class Table:
    """ids, versions: by screencast. The rest by passage: whose it is (its place in ids), and in which row it stands.

    seen: for which set of visible ids it was last asked, and which screencasts that are.
    """

    rows_in: str = "vectors-0"
    width: int = 0
    rows_written: int = 0
    ids: NDArray[np.str_] = field(default_factory=lambda: np.zeros(0, "U32"))
    versions: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    owners: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    starts_ms: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    ends_ms: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    digests: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))


class VectorStore:
    """Those of one model. One process's readers share what they have read until the files change."""

    def __init__(self, root: Path, model: str) -> None:
        self._root = root
        self._folder = root / model
        self._path = self._folder / "passages.npz"
        self._read: tuple[tuple[int, int], Table, Vectors] | None = None
        self._seen: tuple[Table, frozenset[str], NDArray[np.bool_]] | None = None

    def versions(self) -> dict[str, int]:
        """Return id → version of every screencast whose passages are here."""
        table = self._current()[0]
        return dict(zip(table.ids.tolist(), table.versions.tolist(), strict=True))

    def nearest(self, vector: Vectors, *, visible: frozenset[str], limit: int) -> list[Near]:
        """Return the screencasts of the `limit` nearest passages of those visible, the nearest first."""
        table, vectors = self._current()
        if not len(table.rows) or vector.shape != (table.width,):
            return []
        seen = self._seen_by(table, visible)[table.owners]
        places = np.flatnonzero(seen)
        likeness = (vectors @ vector)[table.rows[places]]
        best = np.argsort(-likeness, kind="stable")[:limit]
        found: dict[int, Near] = {}
        for at in best:
            place, owner = places[at], int(table.owners[places[at]])
            start_ms, end_ms = int(table.starts_ms[place]), int(table.ends_ms[place])
            near = Near(str(table.ids[owner]), float(likeness[at]), start_ms, end_ms, int(table.versions[owner]))
            found.setdefault(owner, near)
        return list(found.values())

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._folder.glob("*"))

    def write(self, read: Mapping[str, Read], embedder: Embedder, *, gone: frozenset[str] = frozenset()) -> None:
        """Add or replace these screencasts, and drop those that are gone; what was embedded before is not again."""
        with self._writing():
            table, vectors = self._current()
            kept = np.array([each not in gone and each not in read for each in table.ids], np.bool_)
            known = dict(zip(table.digests.tolist(), table.rows.tolist(), strict=True))
            passages = [(each, passage) for each, (_, all_of_it) in read.items() for passage in all_of_it]
            digests = [_digest(passage.text) for _, passage in passages]
            new = {digest: passage.text for digest, (_, passage) in zip(digests, passages, strict=True)}
            new = {digest: text for digest, text in new.items() if digest not in known}
            added = embedder.embed(list(new.values()))
            known |= {digest: table.rows_written + at for at, digest in enumerate(new)}
            merged = _merged(table, kept, read, [(each, p, d) for (each, p), d in zip(passages, digests, strict=True)])
            rows = np.array([known[digest] for digest in merged.digests.tolist()], np.int64)
            self._save(merged, rows, table, vectors, added)

    def drop_others(self) -> None:
        """Remove the vectors of other models."""
        for folder in self._root.iterdir():
            if folder.is_dir() and folder != self._folder:
                shutil.rmtree(folder, ignore_errors=True)

    def _save(self, merged: Table, rows: NDArray[np.int64], former: Table, vectors: Vectors, added: Vectors) -> None:
        width = former.width or (added.shape[1] if len(added) else 0)
        total = former.rows_written + len(added)
        counting = np.unique(rows)
        if total - len(counting) > max(WASTE, len(counting)):
            every = np.concatenate([vectors, added]) if len(added) else vectors
            file, total = f"vectors-{int(former.rows_in.partition('-')[2]) + 1}", len(counting)
            self._append(file, 0, every[counting])
            rows = np.searchsorted(counting, rows)
        else:
            file = former.rows_in
            self._append(file, former.rows_written * width * FLOAT_BYTES, added)
        columns = {name: getattr(merged, name) for name in _COLUMNS}
        self._replace(rows_in=np.array(file), width=np.array(width), rows_written=np.array(total), **columns, rows=rows)
        for other in self._folder.glob("vectors-*"):
            if other.name != file:
                other.unlink()

    def _append(self, file: str, at_bytes: int, vectors: Vectors) -> None:
        """After what counts, over what somebody who was killed had begun."""
        with os.fdopen(os.open(self._folder / file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as opened:
            opened.seek(at_bytes)
            opened.write(vectors.astype(np.float32).tobytes())
            opened.flush()
            os.fsync(opened.fileno())

    def _replace(self, **columns: np.ndarray) -> None:
        written = self._path.with_suffix(".new")
        with written.open("wb") as file:
            np.savez(file, **columns)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._path)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _current(self) -> tuple[Table, Vectors]:
        for _ in range(3):
            try:
                stat = self._path.stat()
                signature = (stat.st_ino, stat.st_mtime_ns)
                if self._read is None or self._read[0] != signature:
                    self._read = (signature, *self._load())
                return self._read[1:]
            except FileNotFoundError:
                # None yet; or just now its rows went to another file.
                continue
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                break
        return Table(), np.zeros((0, 0), np.float32)

    def _load(self) -> tuple[Table, Vectors]:
        with np.load(self._path, allow_pickle=False) as held:
            head = {
                "rows_in": str(held["rows_in"]),
                "width": int(held["width"]),
                "rows_written": int(held["rows_written"]),
            }
            table = Table(**head, **{name: held[name] for name in (*_COLUMNS, "rows")})  # type: ignore[arg-type]
        if not table.rows_written:
            return table, np.zeros((0, table.width), np.float32)
        shape = (table.rows_written, table.width)
        return table, np.memmap(self._folder / table.rows_in, np.float32, "r", shape=shape)

    def _seen_by(self, table: Table, visible: frozenset[str]) -> NDArray[np.bool_]:
        kept = self._seen
        if kept is None or kept[0] is not table or kept[1] is not visible:
            seen = np.fromiter((each in visible for each in table.ids.tolist()), np.bool_, len(table.ids))
            self._seen = kept = (table, visible, seen)
        return kept[2]


_COLUMNS = ("ids", "versions", "owners", "starts_ms", "ends_ms", "digests")


def _merged(
    table: Table, kept: NDArray[np.bool_], read: Mapping[str, Read], passages: Sequence[tuple[str, Said, int]]
) -> Table:
    """The kept ones and what was read, without rows."""
    places = np.cumsum(kept) - 1
    rest = kept[table.owners] if len(table.owners) else np.zeros(0, np.bool_)
    first = int(kept.sum())
    owner = {each: first + at for at, each in enumerate(read)}

    def joined(former: np.ndarray, new: Sequence[object]) -> np.ndarray:
        return np.concatenate([former, np.array(new, former.dtype)])

    return Table(
        ids=joined(table.ids[kept], list(read)),
        versions=joined(table.versions[kept], [each.version for each in read.values()]),
        owners=joined(places[table.owners[rest]].astype(np.int32), [owner[each] for each, _, _ in passages]),
        starts_ms=joined(table.starts_ms[rest], [passage.start_ms for _, passage, _ in passages]),
        ends_ms=joined(table.ends_ms[rest], [passage.end_ms for _, passage, _ in passages]),
        digests=joined(table.digests[rest], [digest for _, _, digest in passages]),
    )


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(errors="replace"), digest_size=8).digest(), "little")
