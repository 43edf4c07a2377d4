"""Search in the API."""

from typing import Any

from flask import request
from pydantic import BaseModel, Field

from kb.accounts.sessions import signed_in, viewer, visitors
from kb.screencasts import actions as screencasts
from kb.screencasts.api import ScreencastOut
from kb.search.answers import Asked, answer
from kb.search.present import answer_as_json
from kb.search.tag_suggestions import suggested
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


class SuggestedTag(BaseModel):
    name: str
    count: int = Field(description="Screencasts with it that the asker may see; 0 for a new tag.")


class SuggestedTags(BaseModel):
    tags: list[SuggestedTag] = Field(description="Best first, without those that it has.")


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


@bp.get("/screencasts/<screencast_id>/suggested-tags")
@bp.output(SuggestedTags)
@signed_in
def suggested_tags(screencast_id: str) -> dict[str, Any]:
    """Tags that would suit, by what stands out in its words; taken only when somebody sets them."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    return {"tags": [{"name": each.name, "count": each.count} for each in suggested(viewer(), screencast)]}
