"""How far screencasts are: told as it happens (`/api/v1/events`), or whenever somebody asks (`/api/v1/progress`)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import defer, selectinload

from kb.accounts.models import AccessVersion
from kb.accounts.rules import Viewer, can_view, visible
from kb.accounts.sessions import asker, person, signed_in, viewer, visitors
from kb.db import db
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline.progress import Progress
from kb.web.api import blueprint
from kb.web.live import stream_response

bp = blueprint("progress", __name__)

MOST_ASKED = 100
STREAM: dict[int | str, Any] = {"200": {"description": "The stream", "content": {"text/event-stream": {}}}}


@dataclass
class Place:
    """What it rests on who may see a screencast, without its row."""

    author_id: str
    team_id: str | None
    category_id: str | None
    visibility: str
    published_at: Any
    trashed_at: Any


@dataclass(frozen=True)
class News:
    """What changed, read once for all streams. access: the number that rises when it changes who may see what."""

    access: int
    lines: list[tuple[Place, str]]


class ProgressOut(BaseModel):
    id: str
    state: str = Field(description="processing, ready or failed")
    playable: bool
    progress: float = Field(description="0 to 1, of all that is done to it.")
    words: str = Field(description="What goes on, for people; empty when nothing does.")
    left: str = Field(description="How long it still takes, for people; empty while that is not known.")
    time_left: int | None = Field(description="Seconds; null while that is not known.")
    stamp: str = Field(description="Another when more than numbers and words have changed.")


class ProgressList(BaseModel):
    items: list[ProgressOut]


class ProgressQuery(BaseModel):
    ids: str = Field(description=f"At most {MOST_ASKED}, with commas between them.")


@bp.get("/progress")
@bp.input(ProgressQuery, location="query")
@bp.output(ProgressList)
@bp.doc(
    summary="How far screencasts are",
    description="Of those named that the asker may see. With If-None-Match it is 304 while nothing has changed.",
)
@visitors
def index(query_data: ProgressQuery) -> ResponseReturnValue:
    wanted = Screencast.id.in_(query_data.ids.split(",")[:MOST_ASKED])
    found = _load(select(Screencast).where(wanted, visible(viewer(), Screencast)))
    response = jsonify(items=[Progress(each).as_json() for each in found])
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:16], weak=True)
    return response.make_conditional(request)


@bp.get("/events")
@bp.doc(
    summary="How far screencasts are, as it happens",
    description="An event stream (text/event-stream): `event: progress`, with one of `progress`'s items as `data`, for "
    "each change of a screencast that the asker may see then, at most every 0.7 s for each. `event: rest` ends a "
    "stream after five minutes without any. 503 where as many streams are open as the site can take, and while Redis "
    "is away: ask `progress` every few seconds then.",
    responses=STREAM,
)
@signed_in
def events() -> Response:
    return stream_response(person().id, _Teller())


def read(ids: list[str]) -> News:
    access = db.session.scalar(select(AccessVersion.number)) or 0
    found = _load(select(Screencast).where(Screencast.id.in_(ids)))
    return News(access, [(_place(each), json.dumps(Progress(each).as_json())) for each in found])


class _Teller:
    """What of the news one asker is told. Who they are is looked up again with every change of who may see what."""

    def __init__(self) -> None:
        self._look_up = asker()
        self._viewer: Viewer | None = None
        self._access: int | None = None

    def __call__(self, news: News) -> Iterable[str] | None:
        if news.access != self._access:
            self._viewer, self._access = self._look_up(), news.access
        if not self._viewer:
            return None
        return [line for place, line in news.lines if can_view(self._viewer, place)]


def _load(query: Any) -> list[Screencast]:
    # What was measured is long, and nothing of it is told.
    with_all = query.options(
        defer(Screencast.measured), selectinload(Screencast.steps), selectinload(Screencast.sources)
    )
    return list(db.session.scalars(with_all.order_by(Screencast.id)))


def _place(screencast: Screencast) -> Place:
    return Place(**{name: getattr(screencast, name) for name in Place.__dataclass_fields__})
