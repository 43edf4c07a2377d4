"""The index kept by Whoosh, in files below one private folder.

Written to the API that Whoosh 2.7.4 and whoosh3 share; the pinned 2.7.4 is the calmer of the two. Its files hold
pickles, so whoever can write the folder runs code: it is never restored from a backup, but rebuilt.
"""

import errno
import os
import threading
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.errors import KbError, NoRoom
from kb.index.analysis import Analyser
from kb.index.contract import Document, Found, Hit, IndexBroken, Query, Token
from kb.index.corrections import is_ordinary
from kb.index.folders import Folders
from kb.index.postings import Postings
from kb.index.ranking import Ranking, norms, starts_of, weight
from kb.index.segment import Segment

with warnings.catch_warnings():
    # Whoosh 2.7.4 was written before Python warned of unknown escapes in strings; every start would say so.
    warnings.simplefilter("ignore")
    from whoosh import fields, formats  # type: ignore[import-untyped]
    from whoosh import query as whoosh_query
    from whoosh.codec.whoosh3 import W3Codec  # type: ignore[import-untyped]
    from whoosh.index import create_in, open_dir  # type: ignore[import-untyped]
    from whoosh.lang.porter2 import stem  # type: ignore[import-untyped]
    from whoosh.system import pack_uint  # type: ignore[import-untyped]

# Say another name whenever the fields or the analysis change: an index of the former is then rebuilt.
FORMAT = "whoosh-2"

ANALYSER = Analyser(stem)


class Stems(formats.Positions):  # type: ignore[misc]
    """Each stem with its places. These formats find the words themselves: Whoosh's analysers cost twice the time."""

    def word_values(self, value: str, analyzer: None, **kwargs: Any) -> Iterator[tuple[str, int, float, bytes]]:
        places: defaultdict[str, list[int]] = defaultdict(list)
        for token, position in ANALYSER.placed(value):
            places[token.stem].append(position)
        for stem_, positions in places.items():
            yield stem_, len(positions), float(len(positions)), self.encode(positions)


class Spoken(Stems):
    """From two texts: what was said, and those words of it that the engine was not sure of."""

    def word_values(self, value: Any, analyzer: None, **kwargs: Any) -> Iterator[tuple[str, int, float, bytes]]:
        spoken, doubtful = value
        doubts = Counter(token.stem for token, _ in ANALYSER.placed(doubtful))
        for stem_, count, _, places in super().word_values(spoken, analyzer, **kwargs):
            yield stem_, count, weight(count, doubts[stem_]), places


class OrdinaryWords(formats.Existence):  # type: ignore[misc]
    """The words as written, for corrections."""

    def word_values(self, value: str, analyzer: None, **kwargs: Any) -> Iterator[tuple[str, int, float, bytes]]:
        exact = {token.exact for chunk in set(ANALYSER.words(value)) for token in chunk.tokens}
        return ((word, 1, 1.0, b"") for word in exact if is_ordinary(word))


class Starts(formats.Frequency):  # type: ignore[misc]
    def word_values(self, value: str, analyzer: None, **kwargs: Any) -> Iterator[tuple[str, int, float, bytes]]:
        for start, count in Counter(starts_of(ANALYSER, value)).items():
            yield start, count, float(count), pack_uint(count)


class Codec(W3Codec):  # type: ignore[misc]
    """Whoosh's own, without what its scorers would need and ours don't: the lengths of fields with every posting."""

    length_stats = False

    def __init__(self) -> None:
        # The lightest compression gives files of the same size for a fifth less time.
        super().__init__(compression=1)


def _schema() -> Any:
    return fields.Schema(
        id=fields.ID(unique=True, stored=True),
        version=fields.STORED,
        created=fields.STORED,
        title=fields.FieldType(Stems(), None, scorable=True),
        about=fields.FieldType(Stems(), None, scorable=True),
        spoken=fields.FieldType(Spoken(), None, scorable=True),
        screen=fields.FieldType(Stems(), None, scorable=True),
        starts=fields.FieldType(Starts(), None, scorable=True),
        words=fields.FieldType(OrdinaryWords(), None),
        category=fields.ID,
        tags=fields.ID,
        author=fields.ID,
    )


