"""Saved searches in the API."""

from typing import Any

from pydantic import BaseModel, Field
from werkzeug.datastructures import MultiDict

from kb.accounts.sessions import person, signed_in, viewer
from kb.screencasts.as_json import absolute, instant
from kb.search import saved
from kb.search.api import AskedIn
from kb.search.asked import Asked
from kb.search.saved_present import ShownSaved, shown
from kb.web.api import blueprint

bp = blueprint("searches", __name__)


class SavedOut(BaseModel):
    id: str
    words: str
    filters: list[str] = Field(description="What narrows it, in words.")
    new: int = Field(description="Hits with all its words that others published since `seen_at`.")
    url: str = Field(description="The page with its hits.")
    feed: str = Field(description="The same as an Atom feed; a token serves as the password.")
    saved_at: str
    seen_at: str = Field(description="When the page was last opened from the list of saved searches.")


class SavedList(BaseModel):
    items: list[SavedOut] = Field(description="The newest first, at most fifty.")
    next: None


@bp.get("/searches")
@bp.output(SavedList)
@signed_in
def index() -> dict[str, Any]:
    """The searches that the asker keeps."""
    return {"items": [_out(each) for each in shown(saved.of(person()), viewer())], "next": None}


@bp.post("/searches")
@bp.input(AskedIn)
@bp.output(SavedOut, status_code=201)
@signed_in
def save(json_data: AskedIn) -> dict[str, Any]:
    """Keep a search. One that is kept already is the answer as it is."""
    kept = saved.save(Asked.from_args(MultiDict(json_data.model_dump(exclude_none=True))), by=person())
    return _out(shown([kept], viewer())[0])


@bp.delete("/searches/<saved_id>")
@bp.output({}, status_code=204)
@signed_in
def forget(saved_id: str) -> str:
    saved.forget(saved_id, by=person())
    return ""


def _out(each: ShownSaved) -> dict[str, Any]:
    return {
        "id": each.id,
        "words": each.words,
        "filters": each.filters,
        "new": each.new,
        "url": absolute(each.search_url),
        "feed": absolute(each.feed_url),
        "saved_at": instant(each.saved_at),
        "seen_at": instant(each.seen_at),
    }
