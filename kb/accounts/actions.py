"""What people do with accounts: join, sign in, invite, make tokens. The only code here that commits."""

import hashlib
import secrets
from datetime import timedelta

from flask_security import hash_password
from sqlalchemy import delete, func, select, update

from kb import audit
from kb.accounts.models import AccessVersion, ApiToken, Invitation, Person, Role, Team, person_by_email
from kb.accounts.rules import invitation_is_open
from kb.db import db, new_id, now, writing
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.web.forms import is_shown

INVITATION_DAYS = 14
TOKEN_PREFIX = "kb_"  # noqa: S105 - what a token begins with, so that one is recognised in a log
PASSWORD_LENGTH = 10
# A token's last use is written at most this often, so that reading never turns into a write per request.
LAST_USED_STEP = timedelta(minutes=10)


def add_person(email: str, name: str, role: Role, password: str | None, *, by: str | None = None) -> Person:
    """Make an account. Raises Invalid with the field's name, Conflict if the address is taken."""
    email, name = _email(email), _name(name)
    if password is not None:
        check_password(password)
    # Slow on purpose, so before the write begins.
    hashed = hash_password(password) if password else None
    with writing() as session:
        if person_by_email(email):
            raise Conflict("Somebody with this e-mail address is here already.", errors={"email": ["It is taken."]})
        person = Person(email=email, name=name, role=role, password=hashed)
        session.add(person)
        session.flush()
        if role == Role.admin:
            session.execute(delete(Invitation).where(*_MAKES_FIRST_ADMIN))
        audit.record("joined", "person", person.id, by=by or person.id, role=role)
    return person


def invite(role: Role, *, by: Person | None, team_id: str | None = None, email: str | None = None) -> tuple[str, str]:
    """Return (token, invitation id). The token is shown once and never kept."""
    if by and not by.is_admin:
        raise NotAllowed("Only an admin can invite people. Ask one to send the link.")
    token = secrets.token_urlsafe(24)
    with writing() as session:
        if team_id and not session.get(Team, team_id):
            raise Invalid("That team is gone.", errors={"team": ["Choose another team."]})
        invitation = Invitation(
            token_hash=_hash(token),
            role=role,
            team_id=team_id or None,
            email=_email(email) if email else None,
            invited_by_id=by.id if by else None,
            expires_at=now() + timedelta(days=INVITATION_DAYS),
        )
        session.add(invitation)
        session.flush()
        audit.record("invited", "invitation", invitation.id, by=by.id if by else None, role=role)
    return token, invitation.id


def first_admin_token() -> str | None:
    """Return a fresh token for the link that makes the first admin; None once there is one. Older links end."""
    with writing() as session:
        session.execute(delete(Invitation).where(*_MAKES_FIRST_ADMIN))
        if session.scalar(select(func.count()).select_from(Person).where(Person.role == Role.admin)):
            return None
        return invite(Role.admin, by=None)[0]


_MAKES_FIRST_ADMIN = (Invitation.role == Role.admin, Invitation.invited_by_id.is_(None))


def open_invitation(token: str) -> Invitation:
    invitation = db.session.scalar(select(Invitation).where(Invitation.token_hash == _hash(token)))
    if not invitation or not invitation_is_open(invitation.expires_at, now()):
        raise NotFound("This link was used or is too old. Ask the person who sent it for a new one.")
    return invitation


def join(token: str, *, email: str, name: str, password: str) -> Person:
    """Use up an invitation and make the account that it stands for."""
    with writing() as session:
        invitation = open_invitation(token)
        role, team, address = invitation.role, invitation.team, invitation.email or email
        session.delete(invitation)
        session.flush()
        person = add_person(address, name, role, password)
        if team:
            person.teams.append(team)
        access_changed()
    return person


def sign_up(signup: str, *, email: str, name: str, password: str) -> Person:
    """Join without an invitation where KB_SIGNUP lets everybody, or everybody of one mail domain."""
    domain = signup.removeprefix("domain:") if signup.startswith("domain:") else None
    if signup == "invite":
        raise NotAllowed("Joining takes an invitation here. Ask an admin for a link.")
    if domain and not _email(email).endswith("@" + domain):
        raise Invalid("That address can't join.", errors={"email": [f"Use your address that ends in @{domain}."]})
    return add_person(email, name, Role.member, password)