class Snapshot:
    """One state of the index, which no writer changes any more. Implements kb.index.ranking.State."""

    def __init__(self, folder: Path, former: Mapping[str, Segment]) -> None:
        self.folder = folder
        self._index = _opened(folder)
        # Read before the searcher is made: if a commit falls between the two we only reopen once more.
        self._generation = self._index.latest_generation()
        self._searcher = self._index.searcher()
        self.segments: dict[str, Segment] = {}
        self._leaves: list[tuple[Any, int, Segment]] = []
        self.stored: dict[int, dict[str, Any]] = {}
        for reader, base in self._searcher.reader().leaf_readers():
            if reader.segment():  # An empty index has a reader of nothing.
                self._add(reader, base, former)
        self.norms = lru_cache(self._norms)
        self.seen_by = lru_cache(16)(self._seen_by)

    def _add(self, reader: Any, base: int, former: Mapping[str, Segment]) -> None:
        name = reader.segment().segment_id()
        segment = self.segments[name] = former.get(name) or Segment(reader)
        self._leaves.append((reader, base, segment))
        is_deleted = reader.is_deleted
        self.stored |= {base + n: stored for n, stored in segment.stored.items() if not is_deleted(n)}

    def is_latest(self) -> bool:
        return bool(self._index.latest_generation() == self._generation)

    def close(self) -> None:
        self._searcher.close()

    def counts(self, field: str, term: str) -> Iterator[tuple[int, float]]:
        for reader, base, segment in self._leaves:
            for n, count in zip(*segment.counts(reader, field, term), strict=True):
                yield base + n, count

    def _norms(self, field: str) -> list[float]:
        return norms([length for reader, _, segment in self._leaves for length in segment.lengths(reader, field)])

    def phrase(self, field: str, terms: Sequence[str]) -> Collection[int]:
        phrase = whoosh_query.Phrase(field, list(terms))
        leaves = self._searcher.leaf_searchers()
        return {base + n for leaf, base in leaves for n in phrase.matcher(leaf, leaf.boolean_context()).all_ids()}

    def near(self, word: str) -> Iterable[str]:
        for reader, _, segment in self._leaves:
            yield from segment.vocabulary(reader).near(word)

    def _seen_by(self, visible: frozenset[str]) -> frozenset[int]:
        return frozenset(n for n, stored in self.stored.items() if stored["id"] in visible)


