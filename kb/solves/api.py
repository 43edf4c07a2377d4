"""In the API: that a screencast solved it, or did not help."""

from typing import Any

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from kb.accounts.sessions import person, signed_in, viewer
from kb.screencasts.as_json import instant
from kb.solves import actions
from kb.solves.forms import SolvedIn, UnhelpedIn
from kb.solves.models import InsteadOf, Reason
from kb.web.api import blueprint

bp = blueprint("solves", __name__)
SCREENCAST = "/screencasts/<screencast_id>"


class SolvedOut(BaseModel):
    at: float | None
    minutes_saved: int | None
    instead_of: InsteadOf | None
    note: str
    solved_at: str
    solved_count: int = Field(description="How many people it has solved it for.")


class UnhelpedOut(BaseModel):
    reason: Reason
    said_at: str


@bp.post(f"{SCREENCAST}/solved")
@bp.input(SolvedIn)
@bp.output(SolvedOut, status_code=201)
@signed_in
def solve(screencast_id: str, json_data: SolvedIn) -> dict[str, Any]:
    """Say that this solved it, and at which moment. Once for each person: said again, it is said anew."""
    screencast = actions.get_to_judge(viewer(), screencast_id)
    said = actions.solve(screencast, by=person(), **json_data.said())
    return {
        "at": None if said.at_ms is None else said.at_ms / 1000,
        "minutes_saved": said.minutes_saved,
        "instead_of": said.instead_of,
        "note": said.note,
        "solved_at": instant(said.solved_at),
        "solved_count": screencast.solved_count,
    }


@bp.delete(f"{SCREENCAST}/solved")
@bp.output({}, status_code=204)
@signed_in
def undo(screencast_id: str) -> ResponseReturnValue:
    """Take it back; fine if you never said so."""
    actions.undo(actions.get_to_judge(viewer(), screencast_id), by=person())
    return "", 204


@bp.post(f"{SCREENCAST}/unhelped")
@bp.input(UnhelpedIn)
@bp.output(UnhelpedOut, status_code=201)
@signed_in
def say_unhelped(screencast_id: str, json_data: UnhelpedIn) -> dict[str, Any]:
    """Say why it did not help. It takes the place of "this solved it" by the same person."""
    screencast = actions.get_to_judge(viewer(), screencast_id)
    said = actions.say_unhelped(screencast, json_data.reason, by=person())
    return {"reason": said.reason, "said_at": instant(said.said_at)}


@bp.delete(f"{SCREENCAST}/unhelped")
@bp.output({}, status_code=204)
@signed_in
def take_back_unhelped(screencast_id: str) -> ResponseReturnValue:
    """Take it back; fine if you never said so."""
    actions.take_back_unhelped(actions.get_to_judge(viewer(), screencast_id), by=person())
    return "", 204
