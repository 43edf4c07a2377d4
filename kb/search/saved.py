"""Searches that somebody keeps, to be told of what is new in them. Each is its person's alone."""

from dataclasses import replace

from sqlalchemy import Select, func, select

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.search.asked import Asked
from kb.search.models import LONGEST_LOGGED, SavedSearch

MOST = 50
LONGEST = 1_000


def save(asked: Asked, *, by: Person) -> SavedSearch:
    """Keep it; one that is kept already stays as it is. Its order is no part of it.

    Raises Invalid if there is nothing to search for, Conflict if this person keeps too many.
    """
    address = _address(asked)
    if not address:
        raise Invalid("There is nothing to save yet. Search for something first.", errors={"q": ["Write some words."]})
    if len(address) > LONGEST:
        raise Invalid("This search is too long to keep. Save a shorter one.", errors={"q": ["Write fewer words."]})
    with writing() as session:
        found = session.scalar(_of(by.id).where(SavedSearch.address == address))
        if found:
            return found
        kept = session.scalar(select(func.count()).select_from(SavedSearch).where(SavedSearch.person_id == by.id))
        if (kept or 0) >= MOST:
            raise Conflict(f"You keep {MOST} searches, and that is the most. Remove one first.", code="too-many-saved")
        found = SavedSearch(person_id=by.id, address=address, words=" ".join(asked.typed.split())[:LONGEST_LOGGED])
        session.add(found)
    return found


def forget(saved_id: str, *, by: Person) -> None:
    """Raises NotFound for another's."""
    with writing() as session:
        session.delete(get(saved_id, by))


def look_at(saved_id: str, *, by: Person) -> SavedSearch:
    """From now on only what comes later is new. Raises NotFound for another's."""
    with writing():
        saved = get(saved_id, by)
        saved.seen_at = now()
    return saved


def get(saved_id: str, person: Person) -> SavedSearch:
    found = db.session.scalar(_of(person.id).where(SavedSearch.id == saved_id))
    if not found:
        raise NotFound("This search is not among those that you keep.")
    return found


def of(person: Person) -> list[SavedSearch]:
    """The newest first."""
    return list(db.session.scalars(_of(person.id).order_by(SavedSearch.saved_at.desc(), SavedSearch.id)))


def same_as(asked: Asked, person: Person | None) -> SavedSearch | None:
    """This search, if the person keeps it."""
    address = _address(asked)
    if not person or not address:
        return None
    return db.session.scalar(_of(person.id).where(SavedSearch.address == address))


def _address(asked: Asked) -> str:
    asked.check()
    # By lines, since something pasted is told by those.
    lines = [" ".join(line.split()) for line in asked.typed.splitlines()]
    return replace(asked, typed="\n".join(filter(None, lines)), sort="best").address()


def _of(person_id: str) -> Select[SavedSearch]:
    return select(SavedSearch).where(SavedSearch.person_id == person_id)
