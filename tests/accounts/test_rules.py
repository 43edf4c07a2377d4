"""The one rule of who may see what, in its two spellings, over every combination."""

from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from kb.accounts import actions
from kb.accounts.models import Person, Role
from kb.accounts.rules import (
    VISIBILITIES,
    Viewer,
    can_change,
    can_restore,
    can_view,
    restorable,
    visible,
)
from kb.categories import actions as categories
from kb.db import db, now, writing
from kb.screencasts.models import Screencast


@pytest.fixture
def items(in_site: Flask) -> list[Screencast]:
    """One row for every visibility, draft or not, in the trash or not, of every team or none, in a branch or not."""
    author, _, admin = (
        actions.add_person(f"{name}@test.example", name, role, None)
        for name, role in (("author", Role.member), ("other", Role.member), ("admin", Role.admin))
    )
    teams = [None, *(actions.add_team(name, by=admin).id for name in ("Blue", "Red"))]
    places = [None, *(categories.add(name, by=admin.id).id for name in ("Tended", "Untended"))]
    kinds = product(VISIBILITIES, (True, False), (True, False), teams, places)
    with writing() as session:
        for visibility, draft, trashed, team, place in kinds:
            session.add(
                Screencast(
                    title="t",
                    author_id=author.id,
                    visibility=visibility,
                    published_at=None if draft else now(),
                    trashed_at=now() if trashed else None,
                    team_id=team,
                    category_id=place,
                )
            )
    return list(db.session.scalars(select(Screencast)))


@pytest.fixture
def viewers(items: list[Screencast]) -> list[Viewer]:
    """Nobody, with KB_PUBLIC on and off; everybody in every set of teams, with every role, with a branch or without."""
    teams = sorted({item.team_id for item in items if item.team_id})
    sets = [frozenset(), frozenset(teams[:1]), frozenset(teams[1:]), frozenset(teams)]
    ids = [items[0].author_id, *db.session.scalars(select(Person.id).where(Person.name == "other"))]
    return [
        *(Viewer(sees_public=public) for public in (True, False)),
        *(
            Viewer(person, team_ids, is_curator=is_curator, curates=curates, sees_public=True)
            for person, team_ids, is_curator, curates in product(ids, sets, (False, True), (frozenset(), tended(items)))
        ),
    ]


def tended(items: list[Screencast]) -> frozenset[str]:
    return frozenset(item.category.id for item in items if item.category and item.category.name == "Tended")


def test_the_rule_of_one_item_and_the_condition_of_a_query_agree(
    items: list[Screencast], viewers: list[Viewer]
) -> None:
    assert len(items) == 144
    for viewer in viewers:
        found = set(db.session.scalars(select(Screencast.id).where(visible(viewer, Screencast))))
        assert found == {item.id for item in items if can_view(viewer, item)}, viewer


def may_see(viewer: Viewer, item: Screencast) -> bool:
    """The rule told a second time, by cases."""
    if item.trashed_at:
        return False
    if viewer.person_id == item.author_id:
        return True
    if not item.published_at:
        return False
    match item.visibility:
        case "private":
            return False
        case "team":
            return viewer.person_id is not None and item.team_id in viewer.team_ids
        case "everyone":
            return viewer.person_id is not None
        case "public":
            return viewer.person_id is not None or viewer.sees_public
    raise AssertionError(item.visibility)


def test_the_rule_is_the_one_that_people_were_told(items: list[Screencast], viewers: list[Viewer]) -> None:
    for viewer, item in product(viewers, items):
        assert can_view(viewer, item) is may_see(viewer, item), (viewer, item.visibility, item.team_id)


def test_running_or_curating_the_site_opens_nothing(items: list[Screencast], viewers: list[Viewer]) -> None:
    for viewer, item in product(viewers, items):
        as_member = Viewer(viewer.person_id, viewer.team_ids, sees_public=viewer.sees_public)
        assert can_view(viewer, item) is can_view(as_member, item)


def test_its_author_and_those_who_curate_it_change_it_where_they_see_it_and_nobody_else(
    items: list[Screencast], viewers: list[Viewer]
) -> None:
    for viewer, item in product(viewers, items):
        curates = viewer.is_curator or item.category_id in viewer.curates
        expected = may_see(viewer, item) and (viewer.person_id == item.author_id or curates)
        assert can_change(viewer, item) is expected


def test_out_of_the_trash_takes_it_who_could_have_put_it_there(items: list[Screencast], viewers: list[Viewer]) -> None:
    kept = {kind(item): item for item in items if not item.trashed_at}
    for viewer, item in product(viewers, items):
        alike = kept[kind(item)]
        assert can_restore(viewer, item) is (item.trashed_at is not None and can_change(viewer, alike))


def kind(item: Screencast) -> tuple[object, ...]:
    return item.visibility, item.published_at is None, item.team_id, item.category_id


def test_both_spellings_of_what_may_come_out_of_the_trash_agree(items: list[Screencast], viewers: list[Viewer]) -> None:
    for viewer in viewers:
        found = set(db.session.scalars(select(Screencast.id).where(restorable(viewer, Screencast))))
        assert found == {item.id for item in items if can_restore(viewer, item)}, viewer


def test_who_is_in_no_team_sees_nothing_of_a_team_that_is_gone(items: list[Screencast]) -> None:
    """Deleting a team leaves its rows with visibility team and no team: they belong to their author alone."""
    orphans = [item for item in items if item.visibility == "team" and item.team_id is None]
    assert orphans
    stranger = Viewer("stranger", frozenset(), sees_public=True)
    assert not any(can_view(stranger, item) for item in orphans)
    found = set(db.session.scalars(select(Screencast.id).where(visible(stranger, Screencast))))
    assert not found & {item.id for item in orphans}
