"""Hits that are called what was typed, or whose title begins so: who remembers a title types its first words."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from kb.db import db
from kb.hands import hands
from kb.index.analysis import fold
from kb.index.contract import Found, Hit
from kb.screencasts.models import Screencast
from kb.search.query import is_filter, parse, without

# One word alone begins too many titles to say which is meant.
FEWEST_WORDS = 2
LONGEST_TYPED = 100
# Titles that hold all words, of which the rest may be about something else.
LOOKED_AT = 20
MOST_CALLED = 5

_TITLES = select(Screencast.id, Screencast.title).where(Screencast.id.in_(bindparam("ids", expanding=True)))


def called(typed: str, found: Found, first: Sequence[Hit], ids: frozenset[str]) -> list[str]:
    """The best first; of `first` and of what else was found. Raises IndexBroken."""
    typed = without(typed, is_filter)
    words = parse(typed)
    if len(typed) > LONGEST_TYPED or words.phrases or words.excluded or len(typed.split()) < FEWEST_WORDS:
        return []
    # As it is typed, "what is de" for "What is Deterministic Profiling?"; and as a question about "Merging branches".
    ways = dict.fromkeys((typed, *([" ".join(words.words)] if len(words.words) >= FEWEST_WORDS else [])))
    suggested = [each for way in ways for each in hands().index.suggest(way, visible=ids, limit=LOOKED_AT)]
    titles = _titles([*(hit.id for hit in first), *suggested])
    starts = tuple(start for way in ways if (start := _letters(way)))
    begun = [each for each, title in titles.items() if _begins(title, starts)]
    known = {hit.id for hit in first}
    return [each for each in begun if each in known or each in found.matched][:MOST_CALLED]


def _titles(ids: Sequence[str]) -> Mapping[str, str]:
    """In the order of the ids."""
    titles = dict(db.session.execute(_TITLES, {"ids": list(ids)}).all())
    return {each: titles[each] for each in ids if each in titles}


def _begins(title: str, starts: tuple[str, ...]) -> bool:
    telling = parse(title).words
    return any(_letters(way).startswith(starts) for way in (title, " ".join(telling)))


def _letters(text: str) -> str:
    """Whatever stands between the words, and however compounds are written."""
    return "".join(filter(str.isalnum, fold(text)))
