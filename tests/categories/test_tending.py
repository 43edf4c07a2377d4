"""Branches that were given to somebody: what they may do there, and that it ends where the branch ends."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from kb.accounts.models import Person
from kb.accounts.sessions import curated_by as asked
from kb.categories import actions, tending
from kb.db import db, writing
from kb.errors import Invalid
from kb.screencasts.models import Screencast
from tests.categories.test_tree import access_version, add
from tests.conftest import Caller, People
from tests.web.actors import Browser

API = "/api/v1/categories"


@dataclass
class Grove:
    """Root > branch (given to `other`) > leaf > tip, and beside it: away. Ids."""

    root: str
    branch: str
    leaf: str
    tip: str
    away: str


@pytest.fixture
def grove(people: People) -> Grove:
    root = add("Root")
    branch = add("Branch", root)
    leaf = add("Leaf", branch)
    grove = Grove(root.id, branch.id, leaf.id, add("Tip", leaf).id, add("Away").id)
    tending.choose_curators(grove.branch, [people.other], by=people.admin)
    return grove


Act = Callable[[Caller, Grove], Any]


def patch(place: str, **fields: str | int) -> Act:
    """Values that name a place of the grove stand for its id."""
    return lambda caller, grove: caller.patch(
        f"{API}/{getattr(grove, place)}",
        json={name: getattr(grove, str(value), value) for name, value in fields.items()},
    )


def to_the_top(place: str) -> Act:
    return lambda caller, grove: caller.patch(f"{API}/{getattr(grove, place)}", json={"parent_id": None})


def grow(parent: str | None) -> Act:
    above = {"parent_id": parent} if parent else {}
    return lambda caller, grove: caller.post(
        API, json={"name": "New", **{field: getattr(grove, place) for field, place in above.items()}}
    )


def merge(place: str, into: str) -> Act:
    return lambda caller, grove: caller.post(
        f"{API}/{getattr(grove, place)}/merge", json={"into": getattr(grove, into)}
    )


def delete(place: str, goal: str | None) -> Act:
    return lambda caller, grove: caller.delete(
        f"{API}/{getattr(grove, place)}" + (f"?items_go_to={getattr(grove, goal)}" if goal else "")
    )


def give(place: str) -> Act:
    return lambda caller, grove: caller.put(f"{API}/{getattr(grove, place)}/curators", json={"curators": []})


INSIDE: dict[str, Act] = {
    "rename the branch": patch("branch", name="New"),
    "describe the branch": patch("branch", description="New", icon="wifi", default_visibility="private"),
    "rename a leaf": patch("leaf", name="New"),
    "grow below the branch": grow("branch"),
    "grow below a leaf": grow("leaf"),
    "put a leaf in its place": patch("leaf", position=0),
    "move a tip to the branch": patch("tip", parent_id="branch"),
    "merge a tip into a leaf": merge("tip", "leaf"),
    "merge a leaf into the branch": merge("leaf", "branch"),
    "delete a tip": delete("tip", "leaf"),
    "delete a leaf": delete("leaf", "branch"),
}
OUTSIDE: dict[str, Act] = {
    "rename what is above": patch("root", name="New"),
    "rename what is beside": patch("away", name="New"),
    "put the branch in another place": patch("branch", position=1),
    "move the branch": patch("branch", parent_id="away"),
    "move the branch to the top": to_the_top("branch"),
    "move a leaf out": patch("leaf", parent_id="root"),
    "move a leaf to the top": to_the_top("leaf"),
    "move something in": patch("away", parent_id="branch"),
    "grow at the top": grow(None),
    "grow beside": grow("away"),
    "merge a leaf into what is outside": merge("leaf", "away"),
    "merge the branch": merge("branch", "away"),
    "merge something in": merge("away", "branch"),
    "delete the branch": delete("branch", "root"),
    "send items out": delete("leaf", "away"),
    "send items nowhere": delete("leaf", None),
    "delete what is beside": delete("away", "branch"),
    "give a branch away": give("leaf"),
    "give away the own branch": give("branch"),
}


@pytest.mark.parametrize("what", INSIDE | OUTSIDE)
def test_who_was_given_a_branch_tends_it_and_nothing_else(
    grove: Grove, people: People, call_as: Callable[[str | None], Caller], what: str
) -> None:
    act = (INSIDE | OUTSIDE)[what]
    before = tree(call_as(people.admin))
    assert act(call_as(None), grove).status_code == 401
    for stranger in (people.mate,) if what in INSIDE else (people.mate, people.other):
        assert act(call_as(stranger), grove).status_code == 403
    assert tree(call_as(people.admin)) == before
    answer = act(call_as(people.other if what in INSIDE else people.curator), grove)
    assert answer.status_code in (200, 201, 204), answer.text


def tree(caller: Caller) -> Any:
    return caller.get(API).json


def test_what_is_given_holds_for_all_that_is_below_and_ends_when_it_is_taken(grove: Grove, people: People) -> None:
    assert tending.curated_by(people.other) == {grove.branch, grove.leaf, grove.tip}
    assert tending.curated_by(people.mate) == frozenset()
    assert [of(people.other) for of in asked] == [tending.curated_by(people.other)]
    actions.change(grove.leaf, by="test", move=True, parent_id=grove.away)
    assert tending.curated_by(people.other) == {grove.branch}
    actions.change(grove.leaf, by="test", move=True, parent_id=grove.branch)
    tending.choose_curators(grove.branch, [], by="test")
    assert tending.curated_by(people.other) == frozenset()


def test_giving_and_taking_changes_who_may_do_what(grove: Grove, people: People) -> None:
    before = access_version()
    tending.choose_curators(grove.branch, [people.other], by="test")
    assert access_version() == before, "nothing changed"
    tending.choose_curators(grove.branch, [people.other, people.mate], by="test")
    assert access_version() > before


def test_a_branch_is_given_to_people_who_are_here(grove: Grove, people: People) -> None:
    with writing() as session:
        session.get_one(Person, people.mate).active = False
    for wanted in (["unknown"], [people.mate]):
        with pytest.raises(Invalid) as caught:
            tending.choose_curators(grove.branch, wanted, by="test")
        assert list(caught.value.errors) == ["curators"]
    with writing() as session:
        session.get_one(Person, people.other).active = False
    tending.choose_curators(grove.branch, [people.other, people.author], by="test")


def test_more_people_than_there_can_be_are_refused(
    grove: Grove, people: People, call_as: Callable[[str | None], Caller]
) -> None:
    many = [f"nobody {number}" for number in range(100_000)]
    answer = call_as(people.admin).put(f"{API}/{grove.branch}/curators", json={"curators": many})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["curators"])
    assert tending.curated_by(people.other) == {grove.branch, grove.leaf, grove.tip}


@pytest.mark.parametrize(
    ("place", "visibility", "status"),
    [("leaf", "everyone", 200), ("branch", "everyone", 200), ("away", "everyone", 403), ("leaf", "private", 404),
     ("leaf", "team", 404)],
)  # fmt: skip
def test_screencasts_in_the_branch_are_changed_where_they_are_seen(
    grove: Grove, people: People, call_as: Callable[[str | None], Caller], receive: Callable[..., str], place: str,
    visibility: str, status: int,
) -> None:  # fmt: skip
    item = receive(category=getattr(grove, place), visibility=visibility)
    answer = call_as(people.other).patch(f"/api/v1/screencasts/{item}", json={"title": "Changed"})
    assert answer.status_code == status
    assert (db.session.get_one(Screencast, item).title == "Changed") is (status == 200)


def test_curators_are_named_to_colleagues_alone(
    site: Flask, grove: Grove, people: People, call_as: Callable[[str | None], Caller]
) -> None:
    def named(caller: Caller) -> list[Any]:
        return [each["curators"] for each in caller.get(API).json["items"] if each["id"] == grove.branch]

    assert named(call_as(people.mate)) == [[{"id": people.other, "name": "Test Other"}]]
    site.extensions["kb.settings"] = site.extensions["kb.settings"].model_copy(update={"public": True})
    assert named(call_as(None)) == [[]]


# -- the bench --------------------------------------------------------------------------------------------


def test_everybody_reads_the_tree_and_only_who_tends_it_gets_its_tools(
    grove: Grove, people: People, call_as: Callable[[str | None], Caller]
) -> None:
    pages = {who: call_as(getattr(people, who)).get("/categories").text for who in ("mate", "other", "curator")}
    assert all("Leaf" in page and "Away" in page for page in pages.values())
    assert "<form" not in pages["mate"].split("<main")[1]

    def has_tools(page: str, place: str) -> tuple[bool, bool]:
        address = f"/categories/{getattr(grove, place)}"
        return f'href="{address}"' in page, f'action="{address}/place"' in page

    for place, edits, moves in (("away", False, False), ("branch", True, False), ("leaf", True, True)):
        assert has_tools(pages["other"], place) == (edits, moves)
        assert has_tools(pages["curator"], place) == (True, True)
        assert has_tools(pages["mate"], place) == (False, False)


def test_the_pages_of_a_category_are_for_who_may_use_them(
    grove: Grove, people: People, call_as: Callable[[str | None], Caller]
) -> None:
    other, mate = call_as(people.other), call_as(people.mate)
    for page, expected in (("", 200), ("/merge", 403), ("/delete", 403)):
        assert other.get(f"/categories/{grove.branch}{page}").status_code == expected
        assert other.get(f"/categories/{grove.leaf}{page}").status_code == 200
        assert other.get(f"/categories/{grove.away}{page}").status_code == 403
        assert mate.get(f"/categories/{grove.leaf}{page}").status_code == 403
    assert "/curators" not in other.get(f"/categories/{grove.branch}").text
    page = other.get(f"/categories/{grove.leaf}/delete").text
    assert f'value="{grove.branch}"' in page
    assert f'value="{grove.away}"' not in page
    assert "No category" not in page


def test_forms_move_nothing_out_of_the_branch(
    grove: Grove, people: People, signed_in: Callable[[str], Browser], call_as: Callable[[str | None], Caller]
) -> None:
    other = call_as(people.other)
    before = tree(other)
    place = f"/categories/{grove.leaf}/place"
    assert other.post(place, data={"step": "out"}).status_code == 302
    assert other.post(place, data={"parent": grove.away}).status_code == 302
    assert other.post(f"/categories/{grove.branch}/place", data={"step": "up"}).status_code == 403
    assert other.post(f"/categories/{grove.leaf}", data={"name": "Leaf", "parent": ""}).status_code == 403
    assert other.post("/categories", data={"name": "New"}).status_code == 403
    assert tree(other) == before
