"""What somebody may mean who has typed this much: searches that helped others, titles, categories.

Nothing of what the asker may not see: a search of others is offered only where what it led to is visible to the asker,
and each of its words stands in something that is. Asking for suggestions is no search, and is written down nowhere.
"""

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from flask import current_app
from sqlalchemy import distinct, func, select

from kb.accounts.rules import Viewer
from kb.categories.models import Category
from kb.db import db
from kb.hands import hands
from kb.index.contract import IndexBroken
from kb.screencasts.models import Screencast
from kb.screencasts.queries import seen_by
from kb.search.findable import findable
from kb.search.models import Search
from kb.search.query import parse

log = logging.getLogger(__name__)

MOST_QUERIES, MOST_TITLES, MOST_CATEGORIES = 3, 6, 3
# What is longer was pasted, and is no beginning of anything.
LONGEST_TYPED = 100
# Searches that helped are read this often, the most frequent of them, into each process.
KEPT_S = 60
MOST_KEPT = 2_000

Words = tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """A screencast by its title, or a category by its name."""

    id: str
    name: str


@dataclass(frozen=True)
class Suggestions:
    queries: list[str] = field(default_factory=list)
    screencasts: list[Named] = field(default_factory=list)
    categories: list[Named] = field(default_factory=list)


@dataclass
class Helpful:
    """A search that led to a solution. solved: screencast → for how many it was that. words: as they are looked for."""

    typed: str
    words: Collection[str]
    chunks: Sequence[Words]
    solved: dict[str, int] = field(default_factory=dict)


@dataclass
class Kept:
    """told: of (what an asker may find, a search) whether each of its words stands in that."""

    read_at: float
    searches: list[Helpful]
    told: dict[tuple[frozenset[str], str], bool] = field(default_factory=dict)


def suggestions(viewer: Viewer, typed: str) -> Suggestions:
    """Best first. Without an index the categories alone."""
    words = _starts(typed) if len(typed) <= LONGEST_TYPED else ()
    if not words:
        return Suggestions()
    categories = _categories(words)
    visible = findable(viewer)
    try:
        return Suggestions(_queries(typed, words, visible), _titles(viewer, typed, visible), categories)
    except IndexBroken as broken:
        log.warning("no suggestions", extra={"reason": broken.detail})
        return Suggestions(categories=categories)


def _queries(typed: str, words: Words, visible: frozenset[str]) -> list[str]:
    kept = _kept()
    begun = (each for each in kept.searches if _begin(words, each.words) and each.typed.lower() != typed.lower())
    weighed = [(sum(n for id_, n in each.solved.items() if id_ in visible), each) for each in begun]
    likeliest = sorted((pair for pair in weighed if pair[0]), key=lambda pair: (-pair[0], pair[1].typed))
    told = (each.typed for _, each in likeliest if _is_told(kept, each, visible))
    return list(islice(told, MOST_QUERIES))


def _titles(viewer: Viewer, typed: str, visible: frozenset[str]) -> list[Named]:
    ids = hands().index.suggest(typed, visible=visible, limit=MOST_TITLES)
    query = select(Screencast.id, Screencast.title).where(Screencast.id.in_(ids), seen_by(viewer))
    titles = dict(db.session.execute(query).all())
    return [Named(each, titles[each]) for each in ids if each in titles]


def _categories(words: Words) -> list[Named]:
    """Categories are everybody's; those that begin as typed come before those of which another word does."""
    rows = db.session.execute(select(Category.id, Category.name))
    found = [Named(id_, name) for id_, name in rows if _begin(words, _words(name))]
    found.sort(key=lambda each: (not each.name.lower().startswith(words[0]), each.name.lower()))
    return found[:MOST_CATEGORIES]


def _kept() -> Kept:
    kept: Kept | None = current_app.extensions.get("kb.helpful")
    if not kept or time.monotonic() - kept.read_at > KEPT_S:
        kept = Kept(time.monotonic(), list(_helpful()))
        current_app.extensions["kb.helpful"] = kept
    return kept


def _helpful() -> Iterator[Helpful]:
    # By people, so that none makes their own the most frequent. Each of those who left counts for one.
    often = func.count(distinct(func.coalesce(Search.person_id, Search.id))).label("often")
    rows = db.session.execute(
        select(Search.key, Search.solved_id, func.max(Search.words), often)
        .where(Search.solved_id.is_not(None))
        .group_by(Search.key, Search.solved_id)
        .order_by(often.desc(), Search.key)
        .limit(MOST_KEPT)
    )
    found: dict[str, Helpful] = {}
    for key, solved_id, typed, times in rows:
        # A filter may name a tag or a person that only its searcher knows of.
        if key and not parse(typed).filters:
            each = found.setdefault(key, Helpful(typed, _words(typed), list(_chunks(typed))))
            each.solved[str(solved_id)] = times
    yield from found.values()


def _is_told(kept: Kept, search: Helpful, visible: frozenset[str]) -> bool:
    asked = (visible, search.typed)
    if asked not in kept.told:
        spread = hands().index.spread({stem for stems in search.chunks for stem in stems}, visible=visible)
        kept.told[asked] = all(spread.get(stem) for stems in search.chunks for stem in stems)
    return kept.told[asked]


def _begin(words: Words, others: Iterable[str]) -> bool:
    """Whether each of the words begins one of the others."""
    return all(any(other.startswith(word) for other in others) for word in words)


def _starts(typed: str) -> Words:
    """The words as typed so far, as the index spells them."""
    chunks = (hands().index.analyse(chunk) for chunk in typed.split())
    return tuple(tokens[0].exact for tokens in chunks if tokens)


def _words(text: str) -> frozenset[str]:
    return frozenset(token.exact for token in hands().index.analyse(text))


def _chunks(text: str) -> Iterator[Words]:
    """Of each word its stems, whole and in parts."""
    for chunk in text.split():
        yield tuple(token.stem for token in hands().index.analyse(chunk))
