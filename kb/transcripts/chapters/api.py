"""The chapters of a screencast in the API."""

from typing import Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.screencasts import actions as screencasts
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.chapters.forms import ChapterIn
from kb.transcripts.models import Chapter
from kb.web.api import blueprint

bp = blueprint("chapters", __name__)


class WholeChapter(BaseModel):
    id: str
    start: float
    title: str
    text: str | None = Field(description="What to do in this step, as people wrote it; null: what is said in it.")
    draft: bool = Field(description="Found by the site, and not looked at by anybody yet.")


class ChaptersOut(BaseModel):
    chapters: list[WholeChapter]


class ChaptersIn(BaseModel):
    chapters: list[ChapterIn] = Field(description="All of them, in any order; an empty list for none.")


@bp.get("/screencasts/<screencast_id>/chapters")
@bp.output(ChaptersOut)
@visitors
def show(screencast_id: str) -> dict[str, Any]:
    """Its parts, by time."""
    return _out(chapters.of(screencasts.get(viewer(), screencast_id).id))


@bp.put("/screencasts/<screencast_id>/chapters")
@bp.input(ChaptersIn)
@bp.output(ChaptersOut)
@signed_in
def replace(screencast_id: str, json_data: ChaptersIn) -> dict[str, Any]:
    """Replace them all. From then on they are people's, and the site drafts no others."""
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    return _out(chapters.put(screencast, [each.wanted() for each in json_data.chapters], by=person()))


def _out(found: list[Chapter]) -> dict[str, Any]:
    return {
        "chapters": [
            {
                "id": each.id,
                "start": each.start_ms / 1000,
                "title": each.title,
                "text": each.text,
                "draft": each.draft,
            }
            for each in found
        ]
    }
