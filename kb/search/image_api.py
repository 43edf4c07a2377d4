"""Search by an image in the API."""

from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import signed_in, viewer
from kb.search import log
from kb.search.addresses import fitting
from kb.search.answers import answer
from kb.search.api import SearchOut
from kb.search.asked import Asked
from kb.search.image_views import MOST_OFTEN, words_in_request
from kb.search.present import answer_as_json
from kb.web.api import blueprint, takes
from kb.web.limits import limiter

bp = blueprint("search_image", __name__)
HITS = 10


class ImageIn(BaseModel):
    image: bytes = Field(description="A PNG, JPEG, WebP, GIF or BMP of at most 10 MB. It is not kept.")


class ImageSearchOut(SearchOut):
    words: str = Field(description="All that was read in the image, a line a line; `query` is what was searched of it.")


@bp.post("/search/image")
@bp.doc(
    tags=["Search"],
    summary="Search by an image",
    description="The words in a screenshot, read on this server, and the best hits for them. For more of these, and to "
    "narrow them, search for `query`. 415 for what is no image, 422 `no-words` or `unreadable`, 409 `no-screen-reader` "
    "where no reader is set up, 503 `busy` while others are read.",
)
@bp.output(ImageSearchOut)
@takes({"multipart/form-data": ImageIn})
@signed_in
@limiter.limit(MOST_OFTEN)
def search() -> dict[str, Any]:
    words = words_in_request()
    asked = fitting(viewer(), Asked(words))
    found = answer(viewer(), asked, limit=HITS)
    found = replace(found, search_id=log.searched(viewer(), asked, found))
    return {**answer_as_json(found, None), "words": words}
