"""The passages of screencasts, in which a moment is looked for."""

from collections.abc import Callable, Collection, Iterable, Iterator

from sqlalchemy import select

from kb.db import db
from kb.screencasts.models import Screencast
from kb.search.marks import Heard, Passage, TimedWord
from kb.transcripts.models import Chapter, Cue, ScreenLine, Transcript, WordsFrom

# Rows of tables, not of mapped classes, cost half; and thousands are read for a search.
_SPOKEN, _CUE = Transcript.__table__.c, Cue.__table__.c

# Words with a time that an upper noun keeps: screencasts → the passages of each. They are found, and are moments.
more_passages: list[Callable[[Collection[str]], dict[str, list[Passage]]]] = []


def passages(screencasts: Iterable[Screencast]) -> dict[str, list[Passage]]:
    """By screencast: its title and what is written about it (at the start), and what is said and shown when."""
    language = {screencast.id: language_of(screencast) for screencast in screencasts}
    found: dict[str, list[Passage]] = {
        screencast.id: [Passage(0, 0, text, "title") for text in (screencast.title, about(screencast)) if text]
        for screencast in screencasts
    }
    for screencast_id, passage in (*_shown(found), *_chapters(found), *_more(found)):
        found[screencast_id].append(passage)
    found = {each: [passage._replace(language=language[each]) for passage in found[each]] for each in found}
    for screencast_id, passage in _spoken(found):
        found[screencast_id].append(passage)
    return found


# Of what and with which words.
Found = Iterator[tuple[str, Passage]]


def _spoken(ids: Collection[str]) -> Found:
    """In the languages of the transcripts."""
    cues = select(_SPOKEN.screencast_id, _SPOKEN.language, _CUE.id, _CUE.start_ms, _CUE.end_ms, _CUE.text)
    of_these = cues.join_from(Transcript.__table__, Cue.__table__).where(_SPOKEN.screencast_id.in_(ids))
    for screencast_id, language, cue_id, start_ms, end_ms, text in db.session.execute(
        of_these.order_by(_SPOKEN.id, _CUE.start_ms)
    ):
        yield screencast_id, Passage(start_ms, end_ms, text, "speech", language, cue_id)


def _shown(ids: Collection[str]) -> Found:
    lines = select(ScreenLine.screencast_id, ScreenLine.start_ms, ScreenLine.end_ms, ScreenLine.text)
    of_these = lines.where(ScreenLine.screencast_id.in_(ids), ScreenLine.is_hidden.is_(False))
    for screencast_id, start_ms, end_ms, text in db.session.execute(
        of_these.order_by(ScreenLine.start_ms, ScreenLine.id)
    ):
        yield screencast_id, Passage(start_ms, end_ms, text, "screen")


def _chapters(ids: Collection[str]) -> Found:
    chapters = select(Chapter.screencast_id, Chapter.start_ms, Chapter.title, Chapter.text)
    of_these = chapters.where(Chapter.screencast_id.in_(ids)).order_by(Chapter.start_ms)
    for screencast_id, start_ms, title, step in db.session.execute(of_these):
        for words in filter(None, (title, step)):
            yield screencast_id, Passage(start_ms, start_ms, words, "chapter")


def _more(ids: Collection[str]) -> Found:
    for source in more_passages:
        for screencast_id, others in source(list(ids)).items():
            yield from ((screencast_id, each) for each in others)


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


def about(screencast: Screencast) -> str:
    """What is written about it beside the title."""
    words = (screencast.purpose, screencast.description, " ".join(tag.name for tag in screencast.tags))
    return "\n".join(filter(None, words))
