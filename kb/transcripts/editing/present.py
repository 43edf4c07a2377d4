"""What stands beside the words on a page: who may correct them, who did, and what is proposed."""

from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from kb.accounts.rules import Viewer, can_change
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.editing import proposals, revisions
from kb.transcripts.editing.revisions import Piece
from kb.transcripts.models import Transcript


@dataclass(frozen=True)
class Proposed:
    id: str
    by: str
    start_ms: int
    before: str
    after: str
    pieces: list[Piece]
    is_mine: bool
    accept_url: str
    decline_url: str


@dataclass(frozen=True)
class Beside:
    """proposals: by the start of the cue that they correct. stale: of those whose words are not there any more."""

    may_edit: bool
    may_propose: bool
    helpers: list[str]
    language: str
    url: str
    api_url: str
    confirm_url: str
    history_url: str
    proposals: dict[tuple[int, str], list[Proposed]] = field(default_factory=dict)
    stale: list[Proposed] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(map(len, self.proposals.values())) + len(self.stale)

    @property
    def first(self) -> Proposed:
        return next((each for waiting in self.proposals.values() for each in waiting), None) or self.stale[0]


def beside(screencast: Screencast, transcript: Transcript, viewer: Viewer) -> Beside:
    named: dict[str, Any] = {"screencast_id": screencast.id, "language": transcript.language}
    may_edit = can_change(viewer, screencast)
    shown = Beside(
        may_edit=may_edit,
        may_propose=viewer.person_id is not None and not may_edit,
        # For colleagues, not for passers-by.
        helpers=_helpers(transcript) if viewer.person_id else [],
        language=transcript.language,
        url=url_for("corrections.edit", **named),
        confirm_url=url_for("corrections.confirm", **named),
        history_url=url_for("corrections.history", **named),
        api_url=url_for("api_transcripts.show", **named),
    )
    if viewer.person_id:
        _add_proposals(shown, transcript, viewer.person_id, named)
    return shown


def _helpers(transcript: Transcript) -> list[str]:
    return [person.name for person in revisions.helpers(transcript.screencast_id)[transcript.language]]


def _add_proposals(shown: Beside, transcript: Transcript, person_id: str, named: dict[str, Any]) -> None:
    waiting = proposals.open_of(transcript, by=None if shown.may_edit else person_id)
    texts = actions.timed_texts(transcript) if waiting else []
    for each in waiting:
        own = named | {"proposal_id": each.id}
        proposed = Proposed(
            each.id,
            each.by.name,
            each.start_ms,
            each.before,
            each.after,
            revisions.by_word(each.before, each.after),
            each.by_id == person_id,
            url_for("corrections.accept", **own),
            url_for("corrections.decline", **own),
        )
        if cue := proposals.place_of(each, texts):
            shown.proposals.setdefault((cue.start_ms, cue.text), []).append(proposed)
        else:
            shown.stale.append(proposed)
