"""What people do with accounts, teams, passwords and tokens. Only this, `links`, `site` and `erasing` commit here."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from flask_security import hash_password
from sqlalchemy import delete, func, select, update

from kb import audit, live, outbox
from kb.accounts.models import AccessVersion, ApiToken, Invitation, Person, Role, Team, person_by_email
from kb.accounts.rules import Viewer
from kb.db import db, new_id, now, writing
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.web.forms import is_shown

TOKEN_PREFIX = "kb_"  # noqa: S105 - what a token begins with, so that one is recognised in a log
PASSWORD_LENGTH = 10
# A token's last use is written at most this often, so that reading never turns into a write per request.
LAST_USED_STEP = timedelta(minutes=10)
# Links that make a first admin, while there is none.
MAKES_FIRST_ADMIN = (
    Invitation.role == Role.admin,
    Invitation.invited_by_id.is_(None),
    Invitation.person_id.is_(None),
)

# Filled by kb.app: (team id, viewer) -> how many items are for this team alone; with a viewer, those that they may see.
count_team_items: list[Callable[[str, Viewer | None], int]] = []


@dataclass(frozen=True)
class Newcomer:
    """Who wants an account, looked over. Made before the write begins, for a password is hashed slowly on purpose."""

    email: str
    name: str
    password: str | None

    @classmethod
    def of(cls, email: str, name: str, password: str | None) -> Self:
        """Raises Invalid with the field's name."""
        email, name = clean_email(email), clean_name(name)
        if password is not None:
            check_password(password)
        return cls(email, name, hash_password(password) if password else None)


def add_person(email: str, name: str, role: Role, password: str | None, *, by: str | None = None) -> Person:
    """Make an account. Raises Invalid with the field's name, Conflict if the address is taken."""
    newcomer = Newcomer.of(email, name, password)
    with writing():
        return settle(newcomer, role, by=by)


def settle(newcomer: Newcomer, role: Role, *, by: str | None = None) -> Person:
    """Make the account inside the caller's transaction. Raises Conflict if the address is taken."""
    if person_by_email(newcomer.email):
        raise Conflict("Somebody with this e-mail address is here already.", errors={"email": ["It is taken."]})
    person = Person(email=newcomer.email, name=newcomer.name, role=role, password=newcomer.password)
    db.session.add(person)
    db.session.flush()
    outbox.people_see_more()
    if role == Role.admin:
        db.session.execute(delete(Invitation).where(*MAKES_FIRST_ADMIN))
    audit.record("joined", "person", person.id, by=by or person.id, role=role)
    return person


def sign_up(signup: str, *, email: str, name: str, password: str) -> Person:
    """Join without an invitation where KB_SIGNUP lets everybody, or everybody of one mail domain."""
    refuse_invented(email)
    domain = signup.removeprefix("domain:") if signup.startswith("domain:") else None
    if signup == "invite":
        raise NotAllowed("Joining takes an invitation here. Ask an admin for a link.")
    if domain and not clean_email(email).endswith("@" + domain):
        raise Invalid("That address can't join.", errors={"email": [f"Use your address that ends in @{domain}."]})
    return add_person(email, name, Role.member, password)


def check_admin(by: Person, person_id: str = "") -> Person | None:
    """In the transaction that gives rights to others: `by` may have lost theirs a moment ago. Raises NotAllowed.

    person_id: whom else this transaction changes; returned, if they are here.
    """
    both = select(Person).where(Person.id.in_([by.id, person_id])).order_by(Person.id).with_for_update()
    held = {each.id: each for each in db.session.scalars(both.execution_options(populate_existing=True))}
    if not (by.id in held and by.is_admin and by.active):
        raise NotAllowed("Only an admin can do this. Ask one of them.")
    return held.get(person_id)


def change_person(person_id: str, *, by: Person, role: Role, active: bool, team_ids: list[str]) -> None:
    with writing() as session:
        person = check_admin(by, person_id)
        if not person:
            raise NotFound("That person is gone.")
        if person.id == by.id and (role != Role.admin or not active):
            raise Invalid("You can't take the admin's role from yourself. Let another admin do it.")
        if person.active and not active:
            end_sessions(person)
            session.execute(delete(Invitation).where(Invitation.person_id == person.id))
        if role != Role.admin or not active:
            # Links of somebody who could not make them today.
            session.execute(delete(Invitation).where(Invitation.invited_by_id == person.id))
        person.role, person.active = role, active
        person.teams = list(session.scalars(select(Team).where(Team.id.in_(team_ids))))
        outbox.people_see_more()
        access_changed()
        audit.record("changed", "person", person.id, by=by.id, role=role, active=active, teams=team_ids)


