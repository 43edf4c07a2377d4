"""What the search page tells of its hits: which was opened (js/search/opened.js)."""

from typing import Annotated

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field

from kb.accounts.sessions import signed_in, viewer
from kb.search import log
from kb.transcripts.cues import LONGEST_MS
from kb.web.forms import parse

bp = Blueprint("search_log", __name__)


class Opened(BaseModel):
    """at: seconds; left out where the hit has no moment."""

    search: Annotated[str, Field(max_length=32)]
    screencast: Annotated[str, Field(max_length=32)]
    at: Annotated[float, Field(ge=0, le=LONGEST_MS / 1000)] | None = None


@bp.post("/search/opened")
@signed_in
def opened() -> ResponseReturnValue:
    told = parse(Opened, request.form)
    log.opened(viewer(), told.search, told.screencast, None if told.at is None else round(told.at * 1000))
    return "", 204
