"""Words come in and go: uploaded, written by people, handed in by an engine."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import delete, func, insert, select

from kb import audit, outbox
from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.screencasts.actions import CaptionsFile
from kb.screencasts.languages import language_tag
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import transitions
from kb.transcripts.cues import TimedText, read
from kb.transcripts.editing import revisions
from kb.transcripts.models import Cue, Proposal, Transcript, WordsFrom

# Who wrote the words: people's are never replaced by an engine's.
BY_PEOPLE = (WordsFrom.upload, WordsFrom.edited)


def find(screencast_id: str, language: str) -> Transcript:
    """In this language, in whatever case its tag is written."""
    with suppress(ValueError):
        own = Transcript.screencast_id == screencast_id
        same = func.lower(Transcript.language) == language_tag(language).lower()
        if transcript := db.session.scalar(select(Transcript).where(own, same)):
            return transcript
    raise NotFound("There is no transcript in this language.")


def of(screencast_id: str) -> list[Transcript]:
    """All transcripts, people's before an engine's."""
    found = db.session.scalars(select(Transcript).where(Transcript.screencast_id == screencast_id)).all()
    return sorted(found, key=lambda each: (each.draft, each.source not in BY_PEOPLE, each.language))


def take_captions(screencast_id: str, file: CaptionsFile, by: Person | None = None) -> None:
    """Keep uploaded captions; part of the transaction that receives or changes the screencast. by: as of `put`."""
    put(screencast_id, file.language, read(file.content), source=WordsFrom.upload, by=by)


def put(
    screencast_id: str,
    language: str,
    cues: Iterable[TimedText],
    *,
    source: WordsFrom,
    engine: str | None = None,
    model: str | None = None,
    draft: bool = False,
    words: dict[int, list[list[object]]] | None = None,
    by: Person | None = None,
    cause: str | None = None,
) -> Transcript:
    """Replace a transcript as a whole. words: by the cue's place, where the engine gave them.

    by: the person who did it, where it was one; what stood there before can be restored then. cause: of `Revision`, if
    another than the source says. Raises Conflict where an engine's words would take the place of people's.
    """
    with writing() as session:
        screencast = hold(screencast_id)
        transcript = session.scalar(
            select(Transcript).where(Transcript.screencast_id == screencast_id, Transcript.language == language)
        ) or Transcript(screencast_id=screencast_id, language=language, source=source, version=0)
        if source not in BY_PEOPLE and transcript.source in BY_PEOPLE:
            raise Conflict("People have written or corrected these words, and theirs stay.")
        session.add(transcript)
        session.flush()
        has_history = by is not None or revisions.exist(transcript)
        if has_history:
            revisions.keep_first(transcript)
        transcript.source, transcript.engine, transcript.model = source, engine, model
        transcript.draft = draft
        transcript.version += 1
        transcript.changed_at = now()
        # As plain rows: an hour of talk has two thousand cues, and as objects each would cost ten times as much.
        session.execute(delete(Cue).where(Cue.transcript_id == transcript.id))
        rows = [
            columns(cue) | {"transcript_id": transcript.id, "words": (words or {}).get(place)}
            for place, cue in enumerate(cues)
        ]
        if rows:
            session.execute(insert(Cue), rows)
        session.expire(transcript, ["cues"])
        if has_history and revisions.record(transcript, cause or revisions.FIRST_CAUSE[source], by) and by:
            audit.record("replaced-words", "screencast", screencast_id, by=by.id, language=language)
        list_captions(screencast)
        words_changed(screencast)
    return transcript


def drop(transcript: Transcript, *, by: Person | None = None) -> None:
    """Delete a transcript with its words and their history. by: the person who did it, where it was one."""
    with writing() as session:
        if by:
            audit.record(
                "deleted-words", "screencast", transcript.screencast_id, by=by.id, language=transcript.language
            )
        screencast = hold(transcript.screencast_id)
        _forget(screencast.id, transcript.language)
        session.delete(transcript)
        session.flush()
        list_captions(screencast)
        words_changed(screencast)


def set_aside(screencast_id: str) -> list[dict[str, Any]]:
    """Take all words from a screencast that gets another recording; what people wrote is returned, to be kept.

    In the caller's transaction, as is `bring_back`.
    """
    screencast = hold(screencast_id)
    transcripts = of(screencast_id)
    kept = [
        {
            "language": each.language,
            "source": each.source,
            "draft": each.draft,
            "cues": [[cue.start_ms, cue.end_ms, cue.text] for cue in each.cues],
        }
        for each in transcripts
        if each.source in BY_PEOPLE
    ]
    for transcript in transcripts:
        _forget(screencast_id, transcript.language)
        db.session.delete(transcript)
    screencast.captions = []
    return kept


def bring_back(screencast_id: str, kept: list[dict[str, Any]]) -> None:
    for each in kept:
        if "cues" not in each:
            continue
        cues = [TimedText(start_ms, end_ms, text) for start_ms, end_ms, text in each["cues"]]
        is_draft = each.get("draft", False)
        put(screencast_id, each["language"], cues, source=WordsFrom(each["source"]), draft=is_draft)


def hold(screencast_id: str) -> Screencast:
    if screencast := transitions.hold(screencast_id):
        return screencast
    raise NotFound("This screencast is gone.")


def _forget(screencast_id: str, language: str) -> None:
    """What was said of words that go: how they came to be, and what was proposed."""
    revisions.forget(screencast_id, language)
    db.session.execute(delete(Proposal).where(Proposal.screencast_id == screencast_id, Proposal.language == language))


def timed_texts(transcript: Transcript) -> list[TimedText]:
    return [text_of(cue) for cue in transcript.cues]


def text_of(cue: Cue) -> TimedText:
    return TimedText(cue.start_ms, cue.end_ms, cue.text)


def columns(words: TimedText) -> dict[str, object]:
    return {"start_ms": words.start_ms, "end_ms": words.end_ms, "text": words.text}


def list_captions(screencast: Screencast) -> None:
    screencast.captions = [
        {"language": each.language, "source": each.source, "draft": each.draft} for each in of(screencast.id)
    ]


def words_changed(screencast: Screencast) -> None:
    screencast.version += 1
    outbox.changed(screencast.id)


def check_language(tag: str) -> str:
    """The tag in its usual case. Raises Invalid."""
    try:
        return language_tag(tag)
    except ValueError as error:
        raise Invalid(str(error), errors={"language": [str(error)]}) from error
