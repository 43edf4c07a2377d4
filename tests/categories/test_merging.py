"""Two categories become one: nothing is lost, and every address of old leads to the one that stays."""

import pytest
from sqlalchemy import select

from kb.accounts.models import Person
from kb.audit import AuditEntry
from kb.categories import actions, merging, tending
from kb.categories.models import Category, CategoryAlias
from kb.db import db, writing
from kb.errors import Conflict, Invalid, NotFound
from kb.screencasts.models import Screencast
from tests.categories.test_tree import add, named, outline
from tests.conftest import People


def merge(source: Category, target: Category, *, with_curators: bool = True) -> Category:
    return merging.merge(source.id, target.id, by="test", with_curators=with_curators)


@pytest.fixture
def two(in_site: object) -> tuple[Category, Category]:
    """Devices with Printers, that with Paper; Hardware with printers, that with Ink."""
    devices, hardware = add("Devices"), add("Hardware")
    add("Paper", add("Printers", devices))
    add("Screens", devices)
    add("Ink", add("printers", hardware))
    return devices, hardware


def test_children_of_one_name_become_one_and_the_others_move(two: tuple[Category, Category]) -> None:
    devices, hardware = two
    plan = merging.plan(devices, hardware)
    assert [each.name for each in plan.moves] == ["Paper", "Screens"]
    assert [(source.name, target.name) for source, target in plan.merges] == [("Printers", "printers")]
    merge(devices, hardware)
    assert outline() == ["Hardware", "  printers", "    Ink", "    Paper", "  Screens"]


def test_items_go_along(two: tuple[Category, Category], people: People) -> None:
    devices, hardware = two
    with writing() as session:
        for category in (devices, hardware, named("Printers"), named("Paper")):
            session.add(Screencast(title=category.name, author_id=people.author, category_id=category.id))
    merge(devices, hardware)
    places = {item.title: item.category and item.category.name for item in db.session.scalars(select(Screencast))}
    assert places == {"Devices": "Hardware", "Hardware": "Hardware", "Printers": "printers", "Paper": "Paper"}


def test_old_addresses_lead_to_the_one_that_stays_however_often_it_is_merged(in_site: object) -> None:
    first, second, third = add("First"), add("Second"), add("Third")
    actions.change(first.id, by="test", name="Primus")
    old = [first.id, "first", "primus", second.id, "second"]
    merge(first, second)
    assert {actions.get(each).name for each in old} == {"Second"}
    merge(second, third)
    assert {actions.get(each).name for each in old} == {"Third"}
    assert {row.category_id for row in db.session.scalars(select(CategoryAlias))} == {third.id}
    actions.remove(third.id, by="test", items_go_to=None)
    for each in old:
        with pytest.raises(NotFound):
            actions.get(each)


def test_what_was_merged_is_not_taken_away_by_its_old_address(in_site: object) -> None:
    """A script that runs twice must not delete the category that stayed."""
    first, second, third = add("First"), add("Second"), add("Third")
    gone = first.id
    merge(first, second)
    with pytest.raises(Conflict, match="Second"):
        actions.remove(gone, by="test", items_go_to=None)
    with pytest.raises(Conflict, match="Second"):
        merging.merge(gone, third.id, by="test", with_curators=True)
    assert outline() == ["Second", "Third"]


def test_a_category_is_never_merged_into_itself_or_into_what_is_below_it(two: tuple[Category, Category]) -> None:
    devices, _ = two
    before = outline()
    for below in (devices, named("Printers"), named("Paper")):
        with pytest.raises(Conflict) as caught:
            merge(devices, below)
        assert list(caught.value.errors) == ["into"]
    assert outline() == before


def test_a_child_may_be_merged_into_what_is_above_it(two: tuple[Category, Category]) -> None:
    devices, _ = two
    add("Printers", named("Printers"))
    merge(next(each for each in devices.children if each.name == "Printers"), devices)
    assert outline()[:4] == ["Devices", "  Screens", "  Paper", "  Printers"]


def test_a_merge_leaves_the_tree_five_levels_deep(two: tuple[Category, Category]) -> None:
    devices, _ = two
    deep = add("level 3", add("level 2", add("level 1")))
    with pytest.raises(Invalid) as caught:
        merge(devices, add("level 4", deep))
    assert list(caught.value.errors) == ["parent"]
    merge(devices, deep)
    assert max(line.count("  ") for line in outline()) == actions.DEEPEST - 1


@pytest.mark.parametrize("with_curators", [True, False])
def test_curators_go_along_where_a_curator_of_the_site_merges(
    two: tuple[Category, Category], people: People, with_curators: bool
) -> None:
    devices, hardware = two
    tending.choose_curators(devices.id, [people.mate, people.other], by="test")
    tending.choose_curators(hardware.id, [people.mate], by="test")
    merge(devices, hardware, with_curators=with_curators)
    both = {people.mate, people.other} if with_curators else {people.mate}
    assert {each.id for each in hardware.curators} == both
    assert db.session.get_one(Person, people.other)


def test_who_merged_what_is_written_down(two: tuple[Category, Category]) -> None:
    devices, hardware = two
    gone = devices.id
    merge(devices, hardware)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "merged")).one()
    assert (entry.subject_id, entry.details) == (
        gone, {"name": "Devices", "into": hardware.id, "into_name": "Hardware"},
    )  # fmt: skip
