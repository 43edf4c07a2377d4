"""Pages by which a person comes in, and the page about themselves."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import login_user, logout_user
from flask_security.utils import hash_password, verify_password

from kb import live
from kb.accounts import actions, links, site
from kb.accounts.models import Invitation, Person, Role, person_by_email
from kb.accounts.sessions import person, person_or_none, signed_in
from kb.errors import Invalid, KbError
from kb.web.limits import limiter
from kb.web.urls import safe_next

bp = Blueprint("accounts", __name__)
# What was made by the request before, and is shown on the page that follows it.
NEW_TOKEN = "new_token"  # noqa: S105


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
    if who := person_or_none():
        live.signed_out(who.id)
    logout_user()
    session.clear()
    return redirect(url_for("accounts.sign_in"))


@bp.route("/join/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def join(token: str) -> ResponseReturnValue:
    invitation = links.open_invitation(token)
    if request.method != "POST":
        return _join_page(invitation)
    try:
        who = links.join(token, **_account_fields())
    except KbError as error:
        return _join_page(links.open_invitation(token), error.errors or {"form": [error.detail]}), 422
    _enter(who)
    return redirect(url_for("pages.library" if site.is_welcomed() or not who.is_admin else "welcome.begin"))


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def new_password(token: str) -> ResponseReturnValue:
    who = links.whose_password(token)
    if request.method != "POST":
        return _new_password_page(who)
    try:
        who = links.set_password(token, request.form.get("password", ""))
    except Invalid as error:
        return _new_password_page(who, error.errors), 422
    _enter(who)
    flash("Your new password is set. Other browsers are signed out, and your tokens are gone.", "success")
    return redirect(url_for("pages.library"))


@bp.route("/sign-up", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def sign_up() -> ResponseReturnValue:
    if site.signup() == "invite":
        flash("Joining takes an invitation here. Ask an admin for a link.", "info")
        return redirect(url_for("accounts.sign_in"))
    if request.method != "POST":
        return _join_page(None)
    try:
        who = actions.sign_up(site.signup(), **_account_fields())
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
        actions.change_password(person(), request.form.get("new", ""), by=person().id)
    except Invalid as error:
        return _me_page({"new": error.errors.get("password", [error.detail])}), 422
    _enter(person())
    flash("Your password is changed. Other browsers are signed out, and your tokens are gone.", "success")
    return redirect(url_for("accounts.me"))


@bp.post("/me/tokens")
@signed_in
def add_token() -> ResponseReturnValue:
    try:
        session[NEW_TOKEN] = actions.add_token(person(), request.form.get("name", ""))
    except Invalid as error:
        return _me_page({"token_name": error.errors.get("name", [error.detail])}), 422
    return redirect(url_for("accounts.me"))


@bp.post("/me/tokens/<token_id>/revoke")
@signed_in
def revoke_token(token_id: str) -> ResponseReturnValue:
    actions.revoke_token(person(), token_id)
    flash("The token is revoked.", "success")
    return redirect(url_for("accounts.me"))


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
    return render_template(
        "accounts/sign_in.html",
        errors=errors,
        values={"email": request.form.get("email", "")},
        next=target,
        awaits_admin=not links.has_admin(),
        can_sign_up=site.signup() != "invite",
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
        domain=None if invitation else site.domain_of(site.signup()),
        errors=errors or {},
        values=_account_fields() | {"password": ""},
    )


def _new_password_page(who: Person, errors: dict[str, list[str]] | None = None) -> str:
    return render_template("accounts/new_password.html", who=who, errors=errors or {})


def _me_page(errors: dict[str, list[str]] | None = None) -> str:
    return render_template(
        "accounts/me.html",
        tokens=person().tokens,
        teams=person().teams,
        new_token=session.pop(NEW_TOKEN, None),
        errors=errors or {},
        values=request.form,
    )
