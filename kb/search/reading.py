"""What the hits of one answer say and show, looked through for the searched words."""

from collections.abc import Iterable
from typing import NamedTuple

from kb.accounts.rules import Viewer
from kb.hands import hands
from kb.index.contract import Found, Query
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.search.marks import Passages
from kb.search.moments import Looked, look
from kb.search.passages import passages
from kb.search.query import wanted


class Read(NamedTuple):
    passages: list[Passages]
    looked: Looked


class Reader:
    """Loads, reads and looks through each screencast once for one answer: for its place in the order, for its moments
    and to be shown. Whatever the index said, what the viewer may not see is not there.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._loaded: dict[str, Screencast | None] = {}
        self._read: dict[str, Read] = {}

    def screencasts(self, ids: Iterable[str]) -> list[Screencast]:
        """In the order of the ids."""
        ids = list(ids)
        if missing := [each for each in ids if each not in self._loaded]:
            found = {each.id: each for each in queries.by_ids(self._viewer, missing)}
            self._loaded |= {each: found.get(each) for each in missing}
        return [screencast for each in ids if (screencast := self._loaded[each])]

    def read(self, screencasts: Iterable[Screencast], query: Query, found: Found) -> dict[str, Read]:
        """By id. query, found: the same for all calls but for the hits."""
        screencasts = list(screencasts)
        if missing := [each for each in screencasts if each.id not in self._read]:
            analyse = hands().index.analyse
            words = wanted(query, found.corrected, analyse)
            for screencast_id, texts in passages(missing).items():
                self._read[screencast_id] = Read(texts, look(texts, words, analyse, idf=found.idf))
        return {each.id: self._read[each.id] for each in screencasts}
