"""The chapters of a screencast as a form, and as steps to read."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import person, signed_in, viewer, visitors
from kb.errors import Invalid
from kb.screencasts import actions as screencasts
from kb.screencasts.addresses import page_url
from kb.screencasts.as_json import absolute
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown
from kb.transcripts import actions
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.chapters.forms import Row, rows_in, typed_clock, wanted_in
from kb.transcripts.chapters.steps import Step, steps
from kb.transcripts.listing import best_of
from kb.transcripts.models import Transcript

bp = Blueprint("chapters", __name__)
# How many more the form takes where no script adds rows.
EMPTY_ROWS = 2


@bp.get("/screencasts/<screencast_id>/chapters")
@signed_in
def edit(screencast_id: str) -> ResponseReturnValue:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    rows = [Row(each.id, typed_clock(each.start_ms), each.title, each.text) for each in _steps(screencast) if each.id]
    return _form(screencast, rows)


@bp.post("/screencasts/<screencast_id>/chapters")
@signed_in
def save(screencast_id: str) -> ResponseReturnValue:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    rows = rows_in(request.form)
    said = {each.id: each.text for each in _steps(screencast) if not each.is_written}
    try:
        chapters.put(screencast, wanted_in(rows, said.get), by=person())
    except Invalid as error:
        return _form(screencast, rows, error.errors), 422
    return _saved(screencast)


@bp.post("/screencasts/<screencast_id>/chapters/keep")
@signed_in
def keep(screencast_id: str) -> ResponseReturnValue:
    screencast = screencasts.get_to_change(viewer(), screencast_id)
    chapters.keep(screencast, by=person())
    return _saved(screencast)


@bp.get("/screencasts/<screencast_id>/steps")
@visitors
def read(screencast_id: str) -> ResponseReturnValue:
    """To be read without sound, and printed."""
    screencast = screencasts.get(viewer(), screencast_id)
    return render_template(
        "chapters/steps.html",
        screencast=shown(screencast, viewer()),
        steps=_steps(screencast),
        transcript=_words(screencast),
        address=absolute(page_url(screencast)),
    )


def _steps(screencast: Screencast) -> list[Step]:
    best = _words(screencast)
    return steps(
        chapters.of(screencast.id),
        chapters.said_in(best) if best else [],
        duration_ms=screencast.duration_ms or 0,
        scenes_ms=screencast.scenes or [],
    )


def _words(screencast: Screencast) -> Transcript | None:
    return best_of(actions.of(screencast.id), request.accept_languages)


def _form(screencast: Screencast, rows: list[Row], errors: dict[str, Any] | None = None) -> str:
    return render_template(
        "chapters/edit.html",
        screencast=shown(screencast, viewer()),
        rows=[*rows, *[Row()] * EMPTY_ROWS],
        errors=errors or {},
        then=request.values.get("then", ""),
    )


def _saved(screencast: Screencast) -> ResponseReturnValue:
    """The list in the place of the form, where a script asked for it."""
    if "HX-Request" in request.headers:
        return render_template("watch/_chapters.html", screencast=shown(screencast, viewer()))
    flash("The chapters are saved.", "success")
    page = "chapters.read" if request.form.get("then") == "steps" else "pages.watch"
    return redirect(url_for(page, screencast_id=screencast.id))
