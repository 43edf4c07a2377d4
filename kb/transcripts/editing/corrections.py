"""People correct the words in place: a few cues at a time, on top of what others did meanwhile."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete, insert, update

from kb import audit
from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.errors import Conflict
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.actions import text_of, timed_texts
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import changes as editing
from kb.transcripts.editing import revisions
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import Cue, Transcript, WordsFrom

# A cue's id, None of a new one, and its words.
Kept = tuple[int | None, editing.Spoken | None]


def edit(
    transcript: Transcript,
    changes: Sequence[Change],
    *,
    by: Person,
    cause: str = "edited",
    accepted_by: Person | None = None,
) -> bool:
    """Change some cues. From now on the words are people's, and no engine replaces them; a draft stays one until it is
    confirmed. -> whether there was anything left to change.

    Raises WordsChanged, and changes nothing, if somebody else changed the same cues; Invalid.
    """
    changes = editing.checked(changes)
    with writing() as session:
        screencast = actions.hold(transcript.screencast_id)
        session.refresh(transcript)
        if changes := editing.fitted(timed_texts(transcript), changes):
            revisions.keep_first(transcript)
            _apply(transcript, changes)
            _words_are_peoples(screencast, transcript)
            if revisions.record(transcript, cause, by, accepted_by=accepted_by):
                audit.record("corrected-words", "screencast", screencast.id, by=by.id, cause=cause)
    return bool(changes)


def restore(transcript: Transcript, number: int, *, by: Person) -> None:
    """Bring back the words of a revision; what was changed since stays in the history. Raises NotFound, Conflict."""
    wanted = revisions.cues_of(revisions.get(transcript, number))
    if not wanted:
        raise Conflict("The words of this revision are not kept any more.")
    with writing():
        edit(transcript, editing.difference(timed_texts(transcript), wanted), by=by, cause="restored")


def confirm(transcript: Transcript, *, by: Person) -> None:
    """Somebody read all of it and says that the words are right: no draft any more, and no word in doubt."""
    with writing() as session:
        screencast = actions.hold(transcript.screencast_id)
        session.refresh(transcript)
        if transcript.draft:
            transcript.draft = False
            _nothing_in_doubt(transcript)
            _words_are_peoples(screencast, transcript)
            audit.record("confirmed-words", "screencast", screencast.id, by=by.id, language=transcript.language)


def _apply(transcript: Transcript, changes: Sequence[Change]) -> None:
    """As few rows as change, in two statements however many changes there are."""
    present: dict[TimedText, list[Kept]] = defaultdict(list)
    for cue in transcript.cues:
        present[text_of(cue)].append((cue.id, cue.words))
    gone: list[int] = []
    for change in changes:
        before = [(text, *present[text].pop()) for text in change.before]
        gone += [cue_id for _, cue_id, _ in before if cue_id is not None]
        spoken = editing.carried([(text, words) for text, _, words in before], change.after)
        for text, words in zip(change.after, spoken, strict=True):
            present[text].append((None, words))
    new = [(text, words) for text, kept in present.items() for cue_id, words in kept if cue_id is None]
    own = {"transcript_id": transcript.id}
    db.session.execute(delete(Cue).where(Cue.id.in_(gone)))
    if new:
        db.session.execute(insert(Cue), [actions.columns(text) | own | {"words": words} for text, words in new])
    db.session.expire(transcript, ["cues"])


def _words_are_peoples(screencast: Screencast, transcript: Transcript) -> None:
    transcript.source = WordsFrom.edited
    transcript.version += 1
    transcript.changed_at = now()
    db.session.flush()
    actions.list_captions(screencast)
    actions.words_changed(screencast)


def _nothing_in_doubt(transcript: Transcript) -> None:
    sure = [{"id": cue.id, "words": [[*word[:3], None] for word in cue.words]} for cue in transcript.cues if cue.words]
    if sure:
        db.session.execute(update(Cue), sure)