def withdraw(invitation_id: str, *, by: Person) -> None:
    with writing() as session:
        if invitation := session.get(Invitation, invitation_id):
            session.delete(invitation)
            audit.record("withdrew", "invitation", invitation_id, by=by.id)


def change_person(person_id: str, *, by: Person, role: Role, active: bool, team_ids: list[str]) -> None:
    with writing() as session:
        person = session.get(Person, person_id)
        if not person:
            raise NotFound("That person is gone.")
        if person.id == by.id and (role != Role.admin or not active):
            raise Invalid("You can't take the admin's role from yourself. Let another admin do it.")
        if person.active and not active:
            end_sessions(person)
        person.role, person.active = role, active
        person.teams = list(session.scalars(select(Team).where(Team.id.in_(team_ids))))
        access_changed()
        audit.record("changed", "person", person.id, by=by.id, role=role, active=active, teams=team_ids)


def add_team(name: str, *, by: Person) -> Team:
    name = _name(name)
    with writing() as session:
        if session.scalar(select(Team).where(func.lower(Team.name) == name.lower())):
            raise Conflict("A team of this name is here already.", errors={"name": ["Choose another name."]})
        team = Team(name=name)
        session.add(team)
        session.flush()
        audit.record("added", "team", team.id, by=by.id, name=name)
    return team


def rename(person: Person, name: str) -> None:
    with writing():
        person.name = _name(name)


def change_password(person: Person, password: str) -> None:
    """Set a new password; it ends every session and every token made with the old one."""
    check_password(password)
    hashed = hash_password(password)
    with writing() as session:
        person.password = hashed
        end_sessions(person)
        for token in list(person.tokens):
            session.delete(token)
        audit.record("changed-password", "person", person.id, by=person.id)


def end_sessions(person: Person) -> None:
    person.fs_uniquifier = new_id() + new_id()


def add_token(person: Person, name: str) -> str:
    """Return the token itself, for once; only its hash is kept."""
    name = _name(name)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with writing() as session:
        row = ApiToken(person_id=person.id, name=name, token_hash=_hash(token))
        session.add(row)
        session.flush()
        audit.record("added", "token", row.id, by=person.id, name=name)
    return token


def revoke_token(person: Person, token_id: str) -> None:
    with writing() as session:
        token = session.get(ApiToken, token_id)
        if not token or token.person_id != person.id:
            raise NotFound("That token is gone already.")
        session.delete(token)
        audit.record("revoked", "token", token_id, by=person.id)


def person_by_token(token: str) -> Person | None:
    row = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == _hash(token)))
    if not row or not row.person.active:
        return None
    if not row.last_used_at or now() - row.last_used_at > LAST_USED_STEP:
        with writing():
            row.last_used_at = now()
    return row.person


def access_changed() -> None:
    """Call in the transaction of every change of who may see what."""
    db.session.execute(update(AccessVersion).values(number=AccessVersion.number + 1))


def check_password(password: str) -> None:
    if len(password) < PASSWORD_LENGTH:
        text = f"Take at least {PASSWORD_LENGTH} characters; a few words in a row are fine."
        raise Invalid("The password is too short.", errors={"password": [text]})


def _email(email: str) -> str:
    email = email.strip().lower()
    name, _, domain = email.rpartition("@")
    fits = name and domain and len(email) <= 320 and email.isprintable() and not any(sign.isspace() for sign in email)
    if not fits:
        raise Invalid("The e-mail address needs a correction.", errors={"email": ["Write it as name@example.org."]})
    return email


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 120 or not all(map(is_shown, name)):
        raise Invalid("The name needs a correction.", errors={"name": ["Write 1 to 120 characters."]})
    return name


def _hash(token: str) -> str:
    # Tokens are long and random, so a fast hash is right: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
