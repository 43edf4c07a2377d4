"""Links that work once: an invitation makes an account, another sets a new password of one that is there."""

import secrets
from datetime import timedelta

from flask_security import hash_password
from sqlalchemy import ColumnElement, delete, exists, select

from kb import audit
from kb.accounts.actions import (
    MAKES_FIRST_ADMIN,
    Newcomer,
    access_changed,
    check_admin,
    check_password,
    clean_email,
    hash_of,
    put_password,
    refuse_invented,
    settle,
)
from kb.accounts.models import Invitation, Person, Role, Team
from kb.accounts.rules import invitation_is_open
from kb.db import db, now, writing
from kb.errors import Invalid, NotFound

INVITATION_DAYS = 14
NEW_PASSWORD_DAYS = 2


def invite(role: Role, *, by: Person | None, team_id: str | None = None, email: str | None = None) -> tuple[str, str]:
    """Return (token, invitation id). The token is shown once and never kept."""
    email = clean_email(email) if email else None
    with writing() as session:
        if by:
            check_admin(by)
        if team_id and not session.get(Team, team_id):
            raise Invalid("That team is gone.", errors={"team": ["Choose another team."]})
        token, invitation = _add(role=role, team_id=team_id or None, email=email, by=by, days=INVITATION_DAYS)
        audit.record("invited", "invitation", invitation.id, by=by.id if by else None, role=role)
    return token, invitation.id


def first_admin_token() -> str | None:
    """Return a fresh token for the link that makes the first admin; None once there is one. Older links end."""
    with writing() as session:
        session.execute(delete(Invitation).where(*MAKES_FIRST_ADMIN))
        return None if has_admin() else invite(Role.admin, by=None)[0]


def has_admin() -> bool:
    return db.session.scalar(select(exists().where(Person.role == Role.admin))) is True


def open_invitations() -> list[Invitation]:
    """Those that may still be used, the newest first."""
    return _still_open(Invitation.person_id.is_(None))


def open_invitation(token: str) -> Invitation:
    return _open(token, Invitation.person_id.is_(None))


def join(token: str, *, email: str, name: str, password: str) -> Person:
    """Use up an invitation and make the account that it stands for."""
    address = open_invitation(token).email or email
    refuse_invented(address)
    newcomer = Newcomer.of(address, name, password)
    with writing():
        invitation = open_invitation(token)
        role, team = Role(invitation.role), invitation.team
        _use_up(invitation)
        person = settle(newcomer, role)
        if team:
            person.teams.append(team)
        access_changed()
    return person


def withdraw(invitation_id: str, *, by: Person) -> None:
    with writing() as session:
        if invitation := session.get(Invitation, invitation_id):
            session.delete(invitation)
            audit.record("withdrew", "invitation", invitation_id, by=by.id)


def new_password_token(person_id: str, *, by: Person | None) -> str:
    """Return a token for the link that sets a new password of this person; older ones end. by: None from a shell."""
    with writing() as session:
        person = check_admin(by, person_id) if by else session.get(Person, person_id)
        if not person:
            raise NotFound("That person is gone.")
        if not person.active:
            raise Invalid(f"{person.name} may not sign in at present. Let them in again first.")
        session.execute(delete(Invitation).where(Invitation.person_id == person.id))
        token, _ = _add(role=Role(person.role), person_id=person.id, by=by, days=NEW_PASSWORD_DAYS)
        audit.record("made-password-link", "person", person.id, by=by.id if by else None)
    return token


def open_password_links() -> list[Invitation]:
    return _still_open(Invitation.person_id.is_not(None))


def whose_password(token: str) -> Person:
    """The person whose password this link sets. Raises NotFound for a link that was used or is too old."""
    return _person_of(_open(token, Invitation.person_id.is_not(None)))


def set_password(token: str, password: str) -> Person:
    """Use the link up: sets the password, which ends every session and every token of this person."""
    whose_password(token)
    check_password(password)
    hashed = hash_password(password)
    with writing():
        link = _open(token, Invitation.person_id.is_not(None))
        person = _person_of(link)
        _use_up(link)
        put_password(person, hashed, by=person.id)
    return person


def _add(*, by: Person | None, days: int, **fields: object) -> tuple[str, Invitation]:
    token = secrets.token_urlsafe(24)
    row = Invitation(
        token_hash=hash_of(token),
        invited_by_id=by.id if by else None,
        expires_at=now() + timedelta(days=days),
        **fields,
    )
    db.session.add(row)
    db.session.flush()
    return token, row


def _still_open(which: ColumnElement[bool]) -> list[Invitation]:
    still_open = select(Invitation).where(which, Invitation.expires_at > now())
    return list(db.session.scalars(still_open.order_by(Invitation.created_at.desc())))


def _open(token: str, which: ColumnElement[bool]) -> Invitation:
    row = db.session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token), which))
    if not row or not invitation_is_open(row.expires_at, now()):
        raise _used_up()
    return row


def _person_of(link: Invitation) -> Person:
    person = db.session.get(Person, link.person_id)
    if not person or not person.active:
        raise _used_up()
    return person


def _use_up(link: Invitation) -> None:
    """Of two that use a link at the same moment one gets here first, and the other finds it gone."""
    if not db.session.execute(delete(Invitation).where(Invitation.id == link.id)).rowcount:  # type: ignore[attr-defined]
        raise _used_up()


def _used_up() -> NotFound:
    return NotFound("This link was used or is too old. Ask the person who sent it for a new one.")
