"""Tags in the API. A name stands in the address as it is, with %2F or a plain slash for a slash."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import curators_only, person, viewer, visitors
from kb.categories import tags
from kb.categories.vocabulary import SORTS, Known, found, in_order, suggest
from kb.errors import Invalid
from kb.web.api import blueprint
from kb.web.paging import cursor_of, limit_of, read_cursor

bp = blueprint("tags", __name__)


class TagOut(BaseModel):
    name: str
    count: int = Field(description="Screencasts with it that the asker may see.")
    synonyms: list[str] = Field(description="Words that mean the same: typed as a tag each becomes this one.")
    retired: bool = Field(description="Not offered and not taken any more; only curators see such tags here.")
    instead: str | None = Field(description="Of a retired one: the tag that its word becomes.")


class TagList(BaseModel):
    items: list[TagOut]
    next: str | None


class TagQuery(BaseModel):
    q: str = Field("", description="Part of a name or of a synonym.")
    sort: str = Field(
        "best",
        description="best (names that begin so, the most used first; without retired ones), used, name or newest",
    )
    limit: str | None = None
    cursor: str | None = None


class ChangedTag(BaseModel):
    name: str | None = Field(None, description="A new name; the old one becomes a synonym.")
    retired: bool | None = None
    instead: str = Field("", description="With `retired`: the tag that its word becomes from now on.")


class Into(BaseModel):
    into: str = Field(description="The tag that stays; made if it is new.")


class Synonyms(BaseModel):
    synonyms: Annotated[list[str], Field(max_length=200)]


@bp.get("/tags")
@bp.input(TagQuery, location="query")
@bp.output(TagList)
@visitors
def index(query_data: TagQuery) -> dict[str, Any]:
    """The tags of what the asker may see; with `q`, by their usual order, what somebody may mean who typed so much."""
    limit = limit_of(query_data.limit, usual=20)
    order = f"tags by {query_data.sort}"
    place = read_cursor(order, query_data.cursor)
    at = place[0] if place else 0
    if query_data.sort == "best":
        listed = suggest(viewer(), query_data.q, at + limit + 1)
    elif query_data.sort in SORTS:
        listed = in_order(viewer(), found(viewer(), query_data.q), query_data.sort)
    else:
        raise Invalid("The order needs a correction.", errors={"sort": [f"Write one of best, {', '.join(SORTS)}."]})
    more = len(listed) > at + limit
    items = [_out(tag) for tag in listed[at : at + limit]]
    return {"items": items, "next": cursor_of(order, at + limit) if more else None}


@bp.patch("/tags/<words:name>", merge_slashes=False)
@bp.input(ChangedTag)
@bp.output(TagOut)
@curators_only
def change(name: str, json_data: ChangedTag) -> dict[str, Any]:
    """Rename, retire or bring back. A name that another tag has is a conflict (`tag-there`): merge the two."""
    if json_data.retired:
        tags.retire(viewer(), name, by=person().id, instead=json_data.instead)
    elif json_data.retired is not None:
        tags.bring_back(viewer(), name, by=person().id)
    if json_data.name is not None:
        name = tags.rename(viewer(), name, json_data.name, by=person().id)
    return _out(tags.get(viewer(), name))


@bp.delete("/tags/<words:name>", merge_slashes=False)
@bp.output({}, status_code=204)
@curators_only
def remove(name: str) -> str:
    """Only what no screencast has (`tag-in-use`): merge or retire the others."""
    tags.remove(viewer(), name, by=person().id)
    return ""


@bp.post("/tags/<words:name>/merge", merge_slashes=False)
@bp.input(Into)
@bp.output(TagOut)
@curators_only
def merge(name: str, json_data: Into) -> dict[str, Any]:
    """Every screencast with this tag gets the other instead, and its name becomes a synonym of it."""
    into = tags.merge(viewer(), [name], json_data.into, by=person().id)
    return _out(tags.get(viewer(), into))


@bp.get("/tags/<words:name>/synonyms", merge_slashes=False)
@bp.output(Synonyms)
@visitors
def synonyms(name: str) -> dict[str, Any]:
    return {"synonyms": list(tags.get(viewer(), name).synonyms)}


@bp.put("/tags/<words:name>/synonyms", merge_slashes=False)
@bp.input(Synonyms)
@bp.output(Synonyms)
@curators_only
def say_same(name: str, json_data: Synonyms) -> dict[str, Any]:
    """All of them at once: what is left out is no synonym any more. Search finds either word by the other."""
    return {"synonyms": tags.say_same(viewer(), name, json_data.synonyms, by=person().id)}


def _out(tag: Known) -> dict[str, Any]:
    return {
        "name": tag.name,
        "count": tag.count,
        "synonyms": list(tag.synonyms),
        "retired": tag.is_retired,
        "instead": tag.instead,
    }
