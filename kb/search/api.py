"""Search in the API."""

from typing import Any

from flask import request
from pydantic import BaseModel, Field

from kb.accounts.sessions import viewer, visitors
from kb.screencasts.api import ScreencastOut
from kb.search.answers import Asked, answer
from kb.search.present import answer_as_json
from kb.web.api import blueprint
from kb.web.paging import cursor_of, limit_of, read_cursor

bp = blueprint("search", __name__)


class MomentOut(BaseModel):
    start: float
    end: float
    source: str = Field(description="speech, screen, chapter, solved or title")
    html: str = Field(description="Escaped text; <mark> is the only markup in it.")
    still: str | None
    url: str


class HitOut(BaseModel):
    screencast: ScreencastOut
    score: float
    title_html: str
    moments: list[MomentOut] = Field(description="Best first, at most five.")


class FacetOut(BaseModel):
    value: str
    label: str
    count: int


class SearchOut(BaseModel):
    query: str
    total: int
    took_ms: float
    did_you_mean: str | None
    degraded: bool = Field(description="true: the index is being rebuilt, and titles alone were looked through.")
    hits: list[HitOut]
    facets: dict[str, list[FacetOut]]
    next: str | None


class SearchQuery(BaseModel):
    q: str = ""
    category: str | None = None
    tag: str | None = None
    author: str | None = None
    sort: str = Field("best", description="best, newest or solved")
    limit: str | None = None
    cursor: str | None = None


@bp.get("/search")
@bp.input(SearchQuery, location="query")
@bp.output(SearchOut)
@visitors
def search(query_data: SearchQuery) -> dict[str, Any]:
    """Typed words to the moments in which they are said; `tag:`, `category:`, `by:`, "phrases" and -words work too."""
    asked = Asked(
        query_data.q,
        category=query_data.category,
        tags=tuple(request.args.getlist("tag")),
        author=query_data.author,
        sort=query_data.sort,
    )
    order = f"search by {asked.sort}"
    place = read_cursor(order, query_data.cursor)
    found = answer(viewer(), asked, offset=place[0] if place else 0, limit=limit_of(query_data.limit, usual=10))
    return answer_as_json(found, cursor_of(order, found.next_offset) if found.next_offset is not None else None)
