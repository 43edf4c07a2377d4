"""A search as somebody asks for it, and as an address keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from kb.errors import Invalid
from kb.index.contract import Field

SORTS = ("best", "newest", "solved")
# Where a word may stand, as people name it, and as the index does.
SOURCES: Mapping[str, Field] = {"title": "title", "notes": "about", "speech": "spoken", "screen": "screen"}
# In the order of `kb.index.contract`: a value's place is the index's own.
LENGTHS = {"1m": "Up to 1 min", "3m": "1 to 3 min", "10m": "3 to 10 min", "over": "Over 10 min"}
AGES = {"7d": "Last 7 days", "31d": "Last 31 days", "365d": "Last year", "older": "Older"}

# Each is looked up by itself, and answered with a search without it.
MOST_TAGS = 12


@dataclass(frozen=True)
class Asked:
    """typed: the words as typed. The rest are the page's own filters, each by a value of the facet of its name.

    tags: a screencast has all of them.
    """

    typed: str = ""
    category: str | None = None
    tags: tuple[str, ...] = ()
    author: str | None = None
    language: str | None = None
    length: str | None = None
    age: str | None = None
    source: str | None = None
    sort: str = "best"

    @classmethod
    def from_args(cls, args: "MultiDict[str, str] | str") -> "Asked":
        """From the query string of the search page or of the API, or its arguments; others are passed over.

        Raises Invalid for a length, age, source or order that there is none of, and for too many tags.
        """
        if isinstance(args, str):
            args = MultiDict(parse_qsl(args))
        asked = cls(
            typed=args.get("q", ""),
            category=args.get("category") or None,
            tags=tuple(dict.fromkeys(tag for tag in args.getlist("tag") if tag)),
            author=args.get("author") or None,
            language=args.get("language") or None,
            length=args.get("length") or None,
            age=args.get("age") or None,
            source=args.get("source") or None,
            sort=args.get("sort") or "best",
        )
        asked.check()
        return asked

    def address(self) -> str:
        """The query string that asks for this; one search has one."""
        pairs = [("q", self.typed), ("category", self.category), *(("tag", tag) for tag in self.tags)]
        pairs += [(name, getattr(self, name)) for name in ("author", "language", "length", "age", "source")]
        pairs += [("sort", self.sort if self.sort != "best" else None)]
        return urlencode([(name, value) for name, value in pairs if value], errors="replace")

    def check(self) -> None:
        choices = {"sort": SORTS, "length": tuple(LENGTHS), "age": tuple(AGES), "source": tuple(SOURCES)}
        errors = {
            name: [f"Write one of {', '.join(known)}."]
            for name, known in choices.items()
            if getattr(self, name) not in (None, *known)
        }
        if len(self.tags) > MOST_TAGS:
            errors["tag"] = [f"Take at most {MOST_TAGS} tags."]
        if errors:
            raise Invalid("The search needs a correction.", errors=errors)
