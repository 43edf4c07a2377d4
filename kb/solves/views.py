""" "This solved it" and "Didn't help", below the player; each answers with that part of the page."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import person, signed_in, viewer
from kb.errors import Invalid
from kb.screencasts.models import Screencast
from kb.screencasts.present import shown
from kb.solves import actions
from kb.solves.forms import SolvedIn, UnhelpedIn
from kb.solves.present import helped
from kb.web.forms import parse

bp = Blueprint("solves", __name__)
SCREENCAST = "/screencasts/<screencast_id>"

SOLVED = "Thank you. Who searches for the same finds this sooner."
SAVED = "Saved. Thank you."
UNHELPED = "Thank you. Search puts it a little lower, and its author sees the reason, without your name."
TAKEN_BACK = "Taken back."


@bp.post(f"{SCREENCAST}/solved")
@signed_in
def solve(screencast_id: str) -> ResponseReturnValue:
    """One press says it; the form that it brings says more."""
    screencast = actions.get_to_judge(viewer(), screencast_id)
    try:
        actions.solve(screencast, by=person(), **parse(SolvedIn, request.form.to_dict()).said())
    except Invalid as error:
        if "HX-Request" not in request.headers:
            raise
        return _part(screencast, errors=error.errors), 422
    return _said(screencast, SAVED if "note" in request.form else SOLVED)


@bp.post(f"{SCREENCAST}/solved/undo")
@signed_in
def undo(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get_to_judge(viewer(), screencast_id)
    actions.undo(screencast, by=person())
    return _said(screencast, TAKEN_BACK)


@bp.post(f"{SCREENCAST}/unhelped")
@signed_in
def say_unhelped(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get_to_judge(viewer(), screencast_id)
    actions.say_unhelped(screencast, parse(UnhelpedIn, request.form).reason, by=person())
    return _said(screencast, UNHELPED)


@bp.post(f"{SCREENCAST}/unhelped/undo")
@signed_in
def take_back_unhelped(screencast_id: str) -> ResponseReturnValue:
    screencast = actions.get_to_judge(viewer(), screencast_id)
    actions.take_back_unhelped(screencast, by=person())
    return _said(screencast, TAKEN_BACK)


def _said(screencast: Screencast, sentence: str) -> ResponseReturnValue:
    if "HX-Request" in request.headers:
        return _part(screencast, sentence=sentence)
    flash(sentence, "success")
    at = request.form.get("at") or None
    return redirect(url_for("pages.watch", screencast_id=screencast.id, t=at, _anchor="helped"))


def _part(screencast: Screencast, *, sentence: str = "", errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "solves/_helped.html",
        screencast=shown(screencast, viewer()),
        helped=helped(screencast, viewer()),
        sentence=sentence,
        errors=errors or {},
    )
