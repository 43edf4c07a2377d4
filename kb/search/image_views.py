"""An image pasted into the search page.

    POST /search/image   multipart/form-data: image (a file), csrf_token

answers 303 to the search page for the words that were read, as if they had been typed, so that all links and pages of
that answer are its own. What can't be read leads back to the empty search page, which says why. A script that takes an
image from the clipboard puts it into the file input (DataTransfer) and submits the form.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import cast

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import signed_in, viewer
from kb.db import let_go
from kb.errors import Invalid, KbError
from kb.search.addresses import fitting, page_url
from kb.search.asked import Asked
from kb.search.image_words import LARGEST_BYTES, words_of
from kb.web.limits import limiter
from kb.web.uploads import MORE_BYTES, Landing

bp = Blueprint("search_image", __name__)
MOST_OFTEN = "30 per minute"
MORE_BYTES.update({"search_image.read": LARGEST_BYTES, "api_search_image.search": LARGEST_BYTES})


@bp.post("/search/image")
@signed_in
@limiter.limit(MOST_OFTEN)
def read() -> ResponseReturnValue:
    try:
        words = words_in_request()
    except KbError as error:
        flash(error.detail, "error")
        return redirect(url_for("search.page"), 303)
    return redirect(page_url(fitting(viewer(), Asked(words))), 303)


def words_in_request() -> str:
    """Read the image of the request's form; it is deleted before this ends, whatever happens. Raises as `words_of`."""
    with _image() as path:
        # Reading takes seconds, in which nobody needs the database.
        let_go()
        return words_of(path)


@contextmanager
def _image() -> Iterator[Path]:
    files = request.files
    try:
        image = files.get("image")
        if not image:
            raise Invalid("Paste or choose an image first.", code="no-image", errors={"image": ["Choose an image."]})
        yield cast(Landing, image.stream).path
    finally:
        for each in chain.from_iterable(files.listvalues()):
            each.close()
