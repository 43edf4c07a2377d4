"""Suggestions while somebody types, in the API."""

from typing import Any

from flask import url_for
from pydantic import BaseModel, Field

from kb.accounts.sessions import viewer, visitors
from kb.screencasts.as_json import absolute
from kb.search.suggestions import suggestions
from kb.web.api import blueprint

bp = blueprint("suggestions", __name__)


class SuggestQuery(BaseModel):
    q: str = Field("", description="What is typed so far.")


class SuggestedScreencast(BaseModel):
    id: str
    title: str
    url: str


class SuggestedCategory(BaseModel):
    id: str
    name: str
    url: str


class SuggestionsOut(BaseModel):
    queries: list[str] = Field(description="Searches that led others to what solved it, the most frequent first.")
    screencasts: list[SuggestedScreencast] = Field(description="By their titles.")
    categories: list[SuggestedCategory]
    asks: list[Any] = Field(description="Empty: this site has no asks yet.")


@bp.get("/suggest")
@bp.input(SuggestQuery, location="query")
@bp.output(SuggestionsOut)
@visitors
def suggest(query_data: SuggestQuery) -> dict[str, Any]:
    """What may be meant, while somebody types. It is no search, and is not kept."""
    found = suggestions(viewer(), query_data.q)
    return {
        "queries": found.queries,
        "screencasts": [
            {"id": each.id, "title": each.name, "url": absolute(url_for("pages.watch", screencast_id=each.id))}
            for each in found.screencasts
        ],
        "categories": [
            {"id": each.id, "name": each.name, "url": absolute(url_for("pages.library", category=each.id))}
            for each in found.categories
        ],
        "asks": [],
    }
