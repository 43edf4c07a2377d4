"""What the search needs from a full-text index, whichever engine keeps it.

The database is the truth: an index may be stale or gone at any time and is made again from it with `rebuild`.
One screencast is one document; its cues and times stay in the database, where `kb.search.moments` finds the second.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from kb.errors import KbError

# Where a word may stand.
Field = Literal["title", "about", "spoken", "screen"]
# Facets of length and age: a value is the place of the first limit that is not exceeded, counted from 0.
LENGTHS_MS = (60_000, 180_000, 600_000)
AGES_DAYS = (7, 31, 365)


class IndexBroken(KbError):
    """The index is missing, torn or of another format. Answer from the database, say so, and `rebuild` in a worker."""

    status = 503
    code = "index-broken"
    title = "The search index needs a rebuild"


class IndexBusy(KbError):
    """Another process has been writing for too long. Nothing was written; try again later."""

    status = 503
    code = "index-busy"
    title = "The search index is being written"


@dataclass(frozen=True)
class Document:
    """One screencast as the index sees it. `version` grows with every change, so that a sweep can find stale ones."""

    id: str
    title: str
    about: str = ""  # purpose, description and tags
    spoken: str = ""
    doubtful: str = ""  # those of the spoken words that an engine was not sure of, each as often as it was not
    translations: tuple[tuple[str, str], ...] = ()  # what is said in other languages as well: each with its text
    screen: str = ""
    category_path: tuple[str, ...] = ()  # ids from the root to the leaf: a search in a category finds its children's
    tags: tuple[str, ...] = ()
    author: str = ""
    language: str = ""  # of what is said and written (BCP 47), English if unknown; by it the words are stemmed
    duration_ms: int | None = None
    created_at: datetime = datetime.min
    version: int = 0


class Same(NamedTuple):
    """The words of a query from `first` to before `end`, and what the house takes for the same, each in its words."""

    first: int
    end: int
    others: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Query:
    """words: as typed, question words already dropped. Without words and phrases it asks for all, newest first.

    same: what counts as these words too, slightly less than they themselves. fields: where the words must stand, all
    places if empty. language: said or written in it, whichever its region. since, until: created_at from and before
    then. length, age: values of those facets; what has no known length has none of the former.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    last_is_prefix: bool = False
    category: str | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    same: tuple[Same, ...] = ()
    fields: tuple[Field, ...] = ()
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    length: int | None = None
    age: int | None = None


@dataclass(frozen=True)
class Hit:
    id: str
    score: float


@dataclass(frozen=True)
class Found:
    """total: all that can be reached by paging. corrected: typed word → the word searched instead of it.

    idf: stem, as `analyse` gives it without a language → how telling the word is (its inverse document frequency), for
    every word that was searched. matching: makes `matched`, the ids of all hits, to order them by something that no
    index knows; what is only counted is in the facets, and costs less. facets: of all hits, where the search asked for
    them; name → value → how many. Names: category (with those above it), tag, author, language (primary subtags),
    length, age, and source, the fields that hold a word.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    corrected: Mapping[str, str] = field(default_factory=dict)
    idf: Mapping[str, float] = field(default_factory=dict)
    matching: Callable[[], frozenset[str]] = frozenset
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def matched(self) -> frozenset[str]:
        return self.matching()


class Token(NamedTuple):
    """A word in a text: `text[start:end]`. `part` of a compound such as snake_case, which is a token itself, too."""

    stem: str
    exact: str
    start: int
    end: int
    part: bool = False


class Index(Protocol):
    """`visible` holds the ids that the asker may see, from the database at query time. It goes into every query, so
    that hits, totals, corrections and suggestions never reveal another's, however stale the index is.

    Every method but `analyse` and `is_healthy` raises IndexBroken.
    """

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        """Add or replace documents and drop the deleted, in one commit; writing the same again changes nothing.

        Raises IndexBusy if another process writes for longer than a few seconds.
        """

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
        """Best first: all words, then (if those are few) any of them. Unknown words are corrected.

        facets: count them too. now: from when ages are counted, in UTC; the present if None.
        """

    def suggest(self, typed: str, *, visible: frozenset[str], limit: int = 6) -> list[str]:
        """Return ids of screencasts whose title has all typed words, each from its start."""

    def spread(self, stems: Iterable[str], *, visible: frozenset[str]) -> dict[str, int]:
        """Return of each stem, as `analyse` gives it, in how many of the visible documents it stands."""

    def analyse(self, text: str, language: str = "") -> list[Token]:
        """Return the words of a text by the very analysis that the index uses. It never looks across white space.

        language: of the text (BCP 47); English if it is not known. It decides the stems alone: the same text has the
        same tokens in every language.
        """

    def versions(self) -> dict[str, int]:
        """Return id → version of every document in the index."""

    def optimize(self) -> None:
        """Merge what many writes have left, so that a search looks into less. It changes no answer, and reads all.

        Raises IndexBusy as `write` does.
        """

    def is_healthy(self) -> str | None:
        """Return None, or a sentence saying what is wrong."""

    def rebuild(self, documents: Iterable[Document]) -> None:
        """Build anew beside the present index, which answers until one atomic switch. Also makes the first index."""
