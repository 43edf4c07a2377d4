"""The curated tree: what curators do with it, and what may never come of it."""

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from kb.accounts.models import AccessVersion
from kb.accounts.rules import Viewer
from kb.categories import actions, merging
from kb.categories.models import Category, CategoryAlias
from kb.categories.tree import Branch, flat, grow, stepped, with_below
from kb.db import db, writing
from kb.errors import Conflict, Invalid, KbError, NotFound
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from tests.conftest import People, Sent

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
    slugs = [add("VPN?", network).slug, add("vpn!", network).slug, add("VPN").slug]
    assert slugs == ["vpn-2", "vpn-3", "vpn"]


@pytest.mark.parametrize("name", ["VPN", "vpn", " Vpn ", "ＶＰＮ"])
def test_siblings_differ_in_more_than_case(network: Category, name: str) -> None:
    printers, above = add("Printers", network), add(name)
    for act in (
        lambda: add(name, network),
        lambda: actions.change(printers.id, by="test", name=name),
        lambda: actions.change(above.id, by="test", move=True, parent_id=network.id),
        lambda: actions.remove(network.id, by="test", items_go_to=None),
    ):
        with pytest.raises(Invalid) as caught:
            act()
        assert "VPN" in caught.value.detail
    assert outline() == ["Network", "  Firewall", "  VPN", "    Wi-Fi", "  Printers", above.name]
    actions.change(named("VPN").id if name != "VPN" else above.id, by="test", name="vPn")


def test_a_category_has_a_description_an_icon_and_a_visibility(in_site: object) -> None:
    category = actions.add("VPN", by="test", description=" Work\nfrom  home. ", icon="wifi", default_visibility="team")
    assert (category.description, category.icon, category.default_visibility) == ("Work from home.", "wifi", "team")
    actions.change(category.id, by="test", name="Tunnel")
    assert (category.description, category.icon, category.default_visibility) == ("Work from home.", "wifi", "team")
    actions.change(category.id, by="test", description="", icon="", default_visibility="")
    assert (category.description, category.icon, category.default_visibility) == ("", "", None)


