"""Corrections that colleagues propose; the author, or a curator, takes them up in one go."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import joinedload

from kb import audit
from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.transcripts import actions
from kb.transcripts.cues import TimedText, cleaned
from kb.transcripts.editing import corrections
from kb.transcripts.editing.changes import Change
from kb.transcripts.models import Proposal, Transcript

# Of one person for one transcript, waiting.
MOST_OPEN = 300


def propose(transcript: Transcript, cue: TimedText, text: str, *, by: Person) -> Proposal:
    """Propose other words for a cue; a second time for the same one replaces the first.

    Raises Conflict if the cue is not there as it was seen; Invalid.
    """
    after = cleaned([TimedText(cue.start_ms, cue.end_ms, text)])
    if not after or after[0].text == cue.text:
        raise _refused("Write what it should say instead.")
    with writing() as session:
        actions.hold(transcript.screencast_id)
        if cue not in actions.timed_texts(transcript):
            raise Conflict("These words were changed meanwhile. Look at what stands there now.")
        proposal = _of_cue(transcript, cue, by) or _new(transcript, cue, by)
        proposal.after, proposal.created_at = after[0].text, now()
        session.add(proposal)
        audit.record("proposed-words", "screencast", transcript.screencast_id, by=by.id, language=transcript.language)
    return proposal


def propose_all(transcript: Transcript, corrections: Iterable[tuple[TimedText, str]], *, by: Person) -> None:
    """Propose these words for these cues: all of it, or nothing where one is refused. Raises as `propose` does."""
    with writing():
        for cue, text in corrections:
            propose(transcript, cue, text, by=by)


def get(transcript: Transcript, proposal_id: str) -> Proposal:
    """Raises NotFound, also for what was settled."""
    found = db.session.get(Proposal, proposal_id, options=[joinedload(Proposal.by)])
    own = (transcript.screencast_id, transcript.language)
    if found and (found.screencast_id, found.language) == own and found.settled_at is None:
        return found
    raise NotFound("This proposal is not open any more.")


def open_of(transcript: Transcript, by: str | None = None) -> list[Proposal]:
    """Those that wait, in the order of the words. by: of this person only."""
    wanted = and_(_is_open(transcript), Proposal.by_id == by) if by else _is_open(transcript)
    found = select(Proposal).where(wanted).options(joinedload(Proposal.by))
    return list(db.session.scalars(found.order_by(Proposal.start_ms, Proposal.created_at)))


def accept(transcript: Transcript, proposal_id: str, *, by: Person) -> None:
    """Put the words in place, as its proposer's. Raises Conflict if what they correct is not there any more."""
    with writing():
        actions.hold(transcript.screencast_id)
        proposal = get(transcript, proposal_id)
        cue = place_of(proposal, actions.timed_texts(transcript))
        if cue is None:
            raise Conflict("The words that this corrects are not there any more. Dismiss it, or correct them yourself.")
        change = Change((cue,), (TimedText(cue.start_ms, cue.end_ms, proposal.after),))
        corrections.edit(transcript, [change], by=proposal.by, cause="proposed", accepted_by=by)
        _settle(proposal, by, is_accepted=True)


def decline(transcript: Transcript, proposal_id: str, *, by: Person, may_change: bool) -> None:
    """By who may change the words; or taken back by who proposed it. Raises NotAllowed for anybody else."""
    with writing():
        actions.hold(transcript.screencast_id)
        proposal = get(transcript, proposal_id)
        if not may_change and proposal.by_id != by.id:
            raise NotAllowed("Only its author, curators and who proposed it can decline this.")
        _settle(proposal, by, is_accepted=False)
        audit.record("declined-words", "screencast", proposal.screencast_id, by=by.id, language=proposal.language)


def place_of(proposal: Proposal, cues: Sequence[TimedText]) -> TimedText | None:
    """The cue that it corrects; None if its words are not there any more."""
    same = [cue for cue in cues if cue.text == proposal.before]
    return min(same, key=lambda cue: abs(cue.start_ms - proposal.start_ms), default=None)


def _settle(proposal: Proposal, by: Person, *, is_accepted: bool) -> None:
    proposal.settled_at, proposal.settled_by_id, proposal.is_accepted = now(), by.id, is_accepted


def _of_cue(transcript: Transcript, cue: TimedText, by: Person) -> Proposal | None:
    same = and_(Proposal.by_id == by.id, Proposal.start_ms == cue.start_ms, Proposal.before == cue.text)
    return db.session.scalar(select(Proposal).where(_is_open(transcript), same))


def _new(transcript: Transcript, cue: TimedText, by: Person) -> Proposal:
    count = select(func.count()).select_from(Proposal).where(_is_open(transcript), Proposal.by_id == by.id)
    if (db.session.scalar(count) or 0) >= MOST_OPEN:
        raise _refused("So many of your proposals wait here already. Ask the author to look at them first.")
    own = {"screencast_id": transcript.screencast_id, "language": transcript.language}
    return Proposal(**own, by_id=by.id, start_ms=cue.start_ms, before=cue.text)


def _is_open(transcript: Transcript) -> ColumnElement[bool]:
    own = and_(Proposal.screencast_id == transcript.screencast_id, Proposal.language == transcript.language)
    return and_(own, Proposal.settled_at.is_(None))


def _refused(text: str) -> Invalid:
    return Invalid(text, errors={"text": [text]})
