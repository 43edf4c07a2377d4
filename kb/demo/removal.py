"""Take the demo away, with all that it made; what real people made or still use stays."""

from contextlib import suppress

from sqlalchemy import delete, exists, select

from kb.accounts import actions as accounts
from kb.accounts.erasing import erase_person
from kb.accounts.models import Person, Team
from kb.accounts.rules import Viewer
from kb.audit import AuditEntry
from kb.categories import actions as categories
from kb.categories.models import Category, Synonym, Tag
from kb.db import db, writing
from kb.demo.actions import email_of
from kb.demo.catalogue import PEOPLE
from kb.errors import Conflict
from kb.screencasts import erasing
from kb.screencasts.models import Screencast, screencast_tag


def remove() -> int:
    """Return how many screencasts went. Safe to run again, also after it was interrupted."""
    people = [person.id for person in _people()]
    ours = list(db.session.scalars(select(Screencast.id).where(Screencast.author_id.in_(people))))
    for screencast_id in ours:
        erasing.erase(screencast_id)
    _remove_teams(people)
    _remove_categories(people)
    _remove_tags(people)
    for person_id in people:
        erase_person(person_id, by=None)
    return len(ours)


def _people() -> list[Person]:
    return list(db.session.scalars(select(Person).where(Person.email.in_(map(email_of, PEOPLE)))))


def _made_by(people: list[str], kind: str) -> list[str]:
    """Ids of what they added, the newest first, as the audit tells: what was there before them is not theirs."""
    added = (AuditEntry.act == "added", AuditEntry.kind == kind, AuditEntry.person_id.in_(people))
    found = db.session.scalars(select(AuditEntry.subject_id).where(*added).order_by(AuditEntry.id.desc()))
    return [subject_id for subject_id in found if subject_id]


def _is_adopted(people: list[str], subject_id: str) -> bool:
    """Whether real people changed it, which makes it theirs."""
    theirs = (AuditEntry.subject_id == subject_id, AuditEntry.person_id.not_in(people))
    return bool(db.session.scalar(select(exists().where(*theirs))))


def _remove_teams(people: list[str]) -> None:
    for team_id in _made_by(people, "team"):
        team = db.session.get(Team, team_id)
        if team and {member.id for member in team.members} <= set(people) and not _is_adopted(people, team_id):
            # Somebody's own screencast is shared with it.
            with suppress(Conflict):
                accounts.delete_team(team.id, by=db.session.get_one(Person, people[0]), viewer=Viewer())


def _remove_categories(people: list[str]) -> None:
    """Children were added after their parents, so they go first."""
    for category_id in _made_by(people, "category"):
        category = db.session.get(Category, category_id)
        if category and not (category.children or _holds_anything(category) or _is_adopted(people, category_id)):
            categories.remove(category.id, by=people[0], items_go_to=None)


def _holds_anything(category: Category) -> bool:
    """Also what is in the trash: it may come back."""
    return bool(db.session.scalar(select(exists().where(Screencast.category_id == category.id))))


def _remove_tags(people: list[str]) -> None:
    is_unused = (
        ~exists().where(screencast_tag.c.tag_name == Tag.name),
        ~exists().where(Synonym.tag_name == Tag.name),
    )
    with writing() as session:
        session.execute(delete(Tag).where(Tag.name.in_(_made_by(people, "tag")), *is_unused))