def add_team(name: str, *, by: Person) -> Team:
    name = clean_name(name)
    with writing() as session:
        _refuse_taken(name)
        team = Team(name=name)
        session.add(team)
        session.flush()
        audit.record("added", "team", team.id, by=by.id, name=name)
    return team


def rename_team(team_id: str, name: str, *, by: Person) -> None:
    name = clean_name(name)
    with writing():
        team = _team(team_id)
        _refuse_taken(name, but=team.id)
        team.name = name
        audit.record("renamed", "team", team.id, by=by.id, name=name)


def delete_team(team_id: str, *, by: Person, viewer: Viewer) -> None:
    """Raises Conflict while something is shared with this team alone: it would be left to nobody but its author."""
    with writing() as session:
        team = _team(team_id)
        if any(count(team.id, None) for count in count_team_items):
            seen = sum(count(team.id, viewer) for count in count_team_items)
            which = f" ({seen} that you can see)" if seen else ""
            raise Conflict(
                f"Screencasts are shared with the team “{team.name}” alone{which}, so it stays. "
                "Ask its members to share them otherwise first; the trash counts too."
            )
        audit.record("deleted", "team", team.id, by=by.id, name=team.name)
        session.delete(team)
        access_changed()


def _team(team_id: str) -> Team:
    team = db.session.get(Team, team_id)
    if not team:
        raise NotFound("That team is gone.")
    return team


def _refuse_taken(name: str, *, but: str | None = None) -> None:
    there = db.session.scalar(select(Team.id).where(func.lower(Team.name) == name.lower()))
    if there not in (None, but):
        raise Conflict("A team of this name is here already.", errors={"name": ["Choose another name."]})


def rename(person: Person, name: str) -> None:
    with writing():
        person.name = clean_name(name)


def change_password(person: Person, password: str, *, by: str | None) -> None:
    """Set a new password; it ends every session and every token made with the old one."""
    check_password(password)
    hashed = hash_password(password)
    with writing():
        put_password(person, hashed, by=by)


def put_password(person: Person, hashed: str, *, by: str | None) -> None:
    """As `change_password`, inside the caller's transaction."""
    person.password = hashed
    end_sessions(person)
    for held in (ApiToken, Invitation):
        # Tokens made with the old password, and links that would set yet another.
        db.session.execute(delete(held).where(held.person_id == person.id))
    audit.record("changed-password", "person", person.id, by=by)


def end_sessions(person: Person) -> None:
    person.fs_uniquifier = new_id() + new_id()
    access_changed()
    live.signed_out(person.id)


def add_token(person: Person, name: str) -> str:
    """Return the token itself, for once; only its hash is kept."""
    name = clean_name(name)
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with writing() as session:
        row = ApiToken(person_id=person.id, name=name, token_hash=hash_of(token))
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
        access_changed()
        live.signed_out(person.id)
        audit.record("revoked", "token", token_id, by=person.id)


def person_by_token(token: str) -> Person | None:
    row = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == hash_of(token)))
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


def clean_email(email: str) -> str:
    email = email.strip().lower()
    name, _, domain = email.rpartition("@")
    fits = name and domain and len(email) <= 320 and email.isprintable() and not any(sign.isspace() for sign in email)
    if not fits:
        raise Invalid("The e-mail address needs a correction.", errors={"email": ["Write it as name@example.org."]})
    return email


def refuse_invented(email: str) -> None:
    """Nobody has an address in `.invalid` (RFC 2606): those are the demo's and the seeded rows' people."""
    if clean_email(email).endswith(".invalid"):
        wrong = {"email": ["Write the address at which mail reaches you."]}
        raise Invalid("The e-mail address needs a correction.", errors=wrong)


def clean_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 120 or not all(map(is_shown, name)):
        raise Invalid("The name needs a correction.", errors={"name": ["Write 1 to 120 characters."]})
    return name


def hash_of(token: str) -> str:
    # Tokens are long and random, so a fast hash is right: there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
