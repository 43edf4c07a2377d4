"""More like this, for the watch page."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import viewer, visitors
from kb.screencasts import actions as screencasts
from kb.screencasts.present import shown
from kb.search.similar import similar

bp = Blueprint("similar", __name__)


@bp.get("/screencasts/<screencast_id>/similar")
@visitors
def show(screencast_id: str) -> ResponseReturnValue:
    """Fetched by the watch page when its reader comes to that place; without scripts a page of its own."""
    screencast = screencasts.get(viewer(), screencast_id)
    found = [(shown(each.screencast, viewer()), each.words) for each in similar(viewer(), screencast)]
    template = "watch/_similar.html" if "HX-Request" in request.headers else "watch/similar.html"
    return render_template(template, screencast=shown(screencast, viewer()), similar=found)
