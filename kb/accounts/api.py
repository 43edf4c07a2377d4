"""People in the API."""

from typing import Any

from pydantic import BaseModel

from kb.accounts.models import Person, Role
from kb.accounts.sessions import person, signed_in
from kb.db import db
from kb.errors import NotFound
from kb.web.api import blueprint

bp = blueprint("people", __name__)


class TeamName(BaseModel):
    id: str
    name: str


class PersonOut(BaseModel):
    id: str
    name: str
    role: str


class Me(PersonOut):
    email: str
    teams: list[TeamName]


@bp.get("/me")
@bp.output(Me)
@signed_in
def me() -> dict[str, Any]:
    """Who the token or session belongs to."""
    who = person()
    return _out(who) | {"email": who.email, "teams": [{"id": team.id, "name": team.name} for team in who.teams]}


@bp.get("/people/<person_id>")
@bp.output(PersonOut)
@signed_in
def show(person_id: str) -> dict[str, Any]:
    """A colleague, as far as everybody here may know."""
    found = db.session.get(Person, person_id)
    if not found:
        raise NotFound("Nobody of this id is here.")
    return _out(found)


def _out(who: Person) -> dict[str, Any]:
    return {"id": who.id, "name": who.name, "role": Role(who.role).value}
