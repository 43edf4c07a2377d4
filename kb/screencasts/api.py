"""Screencasts in the API."""

from typing import Any

from flask import request
from pydantic import BaseModel, Field

from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.errors import Invalid
from kb.screencasts import actions, erasing, queries
from kb.screencasts.as_json import as_json
from kb.screencasts.fields import Upload, Words
from kb.screencasts.uploads.arrivals import arrival
from kb.web.api import Problem, blueprint, takes
from kb.web.paging import limit_of

bp = blueprint("screencasts", __name__)


class NamedOut(BaseModel):
    id: str
    name: str


class StepOut(BaseModel):
    name: str
    state: str = Field(description="waiting, running, done, failed or skipped")
    progress: float
    error: Problem | None = Field(description="Why it failed or is tried again, or a note on what it met.")


class SourceOut(BaseModel):
    url: str
    type: str
    width: int
    height: int
    bytes: int


class CaptionsOut(BaseModel):
    language: str
    source: str = Field(description="speech, upload or edited")
    draft: bool
    url: str


class ChapterOut(BaseModel):
    start: float
    title: str


class ScreencastOut(BaseModel):
    id: str
    url: str
    title: str
    purpose: str
    description: str
    category: NamedOut | None
    tags: list[str]
    author: NamedOut
    language: str | None = Field(description="What is spoken in it, where somebody has said so.")
    visibility: str
    team: NamedOut | None
    draft: bool
    state: str = Field(description="processing, ready (something plays) or failed (nothing plays)")
    playable: bool
    progress: float
    time_left: int | None = Field(description="Seconds until every step is done; null while that is not known.")
    steps: list[StepOut]
    error: Problem | None
    duration: float | None
    width: int | None
    height: int | None
    sources: list[SourceOut] = Field(description="Best first: what every browser plays before the quick copy.")
    poster: str | None
    storyboard: str | None
    captions: list[CaptionsOut]
    chapters: list[ChapterOut]
    solved_count: int
    external_id: str | None
    created_at: str
    published_at: str | None


class ScreencastList(BaseModel):
    items: list[ScreencastOut]
    next: str | None


class NewScreencast(Upload):
    file: bytes = Field(description="The recording.")
    captions: bytes | None = Field(None, description="A .vtt or .srt file of what is said.")


class ListQuery(BaseModel):
    category: str | None = Field(None, description="A category's id or slug; what is below it counts too.")
    tag: str | None = None
    author: str | None = Field(None, description="A person's id.")
    team: str | None = Field(None, description="The id of a team of the asker's: what is for that team alone.")
    draft: bool | None = Field(None, description="true: what is not published yet; false: what is.")
    state: str | None = Field(None, description="processing, ready or failed")
    sort: str = Field("newest", description="newest, solved or title")
    limit: str | None = Field(None, description="1 to 100")
    cursor: str | None = None


@bp.post("/screencasts")
@bp.doc(
    summary="Upload a recording",
    description="The answer comes as soon as the bytes are in; `state`, `steps` and `playable` tell the rest. The file "
    "streams to disk. Refused: 413 too large, 415 not a video, 422 a field, too long or no picture, 507 no room.",
)
@bp.output(ScreencastOut, status_code=202)
@takes({"multipart/form-data": NewScreencast})
@signed_in
def add() -> tuple[dict[str, Any], int, dict[str, str]]:
    with arrival() as arrived:
        screencast = actions.receive(
            arrived.path, arrived.filename, arrived.fields, by=person(), captions=arrived.captions
        )
    body = as_json(screencast)
    return body, 202, {"Location": f"{request.path}/{screencast.id}"}


@bp.get("/screencasts")
@bp.input(ListQuery, location="query")
@bp.output(ScreencastList)
@visitors
def index(query_data: ListQuery) -> dict[str, Any]:
    """Screencasts that the asker may see, newest first unless sorted otherwise."""
    wanted = queries.Wanted(**query_data.model_dump(exclude={"limit", "cursor"}))
    page = queries.page(viewer(), wanted, cursor=query_data.cursor, limit=limit_of(query_data.limit))
    return {"items": [as_json(each) for each in page.items], "next": page.next}


@bp.get("/screencasts/<screencast_id>")
@bp.output(ScreencastOut)
@visitors
def show(screencast_id: str) -> dict[str, Any]:
    return as_json(actions.get(viewer(), screencast_id))


@bp.patch("/screencasts/<screencast_id>")
@bp.input(Words)
@bp.output(ScreencastOut)
@signed_in
def change(screencast_id: str, json_data: Words) -> dict[str, Any]:
    """Change what is given, leave the rest. `draft: false` publishes."""
    if json_data.title == "":
        raise Invalid("A title is needed.", errors={"title": ["Say in a few words what it shows."]})
    screencast = actions.get_to_change(viewer(), screencast_id)
    return as_json(actions.change(screencast, json_data, by=person()))


@bp.delete("/screencasts/<screencast_id>")
@bp.output({}, status_code=204)
@signed_in
def delete(screencast_id: str) -> str:
    """Put it in the trash for 30 days."""
    actions.trash(actions.get_to_change(viewer(), screencast_id), by=person())
    return ""


@bp.post("/screencasts/<screencast_id>/retry")
@bp.output(ScreencastOut, status_code=202)
@signed_in
def retry(screencast_id: str) -> dict[str, Any]:
    """Start the steps again that failed."""
    screencast = actions.get_to_change(viewer(), screencast_id)
    actions.retry(screencast, by=person())
    return as_json(screencast)


@bp.post("/screencasts/<screencast_id>/cancel")
@bp.output({}, status_code=204)
@signed_in
def cancel(screencast_id: str) -> str:
    """Stop preparing a new upload and erase it, with all its files. Answers 409 once it is prepared."""
    erasing.cancel(erasing.get_to_cancel(viewer(), screencast_id, by=person()), by=person())
    return ""
