"""Reading and writing the files of Whoosh.

Written to the API that Whoosh 2.7.4 and whoosh3 share; the pinned 2.7.4 is the calmer of the two. Its files hold
pickles, so whoever can write the folder runs code: it is never restored from a backup, but rebuilt.
"""

import errno
import os
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kb.errors import KbError, NoRoom
from kb.index.contract import Document, IndexBroken, Query
from kb.index.folders import Folders
from kb.index.searching import Searching
from kb.index.stemming import ANALYSER
from kb.index.whoosh.codec import Codec
from kb.index.whoosh.merging import merge_all, merge_small
from kb.index.whoosh.postings import Postings
from kb.index.whoosh.schema import FORMAT, schema, values
from kb.index.whoosh.segment import Segment
from kb.index.whoosh.snapshot import Snapshot, opened

with warnings.catch_warnings():
    # See kb/index/whoosh/schema.py.
    warnings.simplefilter("ignore")
    from whoosh.index import create_in  # type: ignore[import-untyped]


class WhooshIndex(Searching):
    """Safe to share between threads; a fork opens its own. Readers never wait for a writer."""

    analyser = ANALYSER

    def __init__(self, folder: Path, *, patience_s: float = 10.0) -> None:
        self._folders = Folders(folder, format=FORMAT)
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._open: tuple[int, Snapshot] | None = None

    def versions(self) -> dict[str, int]:
        with self.reading() as state:
            return dict(state.versions())

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
                index = opened(folder)
                with index.searcher() as searcher, _writer(index) as writer:
                    for gone in {*deleted, *latest}:
                        writer.delete_by_term("id", gone, searcher=searcher)
                    for document in latest.values():
                        writer.add_document(**values(document))

    def optimize(self) -> None:
        with self._folders.writing(patience_s=self._patience_s):
            folder = self._folders.current()
            with _broken_if_torn(), _writer(opened(folder)) as writer:
                writer.mergetype = merge_all

    def rebuild(self, documents: Iterable[Document]) -> None:
        with self._folders.writing(patience_s=self._patience_s), _said_if_full(), self._folders.replacing() as folder:
            index = create_in(str(folder), schema())
            with _writer(index) as writer:
                for document in documents:
                    writer.add_document(**values(document))

    @contextmanager
    def reading(self, query: Query | None = None) -> Iterator[Snapshot]:
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


def _writer(index: Any) -> Any:
    # Without Whoosh's own lock: ours is held, and a writer that failed on a full disk would keep that one until it is
    # collected.
    writer = index.writer(codec=Codec(), _lk=False)
    writer.pool = Postings(Path(index.storage.folder))
    writer.mergetype = merge_small
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
