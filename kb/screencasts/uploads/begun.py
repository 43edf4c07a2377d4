"""What a person began on the upload page and that is not out yet: parts of files, drafts, work in progress."""

import base64
from contextlib import suppress
from typing import Any

from flask import url_for
from sqlalchemy import or_, select

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import db
from kb.screencasts.models import PartialUpload, Screencast, State
from kb.screencasts.present import shown
from kb.screencasts.queries import WHOLE, seen_by
from kb.screencasts.uploads.actions import unfinished

# The rest of the drafts is in the library.
MOST = 12


def begun_by(person: Person, viewer: Viewer) -> dict[str, list[dict[str, Any]]]:
    """As the page's script reads it (js/upload/begun.js), newest first. viewer: that person."""
    found = (_part(upload, offset_bytes) for upload, offset_bytes in unfinished(person) if not upload.replaces_id)
    return {
        "parts": [part for part in found if _can_go_on(part)],
        "screencasts": [_screencast(each, viewer) for each in _screencasts(viewer)],
    }


def replacement_begun_by(person: Person, screencast_id: str) -> list[dict[str, Any]]:
    """Of the recording that is to take this screencast's place: what is here of it."""
    found = (
        _part(upload, offset_bytes)
        for upload, offset_bytes in unfinished(person)
        if upload.replaces_id == screencast_id
    )
    return [part for part in found if _can_go_on(part)]


def _can_go_on(part: dict[str, Any]) -> bool:
    """Whether the page began it: by when the file was changed it knows it again. What is all here ends by itself."""
    return part["modified"] is not None and part["size"] is not None and part["offset"] < part["size"]


def _screencasts(viewer: Viewer) -> list[Screencast]:
    query = (
        select(Screencast)
        .where(
            seen_by(viewer),
            Screencast.author_id == viewer.person_id,
            or_(Screencast.published_at.is_(None), Screencast.state == State.processing),
        )
        .order_by(Screencast.created_at.desc(), Screencast.id.desc())
    )
    return list(db.session.scalars(query.options(*WHOLE).limit(MOST)))


def _part(upload: PartialUpload, offset_bytes: int) -> dict[str, Any]:
    return {
        "path": url_for("api_uploads.progress", upload_id=upload.id),
        "name": upload.filename,
        "size": upload.size_bytes,
        "modified": _modified(upload),
        "offset": offset_bytes,
        "fields": upload.fields,
    }


def _modified(upload: PartialUpload) -> int | None:
    """Milliseconds since 1970, as the browser said; None where another client sends."""
    sent = dict(pair.strip().partition(" ")[::2] for pair in upload.sent_metadata.split(","))
    with suppress(ValueError):
        return int(base64.b64decode(sent.get("modified", ""), validate=True))
    return None


def _screencast(screencast: Screencast, viewer: Viewer) -> dict[str, Any]:
    it = shown(screencast, viewer)
    return {
        "id": it.id,
        "url": it.url,
        "name": screencast.filename,
        "size": it.size_bytes,
        "seconds": it.duration_ms / 1000 if it.duration_ms is not None else None,
        "poster": it.poster_url or "",
        "isDraft": it.is_draft,
        "fields": {
            "title": it.title,
            "purpose": it.purpose,
            "category": screencast.category_id or "",
            "tags": [tag.name for tag in it.tags],
            "visibility": it.visibility,
            "team": it.team_id,
        },
    }
