"""Several curators at the same moment: whoever comes second finds the tree as the first has left it."""

from collections.abc import Callable

from kb.categories import actions
from kb.categories.tree import flat, grow
from tests.categories.test_tree import add

Refused = Callable[..., list[str]]
ROUNDS = 6


def move(category_id: str, parent_id: str) -> Callable[[], object]:
    return lambda: actions.change(category_id, by="test", move=True, parent_id=parent_id)


def test_two_moves_at_once_make_no_ring(refused: Refused) -> None:
    for number in range(ROUNDS):
        one, two = (add(f"{name} {number}").id for name in ("One", "Two"))
        assert refused(move(one, two), move(two, one)) == ["A category can't hang below itself."]
        every = actions.every()
        assert {branch.category.id for branch in flat(grow(every))} == {each.id for each in every}


def test_of_several_that_add_one_name_at_once_one_does(refused: Refused) -> None:
    for number in range(ROUNDS):
        acts = [lambda name=name: actions.add(name, by="test") for name in (f"vpn {number}", f"VPN {number}") * 2]
        assert len(refused(*acts)) == 3
    assert len(actions.every()) == ROUNDS
