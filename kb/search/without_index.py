"""Search by the database alone, while the index can't answer: by what is written about screencasts, not by what is
said in them."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from kb.accounts.rules import Viewer, visible
from kb.db import db, now
from kb.index.contract import AGES_DAYS, LENGTHS_MS, Field, Found, Hit, Query
from kb.screencasts import queries
from kb.screencasts.models import Screencast, screencast_tag
from kb.transcripts.models import Transcript

_COLUMNS: dict[Field, tuple[InstrumentedAttribute[str], ...]] = {
    "title": (Screencast.title,),
    "about": (Screencast.purpose, Screencast.description),
}


def search(viewer: Viewer, query: Query, offset: int, limit: int) -> Found:
    """Newest first. Each word, or what the house takes for the same, stands in a title, the notes or a tag."""
    condition = and_(visible(viewer, Screencast), *_worded(query), *_narrowed(query))
    total = db.session.scalar(select(func.count()).select_from(Screencast).where(condition)) or 0
    newest = select(Screencast.id).where(condition).order_by(Screencast.created_at.desc(), Screencast.id.desc())
    return Found(tuple(Hit(each, 0.0) for each in db.session.scalars(newest.offset(offset).limit(limit))), total)


def _worded(query: Query) -> list[ColumnElement[bool]]:
    ways = [[word] for word in query.words]
    for same in query.same:
        for place in range(same.first, same.end):
            ways[place] += [" ".join(words) for words in same.others]
    texts = [*ways, *([" ".join(phrase)] for phrase in query.phrases)]
    held = [or_(*(_holds(text, query.fields) for text in each)) for each in texts]
    return held + [~_holds(word, ()) for word in query.excluded]


def _holds(text: str, fields: tuple[Field, ...]) -> ColumnElement[bool]:
    wanted = fields or tuple(_COLUMNS)
    columns = [column for field in wanted for column in _COLUMNS.get(field, ())]
    found: list[ColumnElement[bool]] = [each.icontains(text, autoescape=True) for each in columns]
    if "about" in wanted:
        tagged = screencast_tag.c.tag_name.icontains(text, autoescape=True)
        found.append(Screencast.id.in_(select(screencast_tag.c.screencast_id).where(tagged)))
    return or_(*found) if found else false()


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
