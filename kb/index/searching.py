"""What every engine answers alike, from the state that it lends: so the same words find the same screencasts."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.index import states
from kb.index.analysis import Analyser
from kb.index.contract import Found, Hit, Query, Token
from kb.index.facets import Mask
from kb.index.ranking import Ranking
from kb.index.states import Seen


class State(states.State, Protocol):
    """One state of the index, with what is known of documents beside their words."""

    def ids(self, numbers: NDArray[Any] | list[int]) -> list[str]: ...
    def seen_by(self, visible: frozenset[str]) -> Seen: ...
    def passing(self, query: Query, now: datetime) -> Mask:
        """Return which documents pass the query's filters."""

    def created_s(self) -> NDArray[np.float64]: ...
    def counted(self, numbers: NDArray[np.intp], now: datetime) -> Mapping[str, Mapping[str, int]]:
        """Return the facets of these documents, but `source`."""


class Searching(ABC):
    """The half of kb.index.contract.Index that reads."""

    analyser: Analyser

    @abstractmethod
    def reading(self, query: Query | None = None) -> AbstractContextManager[State]:
        """Lend the latest state. query: what will be asked of it."""

    def search(
        self,
        query: Query,
        *,
        visible: frozenset[str],
        offset: int = 0,
        limit: int = 20,
        facets: bool = False,
        now: datetime | None = None,
    ) -> Found:
        now = now or datetime.now(UTC)
        with self.reading(query) as state:
            seen = state.seen_by(visible)
            allowed = seen.mask & state.passing(query, now)
            ranking = Ranking(state, self.analyser, seen=seen, allowed=allowed, fields=query.fields)
            if query.words or query.phrases:
                ranked = ranking.search(query, limit=offset + limit)
            else:
                ranked = ranking.newest(state.created_s(), limit=offset + limit)
            hits = ranked.documents[offset:]
            matched = np.flatnonzero(ranked.matched)
            return Found(
                hits=tuple(map(Hit, state.ids([n for n, _ in hits]), [score for _, score in hits])),
                total=len(matched),
                corrected=ranked.corrected,
                idf=ranked.idf,
                matching=cache(lambda: frozenset(state.ids(matched))),
                facets={**state.counted(matched, now), "source": ranked.fields} if facets else {},
            )

    def suggest(self, typed: str, *, visible: frozenset[str], limit: int = 6) -> list[str]:
        with self.reading() as state:
            seen = state.seen_by(visible)
            return state.ids(Ranking(state, self.analyser, seen=seen, allowed=seen.mask).suggest(typed, limit=limit))

    def spread(self, stems: Iterable[str], *, visible: frozenset[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for each in stems:
            # Lent anew for each, so that a search in between need not wait for all of them.
            with self.reading() as state:
                seen = state.seen_by(visible)
                found |= Ranking(state, self.analyser, seen=seen, allowed=seen.mask).spread([each])
        return found

    def analyse(self, text: str, language: str = "") -> list[Token]:
        return self.analyser.analyse(text, language)
