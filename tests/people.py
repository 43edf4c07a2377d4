"""Who is on the sites of most tests."""

from dataclasses import dataclass

from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.db import db


@dataclass
class People:
    """Plainly test people. In team Blue: author and mate. Nobody has a password; see `signed_in`."""

    author: str
    mate: str
    other: str
    curator: str
    admin: str
    team: str


def add_people() -> People:
    ids = {
        name: accounts.add_person(f"{name}@test.example", f"Test {name.title()}", role, None).id
        for name, role in (
            ("author", Role.member),
            ("mate", Role.member),
            ("other", Role.member),
            ("curator", Role.curator),
            ("admin", Role.admin),
        )
    }
    admin = db.session.get_one(Person, ids["admin"])
    team = accounts.add_team("Blue", by=admin).id
    for name in ("author", "mate"):
        accounts.change_person(ids[name], by=admin, role=Role.member, active=True, team_ids=[team])
    return People(**ids, team=team)
