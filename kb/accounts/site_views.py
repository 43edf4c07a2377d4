"""The admins' page about the site as a whole."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kb.accounts import site
from kb.accounts.sessions import admins_only, person
from kb.errors import KbError
from kb.web.urls import leads_only_here, site_address

bp = Blueprint("site", __name__)


@bp.get("/site")
@admins_only
def page() -> ResponseReturnValue:
    return _page()


@bp.post("/site")
@admins_only
def rename() -> ResponseReturnValue:
    try:
        site.rename(request.form.get("name", ""), by=person())
    except KbError as error:
        return _page(error.errors), error.status
    flash("Saved.", "success")
    return redirect(url_for("site.page"))


@bp.post("/site/joining")
@admins_only
def let_join() -> ResponseReturnValue:
    try:
        site.let_join(request.form.get("who", ""), request.form.get("domain", ""), by=person())
    except KbError as error:
        return _page(error.errors or {"form": [error.detail]}), error.status
    flash("Saved.", "success")
    return redirect(url_for("site.page"))


def joining() -> dict[str, str | bool]:
    """What the choice of who may join shows; after a fault, what was typed."""
    signup = site.signup()
    domain = site.domain_of(signup)
    return {
        "who": request.form.get("who") or ("domain" if domain else signup),
        "domain": request.form.get("domain", domain),
        "is_set": site.is_signup_set(),
    }


def address() -> dict[str, str | bool]:
    """How the site is reached, for the warning that links lead nowhere."""
    return {"url": site_address(), "leads_only_here": leads_only_here(), "port": request.host.rpartition(":")[2]}


def _page(errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "site/page.html",
        name=request.form.get("name", site.name()),
        joining=joining(),
        address=address(),
        errors=errors or {},
    )
