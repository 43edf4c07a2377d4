"""What the index gets of a screencast, and the passages in which a moment is looked for."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from kb.categories.actions import path_of
from kb.db import db
from kb.index.contract import Document
from kb.screencasts.models import Screencast
from kb.search.marks import Heard, Passage, TimedWord
from kb.transcripts.doubt import doubtful_words
from kb.transcripts.models import Chapter, Cue, ScreenLine, Transcript, WordsFrom

BATCH = 200
# Rows of tables, not of mapped classes, cost half; and thousands are read for a search.
_SPOKEN, _CUE = Transcript.__table__.c, Cue.__table__.c

# Words with a time that an upper noun keeps: screencasts → the passages of each. They are found, and are moments.
more_passages: list[Callable[[Collection[str]], dict[str, list[Passage]]]] = []


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


def passages(screencasts: Iterable[Screencast]) -> dict[str, list[Passage]]:
    """By screencast: its title and what is written about it (at the start), and what is said and shown when."""
    language = {screencast.id: language_of(screencast) for screencast in screencasts}
    by_id = {
        screencast.id: [
            Passage(0, 0, text, "title", language=language[screencast.id])
            for text in (screencast.title, _about(screencast))
            if text
        ]
        for screencast in screencasts
    }
    for screencast_id, spoken, cue_id, start_ms, end_ms, said in db.session.execute(
        select(_SPOKEN.screencast_id, _SPOKEN.language, _CUE.id, _CUE.start_ms, _CUE.end_ms, _CUE.text)
        .join_from(Transcript.__table__, Cue.__table__)
        .where(_SPOKEN.screencast_id.in_(by_id))
        .order_by(_SPOKEN.id, _CUE.start_ms)
    ):
        by_id[screencast_id].append(Passage(start_ms, end_ms, said, "speech", spoken, cue_id))
    lines = select(ScreenLine.screencast_id, ScreenLine.start_ms, ScreenLine.end_ms, ScreenLine.text)
    for screencast_id, start_ms, end_ms, text in db.session.execute(
        lines.where(ScreenLine.screencast_id.in_(by_id), ScreenLine.is_hidden.is_(False)).order_by(
            ScreenLine.start_ms, ScreenLine.id
        )
    ):
        by_id[screencast_id].append(Passage(start_ms, end_ms, text, "screen", language=language[screencast_id]))
    chapters = select(Chapter.screencast_id, Chapter.start_ms, Chapter.title, Chapter.text)
    for screencast_id, start_ms, title, step in db.session.execute(
        chapters.where(Chapter.screencast_id.in_(by_id)).order_by(Chapter.start_ms)
    ):
        by_id[screencast_id] += [
            Passage(start_ms, start_ms, words, "chapter", language=language[screencast_id])
            for words in (title, step)
            if words
        ]
    for source in more_passages:
        for screencast_id, others in source(list(by_id)).items():
            by_id[screencast_id] += [each._replace(language=language[screencast_id]) for each in others]
    return by_id


def heard(cue_ids: Collection[int]) -> Heard:
    """The words of these cues, one by one; what people wrote has none."""
    if not cue_ids:
        return {}
    rows = db.session.execute(select(Cue.id, Cue.words).where(Cue.id.in_(cue_ids)))
    return {cue_id: [TimedWord(*word[:3]) for word in words or ()] for cue_id, words in rows}


def language_of(screencast: Screencast) -> str:
    """What is spoken in it: as its author says, else as an engine heard it, else as its words are; or ""."""
    heard = [each["language"] for each in screencast.captions if each["source"] == WordsFrom.speech]
    return screencast.language or next(iter(heard or [each["language"] for each in screencast.captions]), "")


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
        about="\n".join(filter(None, (_about(screencast), chapters, more))),
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


def _about(screencast: Screencast) -> str:
    words = (screencast.purpose, screencast.description, " ".join(tag.name for tag in screencast.tags))
    return "\n".join(filter(None, words))
