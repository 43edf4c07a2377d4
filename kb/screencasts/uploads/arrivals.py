"""A recording that comes in one request: its file in the data folder, and what was said of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, cast

from flask import request

from kb.db import let_go
from kb.errors import Invalid
from kb.screencasts.actions import CaptionsFile
from kb.screencasts.fields import Upload
from kb.screencasts.refusals import check_room
from kb.web.forms import parse
from kb.web.uploads import TAKE_RECORDINGS, Landing

TAKE_RECORDINGS.update({"screencasts.upload_form", "api_screencasts.add"})

# Read into memory; what is longer is refused by whoever reads captions.
CAPTIONS_BYTES = 6 * 1024**2
# What a form holds beside its file, so that a file of just the largest size still fits.
WORDS_BYTES = 128 * 1024


@dataclass(frozen=True)
class Arrived:
    path: Path
    filename: str
    fields: Upload
    captions: CaptionsFile | None


@contextmanager
def arrival() -> Iterator[Arrived]:
    """Read the request's form; whatever is left of its files afterwards is deleted."""
    # Before the first byte of the body is read.
    check_room(max(0, (request.content_length or 0) - WORDS_BYTES))
    # The body may take an hour; nobody needs the database meanwhile.
    let_go()
    files = request.files
    try:
        file = files.get("file")
        if not file or not file.filename:
            text = "Choose a recording to upload."
            raise Invalid(text, code="no-file", errors={"file": [text]})
        fields = parse(Upload, _values())
        yield Arrived(
            path=cast(Landing, file.stream).path,
            filename=file.filename,
            fields=fields,
            captions=captions_in_request(fields.captions_language),
        )
    finally:
        for each in chain.from_iterable(files.listvalues()):
            each.close()


def _values() -> dict[str, Any]:
    values: dict[str, Any] = dict(request.form.items())
    values["tags"] = request.form.getlist("tags")
    if not values.get("captions_language"):
        values.pop("captions_language", None)
    # How a form says nothing. What is empty is refused: a script that lost a value must not share with everyone.
    if values.get("visibility") == "as-category":
        values.pop("visibility")
        # Without JavaScript the form always names a team, hidden or not.
        values.pop("team", None)
    return values


def captions_in_request(language: str) -> CaptionsFile | None:
    file = request.files.get("captions")
    if not file or not file.filename:
        return None
    return CaptionsFile(file.stream.read(CAPTIONS_BYTES), file.filename, language)
