"""The admins' page about who is here: people, their roles and teams, and the links that let somebody in."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kb.accounts import actions, links
from kb.accounts.models import Invitation, Person, Role, Team
from kb.accounts.sessions import admins_only, person, viewer
from kb.db import db
from kb.errors import Conflict, Invalid, KbError, NotFound
from kb.web.urls import site_address

bp = Blueprint("people", __name__)
# What was made by the request before, and is shown on the page that follows it.
NEW_LINKS = "new_links"
NEW_PASSWORD_LINK = "new_password_link"  # noqa: S105
# In one go; each works once, so that a list goes to a list of people.
LINKS_AT_MOST = 20


@bp.get("/people")
@admins_only
def page() -> ResponseReturnValue:
    return _page()


@bp.post("/people/invitations")
@admins_only
def invite() -> ResponseReturnValue:
    try:
        session[NEW_LINKS] = make_links(request.form.get("team") or None)
    except Invalid as error:
        return _page(error.errors), 422
    return redirect(url_for("people.page"))


@bp.post("/people/invitations/<invitation_id>/withdraw")
@admins_only
def withdraw(invitation_id: str) -> ResponseReturnValue:
    links.withdraw(invitation_id, by=person())
    flash("The link does not work any more.", "success")
    return redirect(url_for("people.page"))


@bp.post("/people/<person_id>")
@admins_only
def change(person_id: str) -> ResponseReturnValue:
    try:
        actions.change_person(
            person_id,
            by=person(),
            role=_role(),
            active=request.form.get("active") == "true",
            team_ids=request.form.getlist("team"),
        )
        flash("Saved.", "success")
    except Invalid as error:
        flash(error.detail, "error")
    return redirect(url_for("people.page", _anchor=f"person-{person_id}"))


@bp.post("/people/<person_id>/new-password")
@admins_only
def new_password(person_id: str) -> ResponseReturnValue:
    """Make the link by which this person sets a new password."""
    try:
        link = new_password_link(links.new_password_token(person_id, by=person()))
        session[NEW_PASSWORD_LINK] = {"person_id": person_id, "link": link}
    except Invalid as error:
        flash(error.detail, "error")
    return redirect(url_for("people.page", _anchor=f"person-{person_id}"))


@bp.post("/teams")
@admins_only
def add_team() -> ResponseReturnValue:
    try:
        actions.add_team(request.form.get("name", ""), by=person())
    except (Conflict, Invalid) as error:
        return _page({"team_name": error.errors.get("name", [error.detail])}), 422
    return redirect(url_for("people.page", _anchor="teams-title"))


@bp.post("/teams/<team_id>")
@admins_only
def rename_team(team_id: str) -> ResponseReturnValue:
    return _team_changed(lambda: actions.rename_team(team_id, request.form.get("name", ""), by=person()), "Renamed.")


@bp.post("/teams/<team_id>/delete")
@admins_only
def delete_team(team_id: str) -> ResponseReturnValue:
    return _team_changed(
        lambda: actions.delete_team(team_id, by=person(), viewer=viewer()), "The team is gone; its people stay."
    )


def make_links(team_id: str | None) -> list[str]:
    """As many invitations as the form asks for, of the role that it names. Raises Invalid."""
    count = request.form.get("count", "1").strip()
    if not re.fullmatch("[0-9]{1,2}", count) or not 1 <= int(count) <= LINKS_AT_MOST:
        errors = {"count": [f"Write a number from 1 to {LINKS_AT_MOST}."]}
        raise Invalid("The number of links needs a correction.", errors=errors)
    email = request.form.get("email") or None
    if email and int(count) > 1:
        raise Invalid("A link for one address is one link.", errors={"count": ["Make one, or leave the address out."]})
    role = _role()
    return [join_link(links.invite(role, by=person(), team_id=team_id, email=email)[0]) for _ in range(int(count))]


def join_link(token: str) -> str:
    return f"{site_address()}/join/{token}"


def new_password_link(token: str) -> str:
    return f"{site_address()}/new-password/{token}"


def _team_changed(act: Any, done: str) -> ResponseReturnValue:
    try:
        act()
        flash(done, "success")
    except NotFound:
        raise
    except KbError as error:
        flash(error.sentences, "error")
    return redirect(url_for("people.page", _anchor="teams-title"))


def _role() -> Role:
    given = request.form.get("role", "")
    if given not in list(Role):
        raise Invalid("Choose a role.", errors={"role": ["Choose one of the roles."]})
    return Role(given)


def _page(errors: dict[str, list[str]] | None = None) -> str:
    everybody = db.session.scalars(select(Person).order_by(Person.name).options(selectinload(Person.teams))).all()
    teams = db.session.scalars(select(Team).order_by(Team.name).options(selectinload(Team.members))).all()
    password_links = _open_password_links()
    return render_template(
        "accounts/people.html",
        people=[_person_row(each, password_links.get(each.id)) for each in everybody],
        teams=[{"id": team.id, "name": team.name, "member_count": len(team.members)} for team in teams],
        invitations=[invitation_row(each) for each in links.open_invitations()],
        new_links=session.pop(NEW_LINKS, []),
        new_password_link=session.pop(NEW_PASSWORD_LINK, None),
        links_at_most=LINKS_AT_MOST,
        errors=errors or {},
        values=request.form,
    )


def invitation_row(each: Invitation) -> dict[str, Any]:
    return {
        "id": each.id,
        "role_text": Role(each.role).words,
        "team_name": each.team.name if each.team else None,
        "email": each.email,
        "expires_at": each.expires_at,
        "created_at": each.created_at,
    }


def _open_password_links() -> dict[str, Invitation]:
    """By the id of the person whose password it sets."""
    return {each.person_id: each for each in links.open_password_links() if each.person_id}


def _person_row(each: Person, password_link: Invitation | None) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "email": each.email,
        "role": Role(each.role).value,
        "teams": [{"id": team.id, "name": team.name} for team in each.teams],
        "active": each.active,
        "joined_at": each.created_at,
        "is_me": each.id == person().id,
        "password_link_until": password_link.expires_at if password_link else None,
    }
