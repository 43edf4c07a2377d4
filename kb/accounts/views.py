"""Pages about people: sign in, join, profile, and who is here."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user, logout_user
from flask_security.utils import hash_password, verify_password
from sqlalchemy import select

from kb.accounts import actions
from kb.accounts.models import Invitation, Person, Role, Team, person_by_email
from kb.accounts.sessions import admins_only, person, person_or_none, signed_in
from kb.config import Settings
from kb.db import db
from kb.errors import Invalid, KbError
from kb.web.limits import limiter
from kb.web.urls import safe_next

bp = Blueprint("accounts", __name__)
SHOWN_ONCE = "shown_once"


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    target = safe_next(request.values.get("next"))
    if request.method != "POST":
        return redirect(target) if person_or_none() else _sign_in_page({}, target)
    email, password = request.form.get("email", ""), request.form.get("password", "")
    who = person_by_email(email)
    if not who or not who.password:
        # As slow as a real check, so that the time tells nobody which addresses have an account.
        hash_password(password or "-")
        return _sign_in_page(_WRONG, target), 422
    if not (_is_password_of(who, password) and who.active):
        return _sign_in_page(_WRONG, target), 422
    _enter(who)
    return redirect(target)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@bp.route("/join/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def join(token: str) -> ResponseReturnValue:
    invitation = actions.open_invitation(token)
    if request.method != "POST":
        return _join_page(invitation)
    try:
        who = actions.join(token, **_account_fields())
    except KbError as error:
        return _join_page(actions.open_invitation(token), error.errors or {"form": [error.detail]}), 422
    _enter(who)
    return redirect(url_for("pages.library"))


@bp.route("/sign-up", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def sign_up() -> ResponseReturnValue:
    settings: Settings = current_app.extensions["kb.settings"]
    if settings.signup == "invite":
        flash("Joining takes an invitation here. Ask an admin for a link.", "info")
        return redirect(url_for("accounts.sign_in"))
    if request.method != "POST":
        return _join_page(None)
    try:
        who = actions.sign_up(settings.signup, **_account_fields())
    except KbError as error:
        return _join_page(None, error.errors or {"form": [error.detail]}), 422
    _enter(who)
    return redirect(url_for("pages.library"))


@bp.route("/me", methods=["GET", "POST"])
@signed_in
def me() -> ResponseReturnValue:
    if request.method != "POST":
        return _me_page()
    try:
        actions.rename(person(), request.form.get("name", ""))
    except Invalid as error:
        return _me_page(error.errors), 422
    flash("Saved.", "success")
    return redirect(url_for("accounts.me"))


@bp.post("/me/password")
@signed_in
@limiter.limit("10 per minute")
def change_password() -> ResponseReturnValue:
    if not _is_password_of(person(), request.form.get("current", "")):
        return _me_page({"current": ["That is not your password."]}), 422
    try:
        actions.change_password(person(), request.form.get("new", ""))
    except Invalid as error:
        return _me_page({"new": error.errors.get("password", [error.detail])}), 422
    _enter(person())
    flash("Your password is changed. Other browsers are signed out, and your tokens are gone.", "success")
    return redirect(url_for("accounts.me"))


@bp.post("/me/tokens")
@signed_in
def add_token() -> ResponseReturnValue:
    try:
        session[SHOWN_ONCE] = actions.add_token(person(), request.form.get("name", ""))
    except Invalid as error:
        return _me_page({"token_name": error.errors.get("name", [error.detail])}), 422
    return redirect(url_for("accounts.me"))


@bp.post("/me/tokens/<token_id>/revoke")
@signed_in
def revoke_token(token_id: str) -> ResponseReturnValue:
    actions.revoke_token(person(), token_id)
    flash("The token is revoked.", "success")
    return redirect(url_for("accounts.me"))


@bp.get("/people")
@admins_only
def people() -> ResponseReturnValue:
    return _people_page()


@bp.post("/people/invitations")
@admins_only
def invite() -> ResponseReturnValue:
    role = request.form.get("role", Role.member)
    if role not in list(Role):
        raise Invalid("Choose a role.", errors={"role": ["Choose one of the roles."]})
    try:
        token, _id = actions.invite(
            Role(role),
            by=person(),
            team_id=request.form.get("team") or None,
            email=request.form.get("email") or None,
        )
    except Invalid as error:
        return _people_page(error.errors), 422
    session[SHOWN_ONCE] = join_link(token)
    return redirect(url_for("accounts.people"))


@bp.post("/people/invitations/<invitation_id>/withdraw")
@admins_only
def withdraw(invitation_id: str) -> ResponseReturnValue:
    actions.withdraw(invitation_id, by=person())
    flash("The link does not work any more.", "success")
    return redirect(url_for("accounts.people"))


@bp.post("/teams")
@admins_only
def add_team() -> ResponseReturnValue:
    try:
        actions.add_team(request.form.get("name", ""), by=person())
    except KbError as error:
        return _people_page({"team_name": error.errors.get("name", [error.detail])}), 422
    return redirect(url_for("accounts.people"))


@bp.post("/people/<person_id>")
@admins_only
def change_person(person_id: str) -> ResponseReturnValue:
    role = request.form.get("role", "")
    try:
        if role not in list(Role):
            raise Invalid("Choose a role.")
        actions.change_person(
            person_id,
            by=person(),
            role=Role(role),
            active=request.form.get("active") == "true",
            team_ids=request.form.getlist("team"),
        )
    except Invalid as error:
        flash(error.detail, "error")
    return redirect(url_for("accounts.people"))


def join_link(token: str) -> str:
    settings: Settings = current_app.extensions["kb.settings"]
    return f"{settings.address}/join/{token}"


_WRONG = {"email": ["This address and password don't fit together. Check both and try again."]}


def _enter(who: Person) -> None:
    session.clear()
    session.permanent = True
    login_user(who, remember=False)


def _is_password_of(who: Person, password: str) -> bool:
    """Outside of a transaction: the check is slow on purpose, and would keep everybody else from writing."""
    return who.password is not None and verify_password(password, who.password)


def _account_fields() -> dict[str, str]:
    return {field: request.form.get(field, "") for field in ("email", "name", "password")}


def _sign_in_page(errors: dict[str, list[str]], target: str) -> str:
    settings: Settings = current_app.extensions["kb.settings"]
    return render_template(
        "accounts/sign_in.html",
        errors=errors,
        values={"email": request.form.get("email", "")},
        next=target,
        can_sign_up=settings.signup != "invite",
    )


def _join_page(invitation: Invitation | None, errors: dict[str, list[str]] | None = None) -> str:
    role = Role(invitation.role) if invitation else Role.member
    return render_template(
        "accounts/join.html",
        invitation={
            "role": role.value,
            "role_text": role.words,
            "team_name": invitation.team.name if invitation and invitation.team else None,
            "email": invitation.email if invitation else None,
        },
        makes_admin=invitation is not None and role == Role.admin and invitation.invited_by_id is None,
        errors=errors or {},
        values=_account_fields() | {"password": ""},
    )


def _me_page(errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "accounts/me.html",
        tokens=person().tokens,
        new_token=session.pop(SHOWN_ONCE, None),
        errors=errors or {},
        values=request.form,
    )


def _people_page(errors: dict[str, list[str]] | None = None) -> str:
    everybody = db.session.scalars(select(Person).order_by(Person.name)).all()
    return render_template(
        "accounts/people.html",
        people=[_person_row(each) for each in everybody],
        teams=[
            {"id": team.id, "name": team.name, "member_count": len(team.members), "members": team.members}
            for team in db.session.scalars(select(Team).order_by(Team.name))
        ],
        invitations=[
            {
                "id": each.id,
                "role_text": Role(each.role).words,
                "team_name": each.team.name if each.team else None,
                "email": each.email,
                "expires_at": each.expires_at,
                "created_at": each.created_at,
            }
            for each in db.session.scalars(select(Invitation).order_by(Invitation.created_at.desc()))
        ],
        new_link=session.pop(SHOWN_ONCE, None),
        errors=errors or {},
        values=request.form,
    )


def _person_row(each: Person) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "email": each.email,
        "role": Role(each.role).value,
        "teams": [{"id": team.id, "name": team.name} for team in each.teams],
        "active": each.active,
        "joined_at": each.created_at,
        "is_me": each.id == person().id,
    }
