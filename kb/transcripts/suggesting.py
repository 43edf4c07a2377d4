"""What colleagues keep correcting in the same way, for the glossary."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from sqlalchemy import and_, func, select

from kb.accounts.rules import Viewer
from kb.categories.glossary import glossary
from kb.categories.spellings import key
from kb.db import db
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.transcripts.models import Revision

# Transcripts that people corrected last; what recurs, recurs among those.
TRANSCRIPTS = 300
# In so many of them at least the same correction stands.
AT_LEAST = 2
# A name is seldom longer; more is a sentence that somebody wrote anew.
MOST_WORDS = 4
BY_PEOPLE = ("edited", "proposed")
Cues = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Suggestion:
    """count: in how many transcripts."""

    heard: str
    written: str
    count: int


def suggestions(viewer: Viewer, limit: int) -> list[Suggestion]:
    """What was corrected the same way in several transcripts of what the viewer may see, the most frequent first."""
    known = glossary().spellings
    counts = Counter(pair for pairs in _corrected(viewer) for pair in pairs)
    found = [
        Suggestion(heard, written, count)
        for (heard, written), count in counts.items()
        if count >= AT_LEAST and known.corrected(heard) != written
    ]
    return sorted(found, key=lambda each: (-each.count, key(each.written), each.heard))[:limit]


def names_in(before: Cues, after: Cues) -> set[tuple[str, str]]:
    """What is heard and what is written instead, of names alone: else "there" would become "their" everywhere. Pure."""
    is_now = {cue[0]: str(cue[2]) for cue in after}
    pairs = ((str(cue[2]), is_now.get(cue[0])) for cue in before)
    return {pair for was, new in pairs if new and new != was for pair in _replaced(was, new) if _is_name(*pair)}


def _corrected(viewer: Viewer) -> Iterator[set[tuple[str, str]]]:
    """Of each transcript what people made of what they found."""
    for _, rows in groupby(_firsts_and_lasts(viewer), key=lambda row: (row.screencast_id, row.language)):
        first, *last = rows
        if last:
            yield names_in(first.cues, last[0].cues)


def _firsts_and_lasts(viewer: Viewer) -> Iterable[Any]:
    """A few at a time: of an hour's recording each takes a megabyte."""
    own = (Revision.screencast_id, Revision.language)
    corrected = (
        select(*own, func.max(Revision.number).label("last"))
        .join(Screencast, Screencast.id == Revision.screencast_id)
        .where(queries.seen_by(viewer), Revision.cause.in_(BY_PEOPLE))
        .group_by(*own)
        .order_by(func.max(Revision.changed_at).desc())
        .limit(TRANSCRIPTS)
        .subquery()
    )
    same = and_(Revision.screencast_id == corrected.c.screencast_id, Revision.language == corrected.c.language)
    query = select(*own, Revision.cues).join(corrected, same).where(Revision.number.in_((1, corrected.c.last)))
    return db.session.execute(query.order_by(*own, Revision.number).execution_options(yield_per=10))


def _replaced(before: str, after: str) -> Iterator[tuple[str, str]]:
    was, is_now = _words(before), _words(after)
    for kind, a, b, c, d in SequenceMatcher(None, was, is_now, autojunk=False).get_opcodes():
        if kind == "replace" and b - a <= MOST_WORDS and d - c <= MOST_WORDS:
            yield key(" ".join(was[a:b])), " ".join(is_now[c:d])


def _is_name(heard: str, written: str) -> bool:
    return len(heard) > 1 and key(written) != heard and any(sign.isupper() or sign.isdecimal() for sign in written)


def _words(text: str) -> list[str]:
    """Without the commas and stops that hang on them."""
    words = (word.strip(",.;:!?…\"'“”„«»()[]") for word in text.split())
    return [word for word in words if word]
