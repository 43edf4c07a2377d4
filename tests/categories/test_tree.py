"""The curated tree: what curators do with it, and what may never come of it."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from kb.accounts.rules import Viewer
from kb.categories import actions
from kb.categories.models import Category
from kb.categories.tree import Branch, flat, grow, with_below
from kb.db import db, writing
from kb.errors import Conflict, Invalid, KbError, NotFound
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from tests.conftest import People

ANYBODY = Viewer()


def add(name: str, parent: Category | None = None) -> Category:
    return actions.add(name, by="test", parent_id=parent.id if parent else None)


def outline() -> list[str]:
    """The tree as lines: its names, each below its parent."""
    db.session.rollback()
    return ["  " * branch.depth + branch.category.name for branch in flat(actions.tree(ANYBODY))]


@pytest.fixture
def network(in_site: object) -> Category:
    network = add("Network")
    add("Firewall", network)
    add("Wi-Fi", add("VPN", network))
    return network


def named(name: str) -> Category:
    db.session.rollback()
    return db.session.scalars(select(Category).where(Category.name == name)).one()


def test_a_tree_grows_in_the_order_in_which_it_was_made(network: Category) -> None:
    add("Printers")
    assert outline() == ["Network", "  Firewall", "  VPN", "    Wi-Fi", "Printers"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "a\u202eb", "\n"])
def test_a_name_is_a_line_of_1_to_80_signs(in_site: object, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        actions.add(name, by="test")
    assert list(caught.value.errors) == ["name"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Reset & Restart!", "reset-restart"), ("  Two  words ", "two-words"), ("Größe", "größe"), ("日本語", "日本語"),
     ("C++", "c"), ("***", "category"), ("../../etc", "etc"), ("ＦＵＬＬ", "full"), ("می\u200cخواهم", "می-خواهم")],
)  # fmt: skip
def test_a_name_makes_a_slug_that_can_stand_in_an_address(in_site: object, name: str, slug: str) -> None:
    assert actions.add(name, by="test").slug == slug


def test_a_slug_is_free_among_its_siblings(network: Category) -> None:
    slugs = [add("VPN", network).slug, add("vpn!", network).slug, add("VPN").slug]
    assert slugs == ["vpn-2", "vpn-3", "vpn"]


def test_a_category_is_found_by_id_and_by_slug(network: Category) -> None:
    assert actions.get(network.id) == actions.get("network") == network
    with pytest.raises(NotFound):
        actions.get("unknown")


def test_a_tree_has_five_levels(in_site: object) -> None:
    category = None
    for level in range(actions.DEEPEST):
        category = add(f"level {level}", category)
    with pytest.raises(Invalid) as caught:
        add("too deep", category)
    assert list(caught.value.errors) == ["parent"]
    tall = add("tall")
    add("its child", tall)
    deep = named("level 3")
    with pytest.raises(Invalid):
        actions.change(tall.id, by="test", move=True, parent_id=deep.id)
    assert "tall" in outline()


def test_a_category_never_hangs_below_itself(network: Category) -> None:
    for below in (network, named("VPN"), named("Wi-Fi")):
        with pytest.raises(Conflict):
            actions.change(network.id, by="test", move=True, parent_id=below.id)
    assert outline()[0] == "Network"


def test_a_category_is_renamed_and_its_slug_follows(network: Category) -> None:
    add("Printers")
    actions.change(named("Printers").id, by="test", name="Network")
    assert [each.slug for each in db.session.scalars(select(Category).where(Category.parent_id.is_(None)))] == [
        "network", "network-2",
    ]  # fmt: skip
    before = named("VPN").slug
    actions.change(named("VPN").id, by="test", name="VPN")
    assert named("VPN").slug == before


def test_a_category_moves_with_what_hangs_on_it_and_stands_last(network: Category) -> None:
    add("Printers")
    actions.change(named("VPN").id, by="test", move=True, parent_id=None)
    assert outline() == ["Network", "  Firewall", "Printers", "VPN", "  Wi-Fi"]
    actions.change(named("Printers").id, by="test", move=True, parent_id=network.id)
    assert outline() == ["Network", "  Firewall", "  Printers", "VPN", "  Wi-Fi"]


def test_a_category_takes_its_free_slug_only_where_it_goes(network: Category) -> None:
    """Among its old siblings it may be taken."""
    second = add("VPN", network)
    assert second.slug == "vpn-2"
    actions.change(second.id, by="test", move=True, parent_id=None)
    db.session.rollback()
    assert (second.slug, second.parent_id) == ("vpn", None)


@pytest.mark.parametrize(
    ("position", "order"),
    [(0, "CAB"), (1, "ACB"), (2, "ABC"), (99, "ABC"), (10**30, "ABC"), (-5, "CAB")],
)
def test_a_category_takes_its_place_among_its_siblings(in_site: object, position: int, order: str) -> None:
    for name in "ABC":
        add(name)
    actions.change(named("C").id, by="test", position=position)
    assert outline() == list(order)


def test_a_category_that_is_deleted_hands_its_children_up_and_its_items_on(network: Category, people: People) -> None:
    printers = add("Printers")
    with writing() as session:
        for category in (named("VPN"), named("VPN"), named("Wi-Fi")):
            session.add(Screencast(title="t", author_id=people.author, category_id=category.id))
    actions.remove(named("VPN").id, by="test", items_go_to=printers.id)
    assert outline() == ["Network", "  Firewall", "  Wi-Fi", "Printers"]
    places = [actions.path_of(each.category)[-1].name for each in db.session.scalars(select(Screencast))]
    assert sorted(places) == ["Printers", "Printers", "Wi-Fi"]


def test_items_of_a_deleted_category_may_go_to_none(network: Category, people: People) -> None:
    with writing() as session:
        session.add(Screencast(title="t", author_id=people.author, category_id=network.id))
    actions.remove(network.id, by="test", items_go_to=None)
    assert db.session.scalars(select(Screencast.category_id)).one() is None
    assert outline() == ["Firewall", "VPN", "  Wi-Fi"]


def test_items_never_go_to_what_is_being_deleted_or_is_not_there(network: Category) -> None:
    for target, error in ((network.id, Invalid), ("unknown", NotFound), (network.slug, Invalid)):
        with pytest.raises(error):
            actions.remove(network.id, by="test", items_go_to=target)
    assert outline()[0] == "Network"


def test_a_child_that_moves_up_takes_a_free_slug(network: Category) -> None:
    add("VPN")
    actions.remove(network.id, by="test", items_go_to=None)
    slugs = [each.slug for each in db.session.scalars(select(Category).where(Category.parent_id.is_(None)))]
    assert sorted(slugs) == ["firewall", "vpn", "vpn-2"]


@pytest.mark.parametrize("what", ["rename", "move", "delete"])
def test_items_of_a_category_that_changes_are_indexed_again(network: Category, people: People, what: str) -> None:
    with writing() as session:
        item = Screencast(title="t", author_id=people.author, category_id=named("Wi-Fi").id)
        session.add(item)
        session.query(Outbox).delete()
    match what:
        case "rename":
            actions.change(network.id, by="test", name="Networks")
        case "move":
            actions.change(named("VPN").id, by="test", move=True, parent_id=None)
        case "delete":
            actions.remove(named("VPN").id, by="test", items_go_to=None)
    db.session.rollback()
    assert item.id in set(db.session.scalars(select(Outbox.screencast_id)))


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("amr"), st.integers(0, 9), st.integers(-1, 9)), max_size=12))
def test_whatever_curators_do_it_stays_a_tree(in_site: object, steps: list[tuple[str, int, int]]) -> None:
    with writing() as session:
        for each in session.scalars(select(Category)):
            each.parent_id = None
        session.flush()
        session.query(Category).delete()
    for verb, at, other in steps:
        ids = sorted(db.session.scalars(select(Category.id)))
        first = ids[at % len(ids)] if ids else None
        second = ids[other % len(ids)] if ids and other >= 0 else None
        try:
            if verb == "a" or first is None:
                actions.add(f"c{at}", by="test", parent_id=second)
            elif verb == "m":
                actions.change(first, by="test", move=True, parent_id=second, position=other)
            else:
                actions.remove(first, by="test", items_go_to=second)
        except KbError:
            pass
    db.session.rollback()
    every = actions.every()
    branches = flat(grow(every))
    assert {branch.category.id for branch in branches} == {each.id for each in every}
    assert all(branch.depth < actions.DEEPEST for branch in branches)
    siblings = [(each.parent_id, each.slug) for each in every]
    assert len(set(siblings)) == len(siblings)


# -- pure ---------------------------------------------------------------------------------------------------


def test_a_branch_counts_what_hangs_below_it() -> None:
    root, child, leaf, other = (Category(id=name, name=name, position=0) for name in ("root", "child", "leaf", "other"))
    child.parent_id, leaf.parent_id = "root", "child"
    branches: list[Branch] = flat(grow([leaf, other, root, child], {"leaf": 3, "root": 1, "gone": 9}))
    assert {branch.category.id: branch.count for branch in branches} == {"root": 4, "child": 3, "leaf": 3, "other": 0}
    assert with_below(grow([leaf, other, root, child]), "child") == ["child", "leaf"]
    assert with_below(grow([leaf, other, root, child]), "unknown") == []
