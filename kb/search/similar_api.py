"""More like a screencast, in the API."""

from typing import Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import viewer, visitors
from kb.screencasts import actions as screencasts
from kb.screencasts.api import ScreencastOut
from kb.screencasts.as_json import as_json
from kb.search.similar import similar
from kb.web.api import blueprint

bp = blueprint("similar", __name__)


class SimilarScreencast(BaseModel):
    screencast: ScreencastOut
    words: list[str] = Field(description="What both are about, the most telling first.")


class SimilarOut(BaseModel):
    items: list[SimilarScreencast] = Field(description="Most alike first, at most four.")


@bp.get("/screencasts/<screencast_id>/similar")
@bp.output(SimilarOut)
@visitors
def similar_to(screencast_id: str) -> dict[str, Any]:
    """Others of the same words, as far as the asker may see them."""
    screencast = screencasts.get(viewer(), screencast_id)
    found = similar(viewer(), screencast)
    return {"items": [{"screencast": as_json(each.screencast), "words": each.words} for each in found]}
