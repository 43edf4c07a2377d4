"""What is done to recordings just now, as a page for admins."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import admins_only, person, viewer
from kb.pages import tasks
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.pipeline import actions as pipeline
from kb.web.filters import counted
from kb.web.views import signs_of_life

bp = Blueprint("tasks", __name__)
PAGE = 50


@bp.get("/tasks")
@admins_only
def page() -> ResponseReturnValue:
    state = request.args.get("state") or "running"
    cursor = request.args.get("cursor")
    shown = tasks.page(viewer(), state, cursor=cursor, limit=PAGE)
    is_continued = "HX-Request" in request.headers and cursor
    return render_template(
        "tasks/_rows.html" if is_continued else "tasks/page.html",
        tasks=shown,
        state=state,
        states=tasks.STATES,
        failures=tasks.failures() if state == "failed" else [],
        workers=tasks.workers(signs_of_life()),
        next_url=url_for("tasks.page", state=state, cursor=shown.next) if shown.next else None,
    )


@bp.post("/tasks/retry")
@admins_only
def retry() -> ResponseReturnValue:
    """What failed: all of it, or only what the form names."""
    only = {name: request.form[name] for name in ("screencast_id", "step", "code") if name in request.form}
    if "screencast_id" in only:
        screencasts.get(viewer(), only["screencast_id"])
    count = pipeline.retry_failed(by=person(), **only)
    if count:
        flash(f"Started again for {counted(count)}.", "success")
    else:
        flash("Nothing like that has failed any more.", "info")
    return redirect(url_for("tasks.page", state="failed"))


@bp.post("/tasks/cancel")
@admins_only
def cancel() -> ResponseReturnValue:
    screencast = erasing.get_to_cancel(viewer(), request.form.get("screencast_id", ""), by=person())
    title = screencast.title
    erasing.cancel(screencast, by=person())
    flash(f"“{title}” is cancelled. Nothing of it was kept.", "success")
    return redirect(url_for("tasks.page"))
