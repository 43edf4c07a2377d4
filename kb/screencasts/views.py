"""Pages that change one screencast: upload, edit, publish, delete, retry; and how far its steps are."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.models import Team
from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.categories import actions as categories
from kb.categories.present import choices
from kb.categories.vocabulary import meant, tag_name
from kb.errors import Invalid, KbError
from kb.hands import hands
from kb.screencasts import actions, erasing
from kb.screencasts.fields import Upload
from kb.screencasts.languages import languages_to_choose
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown, visibility_text
from kb.screencasts.uploads.arrivals import arrival, captions_in_request
from kb.screencasts.uploads.begun import begun_by
from kb.web.flashes import offer_undo
from kb.web.forms import parse

bp = Blueprint("screencasts", __name__)

ACCEPT = "video/*,.mkv,.mov,.mp4,.m4v,.webm,.avi,.flv,.ts,.mts,.m2ts,.3gp,.ogv,.gif"
STATUS_PARTS = {"card": "screencasts/_card.html", "row": "screencasts/_row.html", "watch": "watch/_progress.html",
                "stage": "watch/_stage.html"}  # fmt: skip


@bp.get("/upload")
@signed_in
def upload() -> ResponseReturnValue:
    return _upload_page()


@bp.post("/upload")
@signed_in
def upload_form() -> ResponseReturnValue:
    """The way without JavaScript; the page's own script sends to the API."""
    try:
        with arrival() as arrived:
            screencast = actions.receive(
                arrived.path, arrived.filename, arrived.fields, by=person(), captions=arrived.captions
            )
    except KbError as error:
        return _upload_page(error.errors or {"file": [error.detail]}), error.status
    if left_out := _retired_among(arrived.fields.tags or [], screencast):
        flash(f"Left out, as these tags are not used any more: {', '.join(left_out)}.", "warning")
    return redirect(url_for("pages.watch", screencast_id=screencast.id))


@bp.get("/screencasts/<screencast_id>/status")
@visitors
def status(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get(viewer(), screencast_id)
    view = request.args.get("view", "card")
    if view not in STATUS_PARTS:
        raise Invalid("There is no such view.")
    return render_template(STATUS_PARTS[view], screencast=shown(screencast, viewer()), start_s=0)


@bp.route("/screencasts/<screencast_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get_to_change(viewer(), screencast_id)
    if request.method != "POST":
        return _edit_page(screencast)
    try:
        fields = parse(Upload, _form_values())
        if not fields.title:
            raise Invalid("A title is needed.", errors={"title": ["Say in a few words what it shows."]})
        actions.change(screencast, fields, by=person(), captions=captions_in_request(fields.captions_language))
    except Invalid as error:
        return _edit_page(screencast, error.errors), 422
    flash("Saved.", "success")
    return redirect(url_for("pages.watch", screencast_id=screencast.id))


@bp.post("/screencasts/<screencast_id>/publish")
@signed_in
def publish(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get_to_change(viewer(), screencast_id)
    actions.publish(screencast, by=person())
    flash(f"It is published. Who may see it: {visibility_text(screencast)}.", "success")
    return redirect(url_for("pages.watch", screencast_id=screencast.id))


@bp.post("/screencasts/<screencast_id>/delete")
@signed_in
def delete(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get_to_change(viewer(), screencast_id)
    actions.trash(screencast, by=person())
    back = url_for("curation.restore", screencast_id=screencast.id)
    offer_undo(f"“{screencast.title}” is in the trash for 30 days.", back)
    return redirect(url_for("pages.library"))


@bp.post("/screencasts/<screencast_id>/cancel")
@signed_in
def cancel(screencast_id: str) -> ResponseReturnValue:
    screencast = erasing.get_to_cancel(viewer(), screencast_id, by=person())
    title = screencast.title
    erasing.cancel(screencast, by=person())
    flash(f"“{title}” is cancelled. Nothing of it was kept.", "success")
    return redirect(url_for("screencasts.upload"))


@bp.post("/screencasts/<screencast_id>/retry")
@signed_in
def retry(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get_to_change(viewer(), screencast_id)
    actions.retry(screencast, by=person())
    return redirect(url_for("pages.watch", screencast_id=screencast.id))


def _retired_among(typed: list[str], screencast: Screencast) -> list[str]:
    names = {tag.name for tag in screencast.tags}
    return [word for word in typed if tag_name(word) and meant(word) not in names]


def _form_values() -> dict[str, Any]:
    values: dict[str, Any] = dict(request.form.items())
    if not values.get("captions_language"):
        values.pop("captions_language", None)
    if "tags" in values:
        values["tags"] = request.form.getlist("tags")
    return values


def _choices(team: Team | None = None) -> dict[str, Any]:
    """team: which a screencast is for already; offered too if its author left it, lest the form says another."""
    settings = hands().settings
    teams = dict.fromkeys([*person().teams, *([team] if team else [])])
    return {
        "categories": choices(categories.tree(viewer())),
        "teams": [{"id": each.id, "name": each.name} for each in teams],
        # Public is for people without an account: no choice where none of those may look.
        "offers_public": settings.public,
        "max_bytes": settings.max_upload_bytes,
        "max_duration_s": settings.max_duration_s,
        "accept": ACCEPT,
        "languages": languages_to_choose(),
    }


def _upload_page(errors: dict[str, list[str]] | None = None) -> str:
    # Where the body was refused the form was never read, and to read it now would be refused again.
    values = request.form if "form" in vars(request) else {}
    begun = begun_by(person(), viewer())
    return render_template("screencasts/upload.html", errors=errors or {}, values=values, begun=begun, **_choices())


def _edit_page(screencast: Screencast, errors: dict[str, list[str]] | None = None) -> str:
    values = (
        request.form
        if errors
        else {
            "title": screencast.title,
            "purpose": screencast.purpose,
            "description": screencast.description,
            "category": screencast.category_id or "",
            "tags": ", ".join(tag.name for tag in screencast.tags),
            "language": screencast.language or "",
            "visibility": screencast.visibility,
            "team": screencast.team_id or "",
        }
    )
    return render_template(
        "screencasts/edit.html",
        screencast=shown(screencast, viewer()),
        errors=errors or {},
        values=values,
        **_choices(screencast.team),
    )
