"""What the first admin is led through: four questions about the new site, each of which can wait."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from kb.accounts import actions as accounts
from kb.accounts import links, site
from kb.accounts.models import Team
from kb.accounts.people_views import LINKS_AT_MOST, NEW_LINKS, invitation_row, make_links
from kb.accounts.sessions import admins_only, person, viewer
from kb.accounts.site_views import address, joining
from kb.categories import actions as categories
from kb.categories.present import shown as shown_tree
from kb.categories.starters import STARTERS, Shelf, outline, plant
from kb.db import db
from kb.errors import Invalid, KbError
from kb.web.urls import site_address

bp = Blueprint("welcome", __name__, url_prefix="/welcome")
# In their order: how the address calls each, and what people read.
STEPS = {"name": "Name", "joining": "Who may join", "categories": "Categories", "invite": "Invite"}
# Where somebody goes on who left in the middle.
REACHED = "welcome_step"
GO_ON = {"upload": "screencasts.upload", "library": "pages.library"}


@bp.get("")
@admins_only
def begin() -> ResponseReturnValue:
    return redirect(url_for("welcome.step", step=session.get(REACHED, "name")))


@bp.get("/<step>")
@admins_only
def step(step: str) -> ResponseReturnValue:
    if step not in STEPS:
        abort(404)
    session[REACHED] = step
    return _page(step)


@bp.post("/name")
@admins_only
def name() -> ResponseReturnValue:
    try:
        site.rename(request.form.get("name", ""), by=person())
    except Invalid as error:
        return _page("name", error.errors), 422
    return redirect(url_for("welcome.step", step="joining"))


@bp.post("/joining")
@admins_only
def let_join() -> ResponseReturnValue:
    try:
        site.let_join(request.form.get("who", ""), request.form.get("domain", ""), by=person())
    except KbError as error:
        return _page("joining", error.errors or {"form": [error.detail]}), error.status
    return redirect(url_for("welcome.step", step="categories"))


@bp.post("/categories")
@admins_only
def plant_categories() -> ResponseReturnValue:
    try:
        count = plant(_chosen(), by=person().id)
    except Invalid as error:
        return _page("categories", error.errors), 422
    flash(
        f"{count} {'category is' if count == 1 else 'categories are'} made. You can change them at any time.", "success"
    )
    return redirect(url_for("welcome.step", step="invite"))


@bp.post("/invite")
@admins_only
def invite() -> ResponseReturnValue:
    try:
        session[NEW_LINKS] = make_links(_team_id())
    except Invalid as error:
        return _page("invite", error.errors), 422
    return redirect(url_for("welcome.step", step="invite"))


@bp.post("/end")
@admins_only
def end() -> ResponseReturnValue:
    """Gone through, or skipped: nobody is led here any more."""
    site.end_welcome(by=person())
    session.pop(REACHED, None)
    return redirect(url_for(GO_ON.get(request.form.get("then", ""), "pages.library")))


def _chosen() -> list[Shelf]:
    chosen = request.form.get("starter", "")
    if chosen == "own":
        return outline(request.form.get("own", ""))
    if chosen not in STARTERS:
        raise Invalid("Choose a set, or write your own.", errors={"starter": ["Choose one, or skip this step."]})
    return STARTERS[chosen].shelves


def _team_id() -> str | None:
    """The team of the name that was typed, made if it is new; None for none."""
    typed = " ".join(request.form.get("team_name", "").split())
    if not typed:
        return None
    there = next((team for team in _teams() if team.name.lower() == typed.lower()), None)
    try:
        return (there or accounts.add_team(typed, by=person())).id
    except Invalid as error:
        raise Invalid(error.detail, errors={"team_name": error.errors["name"]}) from error


def _teams() -> list[Team]:
    return list(db.session.scalars(select(Team).order_by(Team.name)))


def _page(step: str, errors: dict[str, list[str]] | None = None) -> str:
    names = list(STEPS)
    at = names.index(step)
    return render_template(
        f"welcome/{step}.html",
        step=step,
        steps=STEPS,
        number=at + 1,
        before=names[at - 1] if at else None,
        after=names[at + 1] if at + 1 < len(names) else None,
        errors=errors or {},
        values=request.form,
        **_what_it_shows(step),
    )


def _what_it_shows(step: str) -> dict[str, object]:
    match step:
        case "name":
            return {"name": request.form.get("name", site.name())}
        case "joining":
            return {"joining": joining(), "address": address()}
        case "categories":
            return {"starters": STARTERS, "there": shown_tree(categories.tree(viewer()))}
        case _:
            return {
                "teams": _teams(),
                "invitations": [invitation_row(each) for each in links.open_invitations()],
                "new_links": session.pop(NEW_LINKS, []),
                "links_at_most": LINKS_AT_MOST,
                "address": address(),
                "joining_is_open": site.signup() == "open",
                "sign_up_url": None if site.signup() == "invite" else site_address() + url_for("accounts.sign_up"),
            }
