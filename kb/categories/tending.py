"""Who tends what: curators the whole tree; others the branches that curators gave them, with all that hangs below.

Who tends a branch names, describes and fills it. Where the branch itself hangs, whether it stays, and who else tends
it is for curators.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from kb import audit
from kb.accounts.actions import access_changed
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.categories.actions import every, get
from kb.categories.models import Category, category_curator
from kb.categories.tree import grow, with_below
from kb.db import db, writing
from kb.errors import Invalid, NotAllowed


def can_tend(viewer: Viewer, category: Category) -> bool:
    return viewer.is_curator or category.id in viewer.curates


def can_place(viewer: Viewer, category: Category) -> bool:
    """Move it, merge it into another or delete it: what is above it must be tended, too."""
    return viewer.is_curator or category.parent_id in viewer.curates


def check_tends_any(viewer: Viewer) -> None:
    if not (viewer.is_curator or viewer.curates):
        raise NotAllowed("Only curators and admins can do this. Ask one of them.")


def get_to_tend(viewer: Viewer, category_id: str) -> Category:
    check_tends_any(viewer)
    category = get(category_id)
    if not can_tend(viewer, category):
        raise NotAllowed(f"“{category.name}” is tended by others. Ask a curator.")
    return category


def get_to_place(viewer: Viewer, category_id: str) -> Category:
    category = get_to_tend(viewer, category_id)
    if not can_place(viewer, category):
        raise NotAllowed(
            f"Where “{category.name}” stands, and whether it stays, is for the curators of the whole site."
        )
    return category


def check_goal(viewer: Viewer, category_id: str | None) -> None:
    """Whether something may be hung, merged or moved into this category; None: to the top, or out of all categories."""
    if category_id:
        get_to_tend(viewer, category_id)
    elif not viewer.is_curator:
        raise NotAllowed("Choose a category in your branch. The rest is for the curators of the whole site.")


def curated_by(person_id: str) -> frozenset[str]:
    """The ids of the categories that this person was given, and of all that hang below them."""
    given = select(category_curator.c.category_id).where(category_curator.c.person_id == person_id)
    branches = list(db.session.scalars(given))
    roots = grow(every()) if branches else []
    return frozenset(each for branch in branches for each in with_below(roots, branch))


def curators_by_category() -> dict[str, list[Person]]:
    """Whom each category was given to, by its id, in the order of their names."""
    rows = db.session.execute(
        select(category_curator.c.category_id, Person)
        .join(Person, Person.id == category_curator.c.person_id)
        .order_by(Person.name, Person.id)
    )
    found: dict[str, list[Person]] = defaultdict(list)
    for category_id, each in rows:
        found[category_id].append(each)
    return found


def choose_curators(category_id: str, people: Iterable[str], *, by: str) -> None:
    """people: the ids of all who tend it from now on."""
    wanted = set(people)
    with writing() as session:
        category = get(category_id)
        known = {each.id for each in category.curators}
        found = list(session.scalars(select(Person).where(Person.id.in_(wanted)).order_by(Person.name)))
        # Who left keeps what was given, so that the form need not show it, and can't be given more.
        if len(found) < len(wanted) or any(not each.active and each.id not in known for each in found):
            raise Invalid(
                "Somebody of these is not here any more.", errors={"curators": ["Choose people who are here."]}
            )
        if known == wanted:
            return
        category.curators = found
        access_changed()
        audit.record("chose-curators", "category", category.id, by=by, name=category.name, people=sorted(wanted))