class WhooshIndex:
    """Safe to share between threads; a fork opens its own. Readers never wait for a writer."""

    def __init__(self, folder: Path, *, patience_s: float = 10.0) -> None:
        self._folders = Folders(folder, format=FORMAT)
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._open: tuple[int, Snapshot] | None = None

    def search(self, query: Query, *, visible: frozenset[str], offset: int = 0, limit: int = 20) -> Found:
        with self._reading() as state:
            seen = state.seen_by(visible)
            allowed = _filtered(state, query, seen)
            if not query.words and not query.phrases:
                newest = sorted(allowed, key=lambda n: (state.stored[n]["created"], n), reverse=True)
                return _found(state, [(n, 0.0) for n in newest[offset : offset + limit]], newest)
            ranked = Ranking(state, ANALYSER, visible=seen, allowed=allowed).search(query, limit=offset + limit)
            found = _found(state, ranked.documents[offset:], ranked.matched)
            return replace(found, corrected=ranked.corrected, idf=ranked.idf)

    def suggest(self, typed: str, *, visible: frozenset[str], limit: int = 6) -> list[str]:
        with self._reading() as state:
            seen = state.seen_by(visible)
            found = Ranking(state, ANALYSER, visible=seen, allowed=seen).suggest(typed, limit=limit)
            return [state.stored[n]["id"] for n in found]

    def spread(self, stems: Iterable[str], *, visible: frozenset[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in stems:
            # Lent anew for each, so that a search in between need not wait for all of them.
            with self._reading() as state:
                seen = state.seen_by(visible)
                found |= Ranking(state, ANALYSER, visible=seen, allowed=seen).spread([each])
        return found

    def analyse(self, text: str) -> list[Token]:
        return ANALYSER.analyse(text)

    def versions(self) -> dict[str, int]:
        with self._reading() as state:
            return {stored["id"]: stored["version"] for stored in state.stored.values()}

    def is_healthy(self) -> str | None:
        try:
            self.versions()
        except IndexBroken as broken:
            return broken.detail
        return None

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        # Of two documents for one id the later counts; Whoosh would keep both.
        latest = {document.id: document for document in documents}
        with self._folders.writing(patience_s=self._patience_s):
            folder = self._folders.current()
            with _broken_if_torn():
                index = _opened(folder)
                with index.searcher() as searcher, _writer(index) as writer:
                    for gone in {*deleted, *latest}:
                        writer.delete_by_term("id", gone, searcher=searcher)
                    for document in latest.values():
                        writer.add_document(**_fields(document))

    def rebuild(self, documents: Iterable[Document]) -> None:
        with self._folders.writing(patience_s=self._patience_s), _said_if_full(), self._folders.replacing() as folder:
            index = create_in(str(folder), _schema())
            with _writer(index) as writer:
                for document in documents:
                    writer.add_document(**_fields(document))

    @contextmanager
    def _reading(self) -> Iterator[Snapshot]:
        """Lend the latest state. One at a time: Whoosh doesn't promise more, and the work holds the GIL anyway."""
        with self._lock, _broken_if_torn():
            yield self._latest()

    def _latest(self) -> Snapshot:
        folder, process = self._folders.current(), os.getpid()
        former: Mapping[str, Segment] = {}
        if self._open:
            opener, snapshot = self._open
            if opener == process and snapshot.folder == folder and snapshot.is_latest():
                return snapshot
            self._open = None
            former = snapshot.segments
            # A forked process shares the files of its parent, which goes on reading them.
            if opener == process:
                snapshot.close()
        snapshot = Snapshot(folder, former)
        self._open = process, snapshot
        return snapshot


def _opened(folder: Path) -> Any:
    """A commit deletes the table of contents before it, perhaps between Whoosh's seeing and its opening that."""
    try:
        return open_dir(str(folder), schema=_schema())
    except FileNotFoundError:
        time.sleep(0.02)
        return open_dir(str(folder), schema=_schema())


def _writer(index: Any) -> Any:
    # Without Whoosh's own lock: ours is held, and a writer that failed on a full disk would keep that one until it is
    # collected.
    writer = index.writer(codec=Codec(), _lk=False)
    writer.pool = Postings(Path(index.storage.folder))
    return writer


@contextmanager
def _broken_if_torn() -> Iterator[None]:
    """Whoosh meets torn files with whatever their bytes lead to (struct, pickle, assertion, index errors …)."""
    try:
        with _said_if_full():
            yield
    except KbError:
        raise
    except Exception as error:
        raise IndexBroken("The search index can't be read.") from error


@contextmanager
def _said_if_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NoRoom("There is no room left for the search index.") from error


def _filtered(state: Snapshot, query: Query, seen: frozenset[int]) -> Collection[int]:
    wanted = [("category", query.category), ("author", query.author), *(("tags", tag) for tag in query.tags)]
    for field, value in wanted:
        if value is not None:
            seen = seen.intersection(n for n, _ in state.counts(field, value))
    return seen


def _found(state: Snapshot, documents: Iterable[tuple[int, float]], matched: Collection[int]) -> Found:
    return Found(
        hits=tuple(Hit(state.stored[n]["id"], score) for n, score in documents),
        total=len(matched),
        matched=frozenset(state.stored[n]["id"] for n in matched),
    )


def _fields(document: Document) -> dict[str, Any]:
    texts = {
        "title": document.title,
        "about": document.about,
        "spoken": document.spoken,
        "screen": document.screen,
    }
    return {
        **texts,
        "spoken": (document.spoken, document.doubtful),
        "id": document.id,
        "version": document.version,
        "created": document.created_at.isoformat(),
        "starts": document.title,
        "words": "\n".join(texts.values()),
        "category": list(document.category_path),
        "tags": list(document.tags),
        "author": document.author,
    }
