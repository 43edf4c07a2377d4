"""Several curators at the same moment: whoever comes second finds the tree as the first has left it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from kb.categories import actions
from kb.categories.tree import flat, grow
from kb.db import db
from kb.errors import KbError
from tests.categories.test_tree import add

ROUNDS = 6


def at_once(site: Flask, *acts: Callable[[], object]) -> list[str]:
    """Do them side by side; return what was refused, in words."""
    db.session.remove()
    start = Barrier(len(acts))

    def done(act: Callable[[], object]) -> str:
        with site.app_context():
            start.wait()
            try:
                act()
            except KbError as error:
                return error.detail
            return ""

    with ThreadPoolExecutor(len(acts)) as threads:
        return [detail for detail in threads.map(done, acts) if detail]


def move(category_id: str, parent_id: str) -> Callable[[], object]:
    return lambda: actions.change(category_id, by="test", move=True, parent_id=parent_id)


def test_two_moves_at_once_make_no_ring(in_site: Flask) -> None:
    for number in range(ROUNDS):
        one, two = (add(f"{name} {number}").id for name in ("One", "Two"))
        refused = at_once(in_site, move(one, two), move(two, one))
        assert refused == ["A category can't hang below itself."]
        every = actions.every()
        assert {branch.category.id for branch in flat(grow(every))} == {each.id for each in every}


def test_of_several_that_add_one_name_at_once_one_does(in_site: Flask) -> None:
    for number in range(ROUNDS):
        acts = [lambda name=name: actions.add(name, by="test") for name in (f"vpn {number}", f"VPN {number}") * 2]
        assert len(at_once(in_site, *acts)) == 3
    assert len(actions.every()) == ROUNDS
