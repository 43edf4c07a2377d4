"""Another recording for a screencast, and its earlier ones, in the API."""

from typing import Any

from pydantic import BaseModel, Field

from kb.accounts.sessions import person, signed_in, viewer
from kb.screencasts import actions, queries
from kb.screencasts.api import NamedOut, ScreencastOut
from kb.screencasts.as_json import absolute, as_json, instant
from kb.screencasts.models import Screencast, Version
from kb.screencasts.present import shown
from kb.screencasts.uploads.arrivals import arrival
from kb.screencasts.versions import actions as versions
from kb.web.api import blueprint, takes
from kb.web.uploads import TAKE_RECORDINGS

bp = blueprint("versions", __name__)
TAKE_RECORDINGS.add("api_versions.replace")


class RecordingIn(BaseModel):
    file: bytes = Field(description="The recording that takes the place of the present one.")


class VersionOut(BaseModel):
    id: str
    filename: str
    bytes: int
    duration: float | None
    replaced_at: str
    replaced_by: NamedOut | None


class VersionList(BaseModel):
    items: list[VersionOut]


class DuplicateOut(BaseModel):
    id: str
    title: str
    url: str


class DuplicateList(BaseModel):
    items: list[DuplicateOut]


@bp.put("/screencasts/<screencast_id>/recording")
@bp.doc(
    summary="Replace the recording",
    description="Id, address and links stay; the present recording becomes a version and plays until the new one does. "
    "Refused as an upload is; 422 `same-recording` for the bytes that it has already. For its author and admins.",
)
@bp.output(ScreencastOut, status_code=202)
@takes({"multipart/form-data": RecordingIn})
@signed_in
def replace(screencast_id: str) -> dict[str, Any]:
    screencast = versions.get_to_replace(viewer(), screencast_id, by=person())
    with arrival() as arrived:
        return as_json(versions.replace(screencast, arrived.path, arrived.filename, by=person()))


@bp.get("/screencasts/<screencast_id>/versions")
@bp.output(VersionList)
@signed_in
def index(screencast_id: str) -> dict[str, Any]:
    """Earlier recordings, the latest first; for its author and admins."""
    return {"items": [_as_json(each) for each in _to_replace(screencast_id).versions]}


@bp.post("/screencasts/<screencast_id>/versions/<version_id>/restore")
@bp.output(ScreencastOut, status_code=202)
@signed_in
def restore(screencast_id: str, version_id: str) -> dict[str, Any]:
    """Make it the recording again; the present one becomes a version."""
    return as_json(versions.restore(_to_replace(screencast_id), version_id, by=person()))


@bp.delete("/screencasts/<screencast_id>/versions/<version_id>")
@bp.output({}, status_code=204)
@signed_in
def drop(screencast_id: str, version_id: str) -> str:
    """Erase an earlier recording for good."""
    versions.drop(_to_replace(screencast_id), version_id, by=person())
    return ""


@bp.get("/screencasts/<screencast_id>/duplicates")
@bp.output(DuplicateList)
@signed_in
def duplicates(screencast_id: str) -> dict[str, Any]:
    """Other screencasts of the very same file, as far as the asker may see them; for who may change this one."""
    screencast = actions.get_to_change(viewer(), screencast_id)
    return {
        "items": [
            {"id": each.id, "title": each.title, "url": absolute(shown(each, viewer()).url)}
            for each in queries.same_file(viewer(), screencast)
        ]
    }


def _to_replace(screencast_id: str) -> Screencast:
    return versions.get_to_replace(viewer(), screencast_id, by=person())


def _as_json(version: Version) -> dict[str, Any]:
    by = version.replaced_by
    return {
        "id": version.id,
        "filename": version.filename,
        "bytes": version.original_bytes,
        "duration": version.duration_ms / 1000 if version.duration_ms is not None else None,
        "replaced_at": instant(version.replaced_at),
        "replaced_by": {"id": by.id, "name": by.name} if by else None,
    }
