"""The passages of screencasts, in which a moment is looked for."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, String, bindparam, cast, func, select

from kb.db import db
from kb.screencasts.models import Screencast
from kb.search.marks import Heard, Passage, Passages, TimedWord, together
from kb.transcripts.models import Chapter, Cue, ScreenLine, Transcript, WordsFrom

# Words with a time that an upper noun keeps: screencasts → the passages of each. They are found, and are moments.
more_passages: list[Callable[[Collection[str]], dict[str, list[Passage]]]] = []


def passages(screencasts: Iterable[Screencast]) -> dict[str, list[Passages]]:
    """By screencast: its title and what is written about it (at the start), and what is said and shown when."""
    language = {screencast.id: language_of(screencast) for screencast in screencasts}
    titles: dict[str, list[Passage]] = {
        screencast.id: [Passage(0, 0, text, "title") for text in (screencast.title, about(screencast)) if text]
        for screencast in screencasts
    }
    found = {each: together(of_each) for each, of_each in titles.items()}
    for screencast_id, others in (*_shown(found), *_chapters(found), *_more(found)):
        found[screencast_id].append(others)
    found = {each: [replace(others, language=language[each]) for others in found[each]] for each in found}
    for screencast_id, said in _spoken(found):
        found[screencast_id].append(said)
    return found


def _joined(text: ColumnElement[str], *numbers: ColumnElement[int]) -> list[ColumnElement[str]]:
    """What Passages hold. To make a row of each of thousands of cues takes as long as looking at them."""
    columns = [func.aggregate_strings(cast(each, String), ",") for each in numbers]
    return [func.aggregate_strings(func.replace(text, "\n", " "), "\n"), *columns]


# Made once and of tables, not of mapped classes: else making them takes longer than what most of them ask for.
_TRANSCRIPT, _CUE, _LINE, _CHAPTER = (each.__table__.c for each in (Transcript, Cue, ScreenLine, Chapter))
_IDS: BindParameter[list[Any]] = bindparam("ids", expanding=True)
_SPOKEN = (
    select(_TRANSCRIPT.screencast_id, _TRANSCRIPT.language, *_joined(_CUE.text, _CUE.start_ms, _CUE.end_ms, _CUE.id))
    .join_from(Transcript.__table__, Cue.__table__)
    .where(_TRANSCRIPT.screencast_id.in_(_IDS))
    .group_by(_TRANSCRIPT.id)
)
_SHOWN = (
    select(_LINE.screencast_id, *_joined(_LINE.text, _LINE.start_ms, _LINE.end_ms))
    .where(_LINE.screencast_id.in_(_IDS), _LINE.is_hidden.is_(False))
    .group_by(_LINE.screencast_id)
)
_CHAPTERS = (
    select(_CHAPTER.screencast_id, _CHAPTER.start_ms, _CHAPTER.title, _CHAPTER.text)
    .where(_CHAPTER.screencast_id.in_(_IDS))
    .order_by(_CHAPTER.start_ms)
)
_HEARD = select(_CUE.id, _CUE.words).where(_CUE.id.in_(_IDS))

# Of what and with which words.
Found = Iterator[tuple[str, Passages]]


def _spoken(ids: Collection[str]) -> Found:
    for screencast_id, language, text, starts_ms, ends_ms, cues in _rows(_SPOKEN, ids):
        yield screencast_id, Passages(text, starts_ms, ends_ms, cues, "speech", language)


def _shown(ids: Collection[str]) -> Found:
    for screencast_id, text, starts_ms, ends_ms in _rows(_SHOWN, ids):
        yield screencast_id, Passages(text, starts_ms, ends_ms, kind="screen")


def _chapters(ids: Collection[str]) -> Found:
    for screencast_id, start_ms, title, step in _rows(_CHAPTERS, ids):
        words = [Passage(start_ms, start_ms, each, "chapter") for each in (title, step) if each]
        yield from ((screencast_id, each) for each in together(words))


def _more(ids: Collection[str]) -> Found:
    for source in more_passages:
        for screencast_id, others in source(list(ids)).items():
            yield from ((screencast_id, each) for each in together(others))


def _rows(query: Select[*tuple[Any, ...]], ids: Collection[Any]) -> Iterable[Any]:
    return db.session.execute(query, {"ids": list(ids)})


def heard(cue_ids: Collection[int]) -> Heard:
    """The words of these cues, one by one; what people wrote has none."""
    if not cue_ids:
        return {}
    return {cue_id: [TimedWord(*word[:3]) for word in words or ()] for cue_id, words in _rows(_HEARD, cue_ids)}


def language_of(screencast: Screencast) -> str:
    """What is spoken in it: as its author says, else as an engine heard it, else as its words are; or ""."""
    heard = [each["language"] for each in screencast.captions if each["source"] == WordsFrom.speech]
    return screencast.language or next(iter(heard or [each["language"] for each in screencast.captions]), "")


def about(screencast: Screencast) -> str:
    """What is written about it beside the title."""
    words = (screencast.purpose, screencast.description, " ".join(tag.name for tag in screencast.tags))
    return "\n".join(filter(None, words))
