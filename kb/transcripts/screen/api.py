"""The words that were on the screen in the API, and what its author hides of them."""

from typing import Annotated, Any

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from kb.accounts.rules import can_change
from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.errors import Invalid
from kb.screencasts import actions as screencasts
from kb.transcripts.cues import LONGEST_MS
from kb.transcripts.models import ScreenHiding
from kb.transcripts.screen import hidings
from kb.transcripts.screen import text as screen_text
from kb.transcripts.screen.hidings import LONGEST_TEXT
from kb.web.api import blueprint

bp = blueprint("screen_text", __name__)
WORDS = "/screencasts/<screencast_id>/screen-text"
Second = Annotated[float, Field(ge=0, le=LONGEST_MS / 1000)]


class LineOut(BaseModel):
    start: float
    end: float
    text: str
    hidden: bool = Field(description="True for its author and curators alone; nobody else is told of such a line.")


class HidingOut(BaseModel):
    id: str
    text: str | None = Field(description="Lines that say this are hidden; null for a range of time.")
    start: float | None
    end: float | None


class ScreenTextOut(BaseModel):
    """hidings: for its author and curators; empty for others."""

    lines: list[LineOut]
    hidings: list[HidingOut]


class HidingIn(BaseModel):
    """Either text, the words of a line, or start and end, a range of time."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None
    start: Second | None = None
    end: Second | None = None


@bp.get(WORDS)
@bp.output(ScreenTextOut)
@visitors
def show(screencast_id: str) -> dict[str, Any]:
    """The words that could be read on the screen, by time."""
    screencast = screencasts.get(viewer(), screencast_id)
    may_hide = can_change(viewer(), screencast)
    return {
        "lines": [
            {"start": each.start_ms / 1000, "end": each.end_ms / 1000, "text": each.text, "hidden": each.is_hidden}
            for each in screen_text.of(screencast.id, with_hidden=may_hide)
        ],
        "hidings": [_out(each) for each in hidings.of(screencast.id)] if may_hide else [],
    }


@bp.post(f"{WORDS}/hidings")
@bp.input(HidingIn)
@bp.output(HidingOut, status_code=201)
@signed_in
def hide(screencast_id: str, json_data: HidingIn) -> dict[str, Any]:
    """Keep a line, or all lines of a range of time, out of search, of pages and of the API. The picture stays."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    match json_data:
        case HidingIn(text=str(text), start=None, end=None):
            return _out(hidings.hide_text(screencast, text, by=person()))
        case HidingIn(text=None, start=float(start), end=float(end)):
            return _out(hidings.hide_range(screencast, round(start * 1000), round(end * 1000), by=person()))
    say = "Send either text, or start and end."
    raise Invalid(say, errors={"text": [say]})


@bp.delete(f"{WORDS}/hidings/<hiding_id>")
@bp.output({}, status_code=204)
@signed_in
def show_again(screencast_id: str, hiding_id: str) -> ResponseReturnValue:
    """Take a hiding back; lines that no other one hides are found again."""
    hidings.show_again(screencasts.get_to_change(viewer(), screencast_id), hiding_id, by=person())
    return "", 204


def _out(hiding: ScreenHiding) -> dict[str, Any]:
    return {
        "id": hiding.id,
        "text": hiding.text,
        "start": None if hiding.start_ms is None else hiding.start_ms / 1000,
        "end": None if hiding.end_ms is None else hiding.end_ms / 1000,
    }
