"""What a search answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.screencasts.models import Screencast
from kb.search.asked import Asked
from kb.search.moments import Moment


@dataclass(frozen=True)
class AnsweredHit:
    """lacks: which of the searched words it holds in no form."""

    screencast: Screencast
    score: float
    title_html: str
    moments: list[Moment]
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facet:
    """value: what the filter of the same name takes. count: of all hits, those that the asker would keep by it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Narrowing:
    """One filter that holds. name: as in the address, or `before` and `after`. without: the same search without it.

    value: of the facet of that name.
    """

    name: str
    value: str
    label: str
    without: Asked


@dataclass(frozen=True)
class Understood:
    """What was made of the typed words. corrected: word as typed → what was searched instead of it.

    lines: of something pasted the most telling lines, which alone were searched.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[Narrowing, ...] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Broader:
    """A search near one that found nothing, and how many hits it has. label: what it leaves out."""

    label: str
    asked: Asked
    total: int


@dataclass(frozen=True)
class Shower:
    """Somebody who has shown things close to what was searched for. count: how many of the closest."""

    person_id: str
    name: str
    count: int


@dataclass(frozen=True)
class Nearby:
    """Where to go from a search that found nothing. words: a word nobody said → the nearest that somebody did.

    broader: the same search without each of its filters. people: who has shown things close to it.
    """

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    broader: tuple[Broader, ...] = ()
    people: tuple[Shower, ...] = ()


@dataclass(frozen=True)
class Answer:
    """did_you_mean: the typed words as corrected, by which was searched; as_typed: the search that corrects nothing.

    notes: sentences about what could not be taken as typed. nearby: only where nothing was found.
    close: on the first page, what none of the words leads to and that is about the same; in no total and no facet.
    degraded: the index can't answer at the moment; the database was looked through instead.
    search_id: what the log of searches calls it; None for later pages.
    """

    asked: Asked
    hits: list[AnsweredHit] = field(default_factory=list)
    total: int = 0
    took_ms: float = 0.0
    did_you_mean: str | None = None
    as_typed: Asked | None = None
    facets: dict[str, list[Facet]] = field(default_factory=dict)
    next_offset: int | None = None
    degraded: bool = False
    notes: tuple[str, ...] = ()
    understood: Understood = Understood()
    nearby: Nearby | None = None
    close: list[AnsweredHit] = field(default_factory=list)
    search_id: str | None = None

    @property
    def query(self) -> str:
        return self.asked.typed
