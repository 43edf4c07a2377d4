"""Search by the database alone, while the index can't answer: by what is written about screencasts, and by what is said
and shown in the newest of them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from kb.accounts.rules import Viewer, visible
from kb.db import db, now
from kb.index.contract import AGES_DAYS, LENGTHS_MS, Field, Found, Hit, Query
from kb.screencasts import queries
from kb.screencasts.models import Screencast, screencast_tag
from kb.transcripts.models import Chapter, Cue, ScreenLine, Transcript

# Of so many the words that are said and shown are looked through: each word costs a look at all of them.
NEWEST = 1_000

_COLUMNS: dict[Field, tuple[InstrumentedAttribute[str], ...]] = {
    "title": (Screencast.title,),
    "about": (Screencast.purpose, Screencast.description),
}


def search(viewer: Viewer, query: Query, offset: int, limit: int, *, newest: int = NEWEST) -> Found:
    """Newest first. Each word, or what the house takes for the same, stands in a title, the notes or a tag, or is said
    or shown in one of the `newest` that the viewer may see."""
    seen = visible(viewer, Screencast)
    latest = select(Screencast.id).where(seen).order_by(Screencast.created_at.desc()).limit(newest).cte("latest")
    within = Screencast.id.in_(select(latest.c.id))
    found = select(Screencast.id).where(seen, *_narrowed(query), *_worded(query, within))
    ids = db.session.scalars(found.order_by(Screencast.created_at.desc(), Screencast.id.desc())).all()
    return Found(tuple(Hit(each, 0.0) for each in ids[offset : offset + limit]), len(ids))


def _worded(query: Query, within: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    ways = [[word] for word in query.words]
    for same in query.same:
        for place in range(same.first, same.end):
            ways[place] += [" ".join(words) for words in same.others]
    texts = [*ways, *([" ".join(phrase)] for phrase in query.phrases)]
    held = [or_(*(_holds(text, query.fields, within) for text in each)) for each in texts]
    return held + [~_holds(word, (), within) for word in query.excluded]


def _holds(text: str, fields: tuple[Field, ...], within: ColumnElement[bool]) -> ColumnElement[bool]:
    wanted = fields or ("title", "about", "spoken", "screen")
    columns = [column for field in wanted for column in _COLUMNS.get(field, ())]
    found: list[ColumnElement[bool]] = [each.icontains(text, autoescape=True) for each in columns]
    if "about" in wanted:
        tagged = screencast_tag.c.tag_name.icontains(text, autoescape=True)
        found.append(Screencast.id.in_(select(screencast_tag.c.screencast_id).where(tagged)))
    # Last, and `within` first in it: only what nothing else decides is read through.
    found += [and_(within, each.exists()) for field in wanted for each in _said_and_shown(field, text)]
    return or_(*found) if found else false()


def _said_and_shown(field: Field, text: str) -> list[Select[Any]]:
    """Of the screencast of the query around it."""
    own = Screencast.id
    match field:
        case "about":
            words = or_(Chapter.title.icontains(text, autoescape=True), Chapter.text.icontains(text, autoescape=True))
            return [select(Chapter.id).where(Chapter.screencast_id == own, words)]
        case "spoken":
            said = select(Cue.id).join(Cue.transcript).where(Transcript.screencast_id == own)
            return [said.where(Cue.text.icontains(text, autoescape=True))]
        case "screen":
            shown = select(ScreenLine.id).where(ScreenLine.screencast_id == own, ScreenLine.is_hidden.is_(False))
            return [shown.where(ScreenLine.text.icontains(text, autoescape=True))]
    return []


def _narrowed(query: Query) -> list[ColumnElement[bool]]:
    lists = [queries.Wanted(query.category, author=query.author), *(queries.Wanted(tag=tag) for tag in query.tags)]
    conditions = [each for wanted in lists for each in queries.narrowed(wanted)]
    if query.language:
        language = or_(Transcript.language == query.language, Transcript.language.startswith(f"{query.language}-"))
        conditions.append(Screencast.id.in_(select(Transcript.screencast_id).where(language)))
    if query.since:
        conditions.append(Screencast.created_at >= query.since)
    if query.until:
        conditions.append(Screencast.created_at < query.until)
    return conditions + _long(query.length) + _old(query.age)


def _long(length: int | None) -> list[ColumnElement[bool]]:
    if length is None:
        return []
    shortest, longest = (0, *LENGTHS_MS)[length], (*LENGTHS_MS, None)[length]
    conditions = [Screencast.duration_ms > shortest] if length else [Screencast.duration_ms.is_not(None)]
    return conditions + ([Screencast.duration_ms <= longest] if longest else [])


def _old(age: int | None) -> list[ColumnElement[bool]]:
    if age is None:
        return []
    youngest, oldest = (None, *AGES_DAYS)[age], (*AGES_DAYS, None)[age]
    conditions = [Screencast.created_at < now() - timedelta(days=youngest)] if youngest else []
    return conditions + ([Screencast.created_at >= now() - timedelta(days=oldest)] if oldest else [])
