"""The page of the searches that somebody keeps, and the button that keeps one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts.sessions import person, signed_in, viewer
from kb.search import saved
from kb.search.asked import Asked
from kb.search.news import new_hits
from kb.search.saved_present import search_url, shown

bp = Blueprint("saved", __name__)


@bp.get("/searches")
@signed_in
def page() -> ResponseReturnValue:
    kept = shown(saved.of(person()), viewer())
    return render_template("search/saved.html", saved=sorted(kept, key=lambda each: each.new, reverse=True))


@bp.post("/searches")
@signed_in
def save() -> ResponseReturnValue:
    asked = Asked.from_args(request.form.get("address", ""))
    kept = saved.save(asked, by=person())
    if "HX-Request" in request.headers:
        return render_template("search/_save.html", asked=asked, kept=kept)
    flash("Saved. What is new in it shows in your menu, below Saved searches.", "success")
    return redirect(search_url(asked.address()))


@bp.get("/searches/badge")
@signed_in
def badge() -> ResponseReturnValue:
    """How much is new in all of them, for the header."""
    return render_template("search/_badge.html", new=sum(new_hits(viewer(), saved.of(person())).values()))


@bp.post("/searches/<saved_id>")
@signed_in
def look_at(saved_id: str) -> ResponseReturnValue:
    """To its hits, which are new no more. No link: what fetches links ahead, or checks them, has not looked at them."""
    return redirect(search_url(saved.look_at(saved_id, by=person()).address), 303)


@bp.post("/searches/<saved_id>/remove")
@signed_in
def remove(saved_id: str) -> ResponseReturnValue:
    asked = Asked.from_args(saved.get(saved_id, person()).address)
    saved.forget(saved_id, by=person())
    if "HX-Request" in request.headers:
        return render_template("search/_save.html", asked=asked, kept=None)
    flash("Removed.", "success")
    return redirect(url_for("saved.page"))
