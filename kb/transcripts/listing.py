"""The transcripts of a screencast as a list: in which language, from where, by whom, and as which files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from werkzeug.datastructures import LanguageAccept

from kb.accounts.rules import Viewer
from kb.db import db
from kb.screencasts.languages import best_language, language_name
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.editing import revisions
from kb.transcripts.models import Cue, Transcript, WordsFrom


@dataclass(frozen=True)
class Listed:
    """by: who gave or corrected the words; for passers-by nobody. name: of the language."""

    language: str
    name: str
    source: str
    engine: str | None
    draft: bool
    by: list[str]
    count: int
    changed_at: datetime
    page_url: str
    vtt_url: str
    srt_url: str
    delete_url: str

    @property
    def whence(self) -> str:
        match self.source:
            case WordsFrom.speech:
                return f"By speech recognition{f' ({self.engine})' if self.engine else ''}"
            case WordsFrom.upload:
                return f"From a file{f' of {self.by[0]}' if self.by else ''}"
            case _:
                return f"Written by {', '.join(self.by) or 'people'}"


def best_of(found: Sequence[Transcript], accepted: LanguageAccept, asked: str = "") -> Transcript | None:
    """In the language that is asked for, else in the reader's, be it a draft; else the first."""
    by_language = {each.language.lower(): each for each in found}
    if asked.lower() in by_language:
        return by_language[asked.lower()]
    language = best_language([each.language for each in found], accepted)
    return by_language[language.lower()] if language else None


def listed(screencast: Screencast, viewer: Viewer) -> list[Listed]:
    """The best first. Who helped is for colleagues, not for passers-by."""
    found = actions.of(screencast.id)
    ids = [each.id for each in found]
    counted = select(Cue.transcript_id, func.count()).where(Cue.transcript_id.in_(ids)).group_by(Cue.transcript_id)
    counts = dict(db.session.execute(counted).all())
    by = _by(screencast, found) if viewer.person_id else {}
    return [_listed(screencast, each, by.get(each.language, []), counts.get(each.id, 0)) for each in found]


def _listed(screencast: Screencast, transcript: Transcript, by: list[str], count: int) -> Listed:
    of_it: dict[str, Any] = {"screencast_id": screencast.id, "language": transcript.language}
    vtt_url = url_for("transcripts.captions", **of_it)
    return Listed(
        transcript.language,
        language_name(transcript.language),
        transcript.source,
        transcript.engine,
        transcript.draft,
        by,
        count,
        transcript.changed_at,
        url_for("captions.read", screencast_id=screencast.id, lang=transcript.language),
        f"{vtt_url}?download=1",
        url_for("transcripts.subrip", **of_it),
        url_for("captions.delete", **of_it),
    )


def _by(screencast: Screencast, transcripts: Sequence[Transcript]) -> dict[str, list[str]]:
    """By language. What came with the recording came from its author."""
    helpers, givers = revisions.helpers(screencast.id), revisions.givers(screencast.id)
    by = {}
    for each in transcripts:
        if each.source != WordsFrom.speech:
            helped = helpers[each.language] if each.source == WordsFrom.edited else []
            by[each.language] = helped or [givers.get(each.language, screencast.author)]
    return {language: [person.name for person in people] for language, people in by.items()}
