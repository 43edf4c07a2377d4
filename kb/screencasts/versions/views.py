"""The page on which the recording of a screencast is replaced, and an earlier one restored."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import person, signed_in, viewer
from kb.errors import KbError
from kb.hands import hands
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown
from kb.screencasts.uploads.arrivals import arrival
from kb.screencasts.uploads.begun import replacement_begun_by
from kb.screencasts.versions import actions as versions
from kb.screencasts.views import ACCEPT
from kb.web.uploads import TAKE_RECORDINGS

bp = Blueprint("versions", __name__)
TAKE_RECORDINGS.add("versions.replace")


@bp.get("/screencasts/<screencast_id>/recording")
@signed_in
def page(screencast_id: str) -> ResponseReturnValue:
    return _page(_to_replace(screencast_id))


@bp.post("/screencasts/<screencast_id>/recording")
@signed_in
def replace(screencast_id: str) -> ResponseReturnValue:
    screencast = _to_replace(screencast_id)
    try:
        with arrival() as arrived:
            versions.replace(screencast, arrived.path, arrived.filename, by=person())
    except KbError as error:
        return _page(_to_replace(screencast_id), error.errors or {"file": [error.detail]}), error.status
    flash("The new recording is being prepared. Until it is ready the earlier one plays.", "success")
    return redirect(url_for("pages.watch", screencast_id=screencast_id))


@bp.post("/screencasts/<screencast_id>/versions/<version_id>/restore")
@signed_in
def restore(screencast_id: str, version_id: str) -> ResponseReturnValue:
    versions.restore(_to_replace(screencast_id), version_id, by=person())
    flash("The earlier recording is being prepared again. What it replaces is kept as a version.", "success")
    return redirect(url_for("pages.watch", screencast_id=screencast_id))


@bp.post("/screencasts/<screencast_id>/versions/<version_id>/erase")
@signed_in
def erase(screencast_id: str, version_id: str) -> ResponseReturnValue:
    versions.drop(_to_replace(screencast_id), version_id, by=person())
    flash("That version is erased.", "success")
    return redirect(url_for("versions.page", screencast_id=screencast_id))


def _to_replace(screencast_id: str) -> Screencast:
    return versions.get_to_replace(viewer(), screencast_id, by=person())


def _page(screencast: Screencast, errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "screencasts/recording.html",
        screencast=shown(screencast, viewer()),
        filename=screencast.filename,
        versions=screencast.versions,
        errors=errors or {},
        begun=replacement_begun_by(person(), screencast.id),
        accept=ACCEPT,
        max_bytes=hands().settings.max_upload_bytes,
        max_duration_s=hands().settings.max_duration_s,
    )
