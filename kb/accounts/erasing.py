"""Erase a person for good. People who leave are switched off instead, so that what they showed keeps its author."""

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from kb import audit
from kb.accounts.actions import access_changed
from kb.accounts.models import Invitation, Person
from kb.db import writing
from kb.errors import Conflict


def erase_person(person_id: str, *, by: str | None) -> None:
    """With their tokens, and the links by or for them; fine if they are gone.

    Raises Conflict while something of theirs is here.
    """
    try:
        with writing() as session:
            # In the database alone, which takes along what belongs to them, and refuses where something else does.
            session.execute(delete(Invitation).where(Invitation.invited_by_id == person_id))
            session.execute(delete(Person).where(Person.id == person_id))
            access_changed()
            audit.record("erased", "person", person_id, by=by)
    except IntegrityError as error:
        raise Conflict("Something of this person is still here, so they stay. Erase that first.") from error
