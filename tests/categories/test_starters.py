"""Trees to begin with: the sets that a new site chooses from, and the outline that an admin types."""

import pytest

from kb.categories import actions
from kb.categories.icons import ICONS
from kb.categories.starters import STARTERS, Shelf, outline, plant
from kb.categories.tree import Branch, grow
from kb.errors import Invalid
from tests.conftest import People


def names(shelves: list[Shelf]) -> list[object]:
    """As an outline reads: each name, followed by the list of what hangs below it where there is something."""
    return [part for shelf in shelves for part in ([shelf.name, names(shelf.below)] if shelf.below else [shelf.name])]


def tree() -> list[object]:
    def of(branches: list[Branch]) -> list[object]:
        return [
            part
            for branch in branches
            for part in ([branch.category.name, of(branch.children)] if branch.children else [branch.category.name])
        ]

    return of(grow(actions.every(), {}))


def every(shelves: list[Shelf]) -> list[Shelf]:
    return [each for shelf in shelves for each in (shelf, *every(shelf.below))]


@pytest.mark.parametrize("name", STARTERS)
def test_each_set_becomes_a_tree_as_it_was_shown(people: People, name: str) -> None:
    shelves = STARTERS[name].shelves
    assert plant(shelves, by=people.admin) == len(every(shelves))
    assert tree() == names(shelves)
    made = {category.name: category for category in actions.every()}
    for shelf in every(shelves):
        assert (made[shelf.name].icon, made[shelf.name].description) == (shelf.icon, shelf.description)


@pytest.mark.parametrize("name", STARTERS)
def test_each_set_is_small_and_its_roots_say_what_they_are_for(name: str) -> None:
    shelves = STARTERS[name].shelves
    assert 4 <= len(shelves) <= 7
    assert all(shelf.icon and shelf.description for shelf in shelves)
    assert {each.icon for each in every(shelves)} - {""} <= ICONS.keys()
    assert not any(below.below for shelf in shelves for below in shelf.below)


def test_what_is_there_is_not_made_twice_and_takes_in_what_is_new(people: People) -> None:
    shelves = [Shelf("Network", below=[Shelf("VPN")])]
    actions.add("network", by=people.admin)
    assert plant(shelves, by=people.admin) == 1
    assert plant(shelves, by=people.admin) == 0
    assert tree() == ["network", ["VPN"]]


def test_a_list_with_a_fault_makes_nothing(people: People) -> None:
    with pytest.raises(Invalid):
        plant([Shelf("Fine"), Shelf("x" * 81)], by=people.admin)
    assert tree() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Network\nPrinters", ["Network", "Printers"]),
        ("Network\n  VPN\n  Wi-Fi\nPrinters", ["Network", ["VPN", "Wi-Fi"], "Printers"]),
        ("Network\n\tVPN\n\t\tAt home\n", ["Network", ["VPN", ["At home"]]]),
        ("- Network\n  - VPN\n* Printers\n• شبكة", ["Network", ["VPN"], "Printers", "شبكة"]),
        ("\n\n  Indented at once\n\n  Beside it\n", ["Indented at once", "Beside it"]),
        ("A\n    B\n  C\nD", ["A", ["B", "C"], "D"]),
        ("A - B\n-C", ["A - B", "-C"]),
        ("A\r\n  B\r\n", ["A", ["B"]]),
    ],
)
def test_an_outline_is_read_as_it_looks(text: str, expected: list[object]) -> None:
    assert names(outline(text)) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("A\n" + "x" * 81, "Line 2"),
        ("\n".join("  " * depth + "deep" for depth in range(6)), "Line 6"),
        ("A\n\nturned \u202e round", "Line 3"),
        ("A\n" * 201, ""),
    ],
)
def test_a_fault_in_an_outline_names_its_line(text: str, line: str) -> None:
    with pytest.raises(Invalid) as fault:
        outline(text)
    assert line in fault.value.errors["own"][0]