@pytest.mark.parametrize(
    ("field", "value"), [("icon", "skull"), ("default_visibility", "nobody"), ("description", "x" * 501)]
)
def test_what_a_category_can_not_have_is_refused(network: Category, field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        actions.change(network.id, by="test", **{field: value})
    assert list(caught.value.errors) == [field]
    with pytest.raises(Invalid):
        actions.add("New", by="test", **{field: value})


def test_a_category_without_a_visibility_has_that_of_the_nearest_above_it(network: Category) -> None:
    assert actions.visibility_of_new(named("Wi-Fi")) is None
    actions.change(network.id, by="test", default_visibility="private")
    assert actions.visibility_of_new(named("Wi-Fi")) == "private"
    actions.change(named("VPN").id, by="test", default_visibility="team")
    assert actions.visibility_of_new(named("Wi-Fi")) == "team"
    assert actions.visibility_of_new(named("Firewall")) == "private"
    assert actions.visibility_of_new(None) is None


def test_a_category_is_found_by_id_and_by_slug(network: Category) -> None:
    assert actions.get(network.id) == actions.get("network") == network
    with pytest.raises(NotFound):
        actions.get("unknown")


def test_an_address_of_old_leads_to_the_category_until_another_takes_it(network: Category) -> None:
    actions.change(network.id, by="test", name="Networks")
    assert actions.get("network") == actions.get("networks") == network
    actions.change(network.id, by="test", name="Connections")
    assert actions.get("network") == actions.get("networks") == network
    other = add("Network")
    assert actions.get("network") == other
    actions.change(other.id, by="test", name="Cables")
    assert actions.get("network") == other
    with pytest.raises(Conflict, match="Cables"):
        actions.remove("network", by="test", items_go_to=None)


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
    actions.change(named("Printers").id, by="test", name="Network!")
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
    second = add("VPN?", network)
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
    add("VPN?")
    actions.remove(network.id, by="test", items_go_to=None)
    slugs = [each.slug for each in db.session.scalars(select(Category).where(Category.parent_id.is_(None)))]
    assert sorted(slugs) == ["firewall", "vpn", "vpn-2"]


@pytest.mark.parametrize(
    ("what", "is_indexed"),
    [("move", True), ("delete", True), ("merge", True), ("rename", False), ("describe", False), ("order", False)],
)
def test_only_items_whose_path_changes_are_indexed_again(
    network: Category, people: People, sent: Sent, what: str, is_indexed: bool
) -> None:
    with writing() as session:
        item, other = (
            Screencast(title="t", author_id=people.author, category_id=named(name).id) for name in ("Wi-Fi", "Firewall")
        )
        session.add_all([item, other])
    before = item.version, access_version()
    match what:
        case "move":
            actions.change(named("VPN").id, by="test", move=True, parent_id=None)
        case "delete":
            actions.remove(named("VPN").id, by="test", items_go_to=None)
        case "merge":
            merging.merge(named("VPN").id, add("Printers").id, by="test", with_curators=True)
        case "rename":
            actions.change(network.id, by="test", name="Networks")
        case "describe":
            actions.change(named("Wi-Fi").id, by="test", description="d", icon="wifi", default_visibility="team")
        case "order":
            actions.change(named("VPN").id, by="test", position=0)
    db.session.rollback()
    assert list(db.session.scalars(select(Outbox.screencast_id))) == ([item.id] if is_indexed else [])
    assert ("search.drain" in sent.names()) is is_indexed
    assert (item.version - before[0], access_version() - before[1]) == ((1, 1) if is_indexed else (0, 0))


def access_version() -> int:
    return db.session.scalars(select(AccessVersion.number)).one()


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("amrj"), st.integers(0, 9), st.integers(-1, 9)), max_size=12))
def test_whatever_curators_do_it_stays_a_tree(in_site: object, steps: list[tuple[str, int, int]]) -> None:
    with writing() as session:
        session.query(CategoryAlias).delete()
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
            elif verb == "j":
                merging.merge(first, second or first, by="test", with_curators=True)
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
    names = [(each.parent_id, each.name.casefold()) for each in every]
    assert len(set(names)) == len(names)


# -- pure ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "step", "goal"),
    [
        ("b", "up", ("root", 0)), ("a", "up", None), ("a", "down", ("root", 1)), ("b", "down", None),
        ("b", "in", ("a", 1)), ("a", "in", None), ("b", "out", (None, 1)), ("leaf", "out", ("root", 1)),
        ("root", "out", None), ("other", "in", ("root", 2)), ("other", "down", None), ("root", "down", (None, 1)),
        ("root", "sideways", None),
    ],
)  # fmt: skip
def test_a_step_goes_to_the_next_place(name: str, step: str, goal: tuple[str | None, int] | None) -> None:
    places = {"root": (None, 0), "other": (None, 1), "a": ("root", 0), "b": ("root", 1), "leaf": ("a", 0)}
    rows = [Category(id=each, name=each, parent_id=above, position=at) for each, (above, at) in places.items()]
    assert stepped(grow(rows), name, step) == goal


def test_a_branch_counts_what_hangs_below_it() -> None:
    root, child, leaf, other = (Category(id=name, name=name, position=0) for name in ("root", "child", "leaf", "other"))
    child.parent_id, leaf.parent_id = "root", "child"
    branches: list[Branch] = flat(grow([leaf, other, root, child], {"leaf": 3, "root": 1, "gone": 9}))
    assert {branch.category.id: branch.count for branch in branches} == {"root": 4, "child": 3, "leaf": 3, "other": 0}
    assert with_below(grow([leaf, other, root, child]), "child") == ["child", "leaf"]
    assert with_below(grow([leaf, other, root, child]), "unknown") == []
