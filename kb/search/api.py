"""Search in the API."""

from dataclasses import replace
from typing import Any

from flask import request
from pydantic import BaseModel, Field
from werkzeug.datastructures import MultiDict

from kb.accounts.sessions import signed_in, viewer, visitors
from kb.screencasts import actions as screencasts
from kb.screencasts.api import ScreencastOut
from kb.search import log
from kb.search.addresses import fitting
from kb.search.answers import answer
from kb.search.asked import AGES, LENGTHS, SORTS, SOURCES, Asked
from kb.search.present import answer_as_json
from kb.search.tag_suggestions import suggested
from kb.web.api import blueprint
from kb.web.paging import MOST, cursor_of, limit_of, read_cursor

bp = blueprint("search", __name__)
HITS = 10


class MomentOut(BaseModel):
    start: float
    end: float
    source: str = Field(description="speech, screen, chapter, solved or title")
    solved_count: int = Field(description="How many people this moment has helped, with source solved.")
    html: str = Field(description="Escaped text; <mark> is the only markup in it.")
    still: str | None
    url: str


class HitOut(BaseModel):
    screencast: ScreencastOut
    score: float
    title_html: str
    moments: list[MomentOut] = Field(description="Best first, at most five.")
    lacks: list[str] = Field(description="Which of the searched words it holds in no form.")


class FacetOut(BaseModel):
    value: str
    label: str
    count: int


class FilterOut(BaseModel):
    name: str = Field(description="A facet's name, or before or after.")
    value: str = Field(description="Empty where it names nothing that is there.")
    label: str
    without: str = Field(description="The query string of the same search without it.")


class UnderstoodOut(BaseModel):
    words: list[str] = Field(description="What was searched, without the words that every question has.")
    phrases: list[str]
    excluded: list[str]
    filters: list[FilterOut]
    corrected: dict[str, str] = Field(description="A word as typed, and what was searched instead of it.")
    lines: list[str] = Field(description="Of something pasted the most telling lines: they alone were searched.")


class BroaderOut(BaseModel):
    label: str = Field(description="What it leaves out.")
    query: str = Field(description="Its query string.")
    total: int


class ShowerOut(BaseModel):
    id: str
    name: str
    count: int = Field(description="How many of the closest screencasts are theirs.")


class NearbyOut(BaseModel):
    words: dict[str, list[str]] = Field(description="A word that nobody says, and the nearest that somebody does.")
    broader: list[BroaderOut] = Field(description="The same search without each of its filters.")
    people: list[ShowerOut] = Field(description="Who has shown things close to it.")


class SearchOut(BaseModel):
    query: str
    total: int
    took_ms: float
    did_you_mean: str | None = Field(description="The words as corrected. They are what was searched.")
    as_typed: str | None = Field(description="The query string of a search that corrects none of them.")
    degraded: bool = Field(
        description="true: the index is being rebuilt. Titles, notes and tags were looked through for the very "
        "words, and what is said and shown in the newest thousand."
    )
    notes: list[str] = Field(description="Sentences about what could not be taken as it was typed.")
    understood: UnderstoodOut
    nearby: NearbyOut | None = Field(description="Where to go from here; null unless nothing was found.")
    hits: list[HitOut]
    close: list[HitOut] = Field(
        description="With KB_SEMANTIC: what none of the words leads to and is about the same. Not in total."
    )
    facets: dict[str, list[FacetOut]] = Field(description="By category, tag, author, language, length, age, source.")
    next: str | None
    search_id: str | None = Field(description="What the log of searches calls it; null for later pages.")


class SuggestedTag(BaseModel):
    name: str
    count: int = Field(description="Screencasts with it that the asker may see; 0 for a new tag.")


class SuggestedTags(BaseModel):
    tags: list[SuggestedTag] = Field(description="Best first, without those that it has.")


class SearchQuery(BaseModel):
    q: str = Field("", description="The words, with filters and quotes as in the search box.")
    category: str | None = Field(None, description="Its id or slug; those below it count, too.")
    tag: str | None = Field(None, description="May be repeated: all of them.")
    author: str | None = Field(None, description="A person's id.")
    language: str | None = Field(None, description="en, de, …")
    length: str | None = Field(None, description=f"One of {', '.join(LENGTHS)}.")
    age: str | None = Field(None, description=f"One of {', '.join(AGES)}.")
    source: str | None = Field(None, description=f"Where the words stand: one of {', '.join(SOURCES)}.")
    sort: str = Field("best", description=f"One of {', '.join(SORTS)}.")
    limit: str | None = None
    cursor: str | None = None


class AskedIn(BaseModel):
    """As `GET /search` takes them."""

    q: str = ""
    category: str | None = None
    tag: list[str] = Field([], description="All of them.")
    author: str | None = None
    language: str | None = None
    length: str | None = None
    age: str | None = None
    source: str | None = None


class SearchIn(AskedIn):
    """The same, with a text of any length, such as a whole log."""

    sort: str = "best"
    limit: int = Field(HITS, ge=1, le=MOST)
    cursor: str | None = None


@bp.get("/search")
@bp.input(SearchQuery, location="query")
@bp.output(SearchOut)
@visitors
def search(query_data: SearchQuery) -> dict[str, Any]:
    """Typed words to the moments in which they are said or shown.

    An address holds some 8,000 signs, encoded; for more there is the same as POST.
    """
    asked = Asked.from_args(request.args)
    return _page(asked, query_data.cursor, limit_of(query_data.limit, usual=HITS))


@bp.post("/search")
@bp.input(SearchIn)
@bp.output(SearchOut)
@signed_in
def search_long(json_data: SearchIn) -> dict[str, Any]:
    """A search for what no address holds, such as a whole log; nothing is changed by it.

    `query` in the answer is what was searched: of a text that is too long its most telling lines.
    """
    asked = Asked.from_args(MultiDict(json_data.model_dump(exclude_none=True)))
    return _page(fitting(viewer(), asked), json_data.cursor, json_data.limit)


def _page(asked: Asked, cursor: str | None, limit: int) -> dict[str, Any]:
    order = f"search by {asked.sort}"
    place = read_cursor(order, cursor)
    found = answer(viewer(), asked, offset=place[0] if place else 0, limit=limit)
    if not place:
        found = replace(found, search_id=log.searched(viewer(), asked, found))
    return answer_as_json(found, cursor_of(order, found.next_offset) if found.next_offset is not None else None)


@bp.get("/screencasts/<screencast_id>/suggested-tags")
@bp.output(SuggestedTags)
@signed_in
def suggested_tags(screencast_id: str) -> dict[str, Any]:
    """Tags that would suit, by what stands out in its words; taken only when somebody sets them."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    return {"tags": [{"name": each.name, "count": each.count} for each in suggested(viewer(), screencast)]}
