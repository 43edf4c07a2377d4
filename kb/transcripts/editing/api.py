"""Correct the words of a transcript in the API, with their history and what colleagues propose."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from kb.accounts.rules import can_change
from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.screencasts import actions as screencasts
from kb.screencasts.as_json import instant
from kb.transcripts import actions
from kb.transcripts.api import Second
from kb.transcripts.cues import MOST_CUES, TimedText
from kb.transcripts.editing import changes as editing
from kb.transcripts.editing import corrections, proposals, revisions
from kb.transcripts.models import Proposal, Revision, Transcript
from kb.web.api import blueprint
from kb.web.errors import problem

bp = blueprint("corrections", __name__)
WORDS = "/screencasts/<screencast_id>/transcripts/<language>"


class CueIn(BaseModel):
    start: Second
    end: Second
    text: str


class CueOut(BaseModel):
    start: float
    end: float
    text: str
    words: list[tuple[float, float | None]] | None = Field(
        description="Where times are known, for each word of `text` (by spaces) its start and how sure the engine was "
        "of it, from 0 to 1; null where nobody doubts it."
    )


class CuesOut(BaseModel):
    version: int = Field(description="Rises with every change.")
    language: str
    source: str
    draft: bool
    cues: list[CueOut]


class ChangeIn(BaseModel):
    """These cues, exactly as they are, become those: other words or times, split, joined, deleted or new."""

    before: Annotated[list[CueIn], Field(max_length=MOST_CUES)] = []
    after: Annotated[list[CueIn], Field(max_length=MOST_CUES)] = []


class ChangesIn(BaseModel):
    version: int = Field(description="What the changes were made to.")
    changes: Annotated[list[ChangeIn], Field(max_length=MOST_CUES)] = []
    draft: bool | None = Field(None, description="false: somebody read all of it, and the words are right.")


class Saved(BaseModel):
    version: int
    draft: bool
    cues: list[CueOut] | None = Field(
        description="All of them, where they are not what the asker knows: somebody else changed others meanwhile, or "
        "signs were taken out that can't be shown."
    )


class RevisionOut(BaseModel):
    number: int
    cause: str = Field(description="heard, uploaded, edited, proposed, glossary or restored")
    by: str | None
    accepted_by: str | None
    began_at: str | None
    changed_at: str | None
    changed_cues: int


class RevisionList(BaseModel):
    items: list[RevisionOut]


class ProposalIn(BaseModel):
    cue: CueIn = Field(description="As it is.")
    text: str = Field(description="What it should say.")


class ProposalOut(BaseModel):
    id: str
    start: float
    before: str
    after: str
    by: str
    stale: bool = Field(description="Its words are not there any more.")
    created_at: str | None


class ProposalList(BaseModel):
    items: list[ProposalOut]


@bp.get(f"{WORDS}/cues")
@bp.output(CuesOut)
@visitors
def cues(screencast_id: str, language: str) -> Response:
    """The words with all that an editor needs: their version, and the time of each word."""
    return _whole(actions.find(screencasts.get(viewer(), screencast_id).id, language))


@bp.patch(WORDS)
@bp.input(ChangesIn)
@bp.output(Saved)
@signed_in
def change(screencast_id: str, language: str, json_data: ChangesIn) -> ResponseReturnValue:
    """Change some cues. Changes of others meanwhile stay; if they are of the same cues, nothing is done: the answer is
    409 (`words-changed`) with `conflicts: [{change, theirs}]`, the `version` and all `cues` as they are now."""
    transcript = _to_change(screencast_id, language)
    changes = [editing.Change(_texts(each.before), _texts(each.after)) for each in json_data.changes]
    checked = editing.checked(changes)
    try:
        is_done = corrections.edit(transcript, checked, by=person())
    except editing.WordsChanged as refused:
        return _conflict(refused, transcript)
    if json_data.draft is False:
        corrections.confirm(transcript, by=person())
    is_known = transcript.version == json_data.version + is_done and set(checked) <= set(changes)
    known = None if is_known else _cues(transcript)
    return jsonify({"version": transcript.version, "draft": transcript.draft, "cues": known})


@bp.get(f"{WORDS}/revisions")
@bp.output(RevisionList)
@signed_in
def history(screencast_id: str, language: str) -> dict[str, Any]:
    """Who changed the words, the newest first; what one person did in one go is one revision."""
    return {"items": [_revision(each) for each in revisions.of(_to_change(screencast_id, language))]}


@bp.post(f"{WORDS}/revisions/<int:number>/restore")
@bp.output(CuesOut)
@signed_in
def restore(screencast_id: str, language: str, number: int) -> Response:
    """Bring its words back; what was changed since stays in the history."""
    transcript = _to_change(screencast_id, language)
    corrections.restore(transcript, number, by=person())
    return _whole(transcript)


@bp.get(f"{WORDS}/proposals")
@bp.output(ProposalList)
@signed_in
def proposed(screencast_id: str, language: str) -> dict[str, Any]:
    """What waits: for who may change the words all of it, for others what they proposed themselves."""
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    found = proposals.open_of(transcript, by=None if can_change(viewer(), screencast) else person().id)
    texts = actions.timed_texts(transcript)
    return {"items": [_proposal(each, texts) for each in found]}


@bp.post(f"{WORDS}/proposals")
@bp.input(ProposalIn)
@bp.output(ProposalOut, status_code=201)
@signed_in
def propose(screencast_id: str, language: str, json_data: ProposalIn) -> dict[str, Any]:
    """Say what a cue should say instead; its author or a curator takes it up."""
    transcript = actions.find(screencasts.get(viewer(), screencast_id).id, language)
    (cue,) = _texts([json_data.cue])
    proposal = proposals.propose(transcript, cue, json_data.text, by=person())
    return _proposal(proposal, actions.timed_texts(transcript))


@bp.post(f"{WORDS}/proposals/<proposal_id>/accept")
@bp.output({}, status_code=204)
@signed_in
def accept(screencast_id: str, language: str, proposal_id: str) -> ResponseReturnValue:
    """Put its words in place. 409 if what it corrects is not there any more."""
    proposals.accept(_to_change(screencast_id, language), proposal_id, by=person())
    return "", 204


@bp.post(f"{WORDS}/proposals/<proposal_id>/decline")
@bp.output({}, status_code=204)
@signed_in
def decline(screencast_id: str, language: str, proposal_id: str) -> ResponseReturnValue:
    """By who may change the words, or by who proposed it."""
    screencast = screencasts.get(viewer(), screencast_id)
    transcript = actions.find(screencast.id, language)
    proposals.decline(transcript, proposal_id, by=person(), may_change=can_change(viewer(), screencast))
    return "", 204


def _to_change(screencast_id: str, language: str) -> Transcript:
    return actions.find(screencasts.get_to_change(viewer(), screencast_id).id, language)


def _conflict(refused: editing.WordsChanged, transcript: Transcript) -> Response:
    answer = problem(refused.status, refused.code, refused.title, refused.detail)
    conflicts = [{"change": missed.place, "theirs": [_cue(cue) for cue in missed.theirs]} for missed in refused.missed]
    body = {"conflicts": conflicts, "version": transcript.version, "cues": _cues(transcript)}
    answer.set_data(jsonify(answer.json | body).data)  # type: ignore[operator]
    return answer


def _whole(transcript: Transcript) -> Response:
    # As it is: to check twenty thousand words against their own description takes as long as all the rest.
    return jsonify(
        {
            "version": transcript.version,
            "language": transcript.language,
            "source": transcript.source,
            "draft": transcript.draft,
            "cues": _cues(transcript),
        }
    )


def _texts(cues: list[CueIn]) -> tuple[TimedText, ...]:
    return tuple(TimedText(round(cue.start * 1000), round(cue.end * 1000), cue.text) for cue in cues)


def _cues(transcript: Transcript) -> list[dict[str, Any]]:
    return [_cue(actions.text_of(cue)) | {"words": _words(cue.text, cue.words)} for cue in transcript.cues]


def _cue(cue: TimedText) -> dict[str, Any]:
    return {"start": cue.start_ms / 1000, "end": cue.end_ms / 1000, "text": cue.text}


def _words(text: str, words: editing.Spoken | None) -> list[tuple[float, float | None]] | None:
    if not words or len(words) != len(text.split()):
        return None
    return [(word[0] / 1000, word[3]) for word in words]


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "cause": revision.cause,
        "by": revision.by.name if revision.by else None,
        "accepted_by": revision.accepted_by.name if revision.accepted_by else None,
        "began_at": instant(revision.began_at),
        "changed_at": instant(revision.changed_at),
        "changed_cues": revision.changed_cues,
    }


def _proposal(proposal: Proposal, texts: Sequence[TimedText]) -> dict[str, Any]:
    return {
        "id": proposal.id,
        "start": proposal.start_ms / 1000,
        "before": proposal.before,
        "after": proposal.after,
        "by": proposal.by.name,
        "stale": proposals.place_of(proposal, texts) is None,
        "created_at": instant(proposal.created_at),
    }
