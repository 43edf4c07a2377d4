"""What the index gets of a screencast."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from kb.categories.actions import path_of
from kb.db import db
from kb.index.contract import Document
from kb.screencasts.models import Screencast
from kb.search.passages import about, language_of, more_passages
from kb.transcripts.doubt import doubtful_words
from kb.transcripts.models import Chapter, Cue, ScreenLine, Transcript

BATCH = 200


def documents(screencast_ids: list[str]) -> list[Document]:
    """One document for each that is there and not in the trash; the others should leave the index."""
    query = (
        select(Screencast)
        .where(Screencast.id.in_(screencast_ids), Screencast.trashed_at.is_(None))
        .options(joinedload(Screencast.category), selectinload(Screencast.tags))
    )
    found = db.session.scalars(query).all()
    ids = [screencast.id for screencast in found]
    spoken, screen, chapters, more = _spoken(ids), _screen(ids), _chapters(ids), _more(ids)
    return [_document(each, spoken[each.id], screen[each.id], chapters[each.id], more[each.id]) for each in found]


def every_document() -> Iterator[Document]:
    """All of them, in batches, so that a rebuild needs little memory."""
    last = ""
    while ids := list(
        db.session.scalars(select(Screencast.id).where(Screencast.id > last).order_by(Screencast.id).limit(BATCH))
    ):
        yield from documents(ids)
        last = ids[-1]
        db.session.rollback()


@dataclass
class _Said:
    """In one language, a cue a line. doubtful: those of the words that an engine was not sure of."""

    cues: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


def _spoken(screencast_ids: list[str]) -> dict[str, dict[str, _Said]]:
    """By screencast and language."""
    said: dict[str, dict[str, _Said]] = {each: {} for each in screencast_ids}
    for screencast_id, language, text, words in db.session.execute(
        select(Transcript.screencast_id, Transcript.language, Cue.text, Cue.words)
        .join(Cue.transcript)
        .where(Transcript.screencast_id.in_(screencast_ids))
        .order_by(Transcript.screencast_id, Transcript.language, Cue.start_ms)
    ):
        here = said[screencast_id].setdefault(language, _Said())
        here.cues.append(text)
        here.doubtful += doubtful_words(text, words)
    return said


def _screen(screencast_ids: list[str]) -> dict[str, str]:
    return _joined(
        select(ScreenLine.screencast_id, ScreenLine.text)
        .where(ScreenLine.screencast_id.in_(screencast_ids), ScreenLine.is_hidden.is_(False))
        .order_by(ScreenLine.screencast_id, ScreenLine.start_ms, ScreenLine.id)
    )


def _chapters(screencast_ids: list[str]) -> dict[str, str]:
    return _joined(
        select(Chapter.screencast_id, Chapter.title + "\n" + func.coalesce(Chapter.text, ""))
        .where(Chapter.screencast_id.in_(screencast_ids))
        .order_by(Chapter.screencast_id, Chapter.start_ms)
    )


def _more(screencast_ids: list[str]) -> dict[str, str]:
    texts: dict[str, list[str]] = defaultdict(list)
    for source in more_passages:
        for screencast_id, found in source(screencast_ids).items():
            texts[screencast_id] += [passage.text for passage in found]
    return {each: "\n".join(texts[each]) for each in screencast_ids}


def _joined(query: Select[str, str]) -> dict[str, str]:
    """By screencast: all its texts, one a line; empty where it has none."""
    texts: dict[str, list[str]] = defaultdict(list)
    for screencast_id, text in db.session.execute(query):
        texts[screencast_id].append(text)
    return defaultdict(str, {screencast_id: "\n".join(lines) for screencast_id, lines in texts.items()})


def _document(screencast: Screencast, spoken: dict[str, _Said], screen: str, chapters: str, more: str) -> Document:
    tags = tuple(tag.name for tag in screencast.tags)
    language = language_of(screencast)
    said = spoken.pop(language, _Said())
    return Document(
        id=screencast.id,
        title=screencast.title,
        about="\n".join(filter(None, (about(screencast), chapters, more))),
        spoken="\n".join(said.cues),
        doubtful="\n".join(said.doubtful),
        translations=tuple((other, "\n".join(said.cues)) for other, said in spoken.items()),
        screen=screen,
        category_path=tuple(category.id for category in path_of(screencast.category)),
        tags=tags,
        author=screencast.author_id,
        language=language,
        duration_ms=screencast.duration_ms,
        created_at=screencast.created_at,
        version=screencast.version,
    )
