"""The tree in the API and on the curator's page."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.categories import actions
from kb.categories.icons import ICONS
from kb.db import db
from kb.screencasts.models import Screencast
from kb.web.assets import DIST
from tests.conftest import Caller, People
from tests.screencasts.test_upload import refused

CATEGORY = {
    "id", "name", "slug", "description", "icon", "default_visibility", "parent_id", "position", "count", "curators",
}  # fmt: skip


@pytest.fixture
def curator(people: People, call_as: Callable[[str | None], Caller]) -> Caller:
    return call_as(people.curator)


@pytest.fixture
def network(curator: Caller) -> dict[str, Any]:
    return dict(curator.post("/api/v1/categories", json={"name": "Network"}).json)


def items(caller: Caller) -> list[dict[str, Any]]:
    return list(caller.get("/api/v1/categories").json["items"])


def test_a_category_has_the_fields_of_the_contract(curator: Caller, network: dict[str, Any]) -> None:
    assert set(network) == CATEGORY
    child = curator.post("/api/v1/categories", json={"name": "VPN", "parent_id": network["id"], "icon": "wifi"})
    assert child.status_code == 201
    assert child.json == {
        "id": child.json["id"], "name": "VPN", "slug": "vpn", "description": "", "icon": "wifi",
        "default_visibility": None, "parent_id": network["id"], "position": 0, "count": 0, "curators": [],
    }  # fmt: skip
    answer = curator.get("/api/v1/categories").json
    assert answer == {"items": [network, child.json], "next": None}


def test_it_is_renamed_moved_and_put_in_its_place(curator: Caller, network: dict[str, Any]) -> None:
    other = curator.post("/api/v1/categories", json={"name": "Other"}).json
    url = f"/api/v1/categories/{other['id']}"
    assert curator.patch(url, json={"name": "Printers"}).json["slug"] == "printers"
    assert curator.patch(url, json={"position": 0}).json["position"] == 0
    assert [each["name"] for each in items(curator)] == ["Printers", "Network"]
    assert curator.patch(url, json={"parent_id": network["id"]}).json["parent_id"] == network["id"]
    assert curator.patch(url, json={"name": "Scanners"}).json["parent_id"] == network["id"], "left where it was"
    assert curator.patch(url, json={"parent_id": None}).json["parent_id"] is None


def test_what_it_says_is_changed_and_taken_away(curator: Caller, network: dict[str, Any]) -> None:
    url = f"/api/v1/categories/{network['id']}"
    said = {"description": "Cables and air.", "icon": "wifi", "default_visibility": "team"}
    assert curator.patch(url, json=said).json == network | said
    assert curator.patch(url, json={"icon": None, "default_visibility": None}).json == network | {
        "description": "Cables and air."
    }
    refused(curator.patch(url, json={"icon": "skull"}), 422, "invalid", "icon")
    refused(curator.patch(url, json={"default_visibility": "nobody"}), 422, "invalid", "default_visibility")
    refused(curator.patch(url, json={"description": "x" * 501}), 422, "invalid", "description")


def test_siblings_of_one_name_are_refused_in_words(curator: Caller, network: dict[str, Any]) -> None:
    refused(curator.post("/api/v1/categories", json={"name": "NETWORK"}), 422, "invalid", "name")
    other = curator.post("/api/v1/categories", json={"name": "Other"}).json
    answer = curator.patch(f"/api/v1/categories/{other['id']}", json={"name": "network"})
    refused(answer, 422, "invalid", "name")
    assert answer.json["detail"] == "“Network” is at the top level already. Choose another name, or merge the two."


def test_what_was_merged_is_reached_by_its_old_id(
    curator: Caller, author: Caller, network: dict[str, Any], receive: Callable[..., str]
) -> None:
    other = curator.post("/api/v1/categories", json={"name": "Other"}).json
    item = receive(category=network["id"])
    merged = curator.post(f"/api/v1/categories/{network['id']}/merge", json={"into": other["id"]})
    assert (merged.status_code, merged.json["id"]) == (200, other["id"])
    for old in (network["id"], "network"):
        assert author.get(f"/api/v1/categories/{old}").json["id"] == other["id"]
        assert [each["id"] for each in author.get(f"/api/v1/screencasts?category={old}").json["items"]] == [item]
    again = curator.post(f"/api/v1/categories/{network['id']}/merge", json={"into": other["id"]})
    refused(again, 409, "conflict")
    refused(curator.delete(f"/api/v1/categories/{network['id']}"), 409, "conflict")
    refused(curator.post(f"/api/v1/categories/{other['id']}/merge", json={"into": "unknown"}), 404, "not-found")
    refused(
        curator.post(f"/api/v1/categories/{other['id']}/merge", json={"into": other["id"]}), 409, "conflict", "into"
    )
    assert author.get("/api/v1/categories/unknown").status_code == 404


def test_it_is_found_by_its_slug_too(curator: Caller, network: dict[str, Any]) -> None:
    changed = curator.patch("/api/v1/categories/network", json={"name": "Networks"})
    assert (changed.status_code, changed.json["id"]) == (200, network["id"])
    refused(curator.delete("/api/v1/categories/networks?items_go_to=networks"), 422, "invalid", "items_go_to")
    assert curator.delete("/api/v1/categories/networks").status_code == 204


def test_what_can_not_be_is_refused(curator: Caller, network: dict[str, Any]) -> None:
    url = f"/api/v1/categories/{network['id']}"
    child = curator.post("/api/v1/categories", json={"name": "VPN", "parent_id": network["id"]}).json
    refused(curator.post("/api/v1/categories", json={"name": ""}), 422, "invalid", "name")
    refused(curator.post("/api/v1/categories", json={}), 422, "invalid", "name")
    refused(curator.post("/api/v1/categories", json={"name": 5}), 422, "invalid", "name")
    refused(curator.post("/api/v1/categories", json={"name": "x", "parent_id": "unknown"}), 404, "not-found")
    refused(curator.patch(url, json={"parent_id": child["id"]}), 409, "conflict", "parent")
    refused(curator.patch(url, json={"parent_id": network["id"]}), 409, "conflict", "parent")
    refused(curator.patch(url, json={"parent_id": "unknown"}), 404, "not-found")
    refused(curator.patch(url, json={"position": -1}), 422, "invalid", "position")
    refused(curator.patch(url, json={"position": "first"}), 422, "invalid", "position")
    assert curator.patch(url, json={"position": 10**30}).status_code == 200
    refused(curator.patch("/api/v1/categories/unknown", json={"name": "x"}), 404, "not-found")
    refused(curator.delete("/api/v1/categories/unknown"), 404, "not-found")
    refused(curator.delete(f"{url}?items_go_to={network['id']}"), 422, "invalid", "items_go_to")
    refused(curator.delete(f"{url}?items_go_to=unknown"), 404, "not-found")
    assert [each["name"] for each in items(curator)] == ["Network", "VPN"]


def test_it_is_deleted_and_its_items_go_where_they_are_sent(
    curator: Caller, author: Caller, network: dict[str, Any], receive: Callable[..., str]
) -> None:
    other = curator.post("/api/v1/categories", json={"name": "Other"}).json
    item = receive(category=network["id"])
    answer = curator.delete(f"/api/v1/categories/{network['id']}?items_go_to={other['id']}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert author.get(f"/api/v1/screencasts/{item}").json["category"] == {"id": other["id"], "name": "Other"}
    assert [each["count"] for each in items(author)] == [1]


def test_each_counts_what_its_reader_may_see(
    curator: Caller, author: Caller, network: dict[str, Any], receive: Callable[..., str], people: People,
    call_as: Callable[[str], Caller],
) -> None:  # fmt: skip
    child = curator.post("/api/v1/categories", json={"name": "VPN", "parent_id": network["id"]}).json
    for fields in ({"visibility": "private"}, {"visibility": "team"}, {"draft": True}, {}):
        receive(category=child["id"], **fields)
    for caller, count in ((author, 4), (call_as(people.mate), 2), (call_as(people.other), 1), (curator, 1)):
        assert [each["count"] for each in items(caller)] == [count, count]


@pytest.mark.parametrize(
    ("usual", "fields", "by", "seen_by"),
    [
        (None, {}, "author", "everyone"),
        ("private", {}, "author", "private"),
        ("private", {"visibility": "everyone"}, "author", "everyone"),
        ("everyone", {}, "author", "everyone"),
        ("public", {}, "author", "public"),
        ("team", {}, "author", "team"),
        ("team", {"visibility": "private"}, "author", "private"),
        ("team", {}, "other", "private"),
        ("team", {}, "curator", "private"),
        ("team", {"team": "blue"}, "curator", "team"),
    ],
)
def test_an_upload_that_says_nothing_is_seen_as_its_category_says(
    network: dict[str, Any], receive: Callable[..., str], people: People, usual: str | None, fields: dict[str, str],
    by: str, seen_by: str,
) -> None:  # fmt: skip
    """other is in no team, curator in two."""
    curator, admin = (db.session.get_one(Person, each) for each in (people.curator, people.admin))
    red = accounts.add_team("Red", by=admin).id
    accounts.change_person(curator.id, by=admin, role=Role.curator, active=True, team_ids=[people.team, red])
    child = actions.add("VPN", by=people.curator, parent_id=network["id"])
    actions.change(network["id"], by=people.curator, default_visibility=usual or "")
    if "team" in fields:
        fields = {"team": people.team}
    item = db.session.get_one(Screencast, receive(category=child.id, by=getattr(people, by), **fields))
    assert (item.visibility, item.team_id) == (seen_by, people.team if seen_by == "team" else None)


def test_the_plain_form_can_leave_it_to_the_category(
    author: Caller, network: dict[str, Any], clip: Path, people: People
) -> None:
    actions.change(network["id"], by=people.curator, default_visibility="private")
    assert 'value="as-category"' in author.get("/upload").text
    fields = {"title": "Reset", "category": network["id"], "visibility": "as-category", "file": clip.open("rb"),
              "team": people.team}  # fmt: skip
    watch = author.post("/upload", data=fields).location
    item = db.session.get_one(Screencast, watch.rpartition("/")[2])
    assert item.visibility == "private"
    assert "as-category" not in author.get(f"/screencasts/{item.id}/edit").text


def test_a_change_leaves_who_may_see_it_as_it_was(
    author: Caller, network: dict[str, Any], receive: Callable[..., str], people: People
) -> None:
    actions.change(network["id"], by=people.curator, default_visibility="private")
    item = receive()
    changed = author.patch(f"/api/v1/screencasts/{item}", json={"category": network["id"]})
    assert (changed.json["category"]["id"], changed.json["visibility"]) == (network["id"], "everyone")


# -- the pages ----------------------------------------------------------------------------------------------


def test_the_page_asks_where_the_items_go(
    curator: Caller, network: dict[str, Any], receive: Callable[..., str]
) -> None:
    curator.post("/api/v1/categories", json={"name": "Printers"})
    receive(category=network["id"])
    page = curator.get(f"/categories/{network['id']}/delete").text
    assert "Printers" in page
    assert 'name="items_go_to"' in page
    assert f'<option value="{network["id"]}"' not in page


def test_the_pages_take_the_same_as_the_api(curator: Caller, network: dict[str, Any]) -> None:
    assert curator.post("/categories", data={"name": "VPN", "parent": network["id"]}).status_code == 302
    child = actions.get("vpn")
    said = {"name": "Tunnel", "description": "From home.", "icon": "house", "default_visibility": "private"}
    saved = curator.post(f"/categories/{child.id}", data=said | {"parent": ""})
    assert saved.location == f"/categories#category-{child.id}"
    last = items(curator)[-1]
    assert (last["id"], last["parent_id"]) == (child.id, None)
    assert {field: last[field] for field in said} == said
    curator.post(f"/categories/{child.id}/name", data={"name": "Tunnels"})
    for step, expected in (
        ("up", ["Tunnels", "Network"]), ("down", ["Network", "Tunnels"]), ("in", ["Network", "Tunnels"])
    ):  # fmt: skip
        curator.post(f"/categories/{child.id}/place", data={"step": step})
        assert [each["name"] for each in items(curator)] == expected
    assert items(curator)[-1]["parent_id"] == network["id"]
    curator.post(f"/categories/{child.id}/place", data={"step": "out"})
    curator.post(f"/categories/{child.id}/place", data={"parent": "", "position": "0"})
    assert [(each["name"], each["parent_id"]) for each in items(curator)] == [("Tunnels", None), ("Network", None)]
    curator.post(f"/categories/{child.id}/delete", data={"items_go_to": ""})
    assert [each["name"] for each in items(curator)] == ["Network"]


def test_two_of_one_name_are_told_apart_before_they_become_one(curator: Caller, network: dict[str, Any]) -> None:
    other = curator.post("/api/v1/categories", json={"name": "Other"}).json
    one, twin = (
        curator.post("/api/v1/categories", json={"name": "VPN", "parent_id": parent["id"]}).json
        for parent in (network, other)
    )
    page = curator.get(f"/categories/{one['id']}/merge?into={twin['id']}").text
    assert '“<span dir="auto">Network › VPN</span>” becomes part of “<span dir="auto">Other › VPN</span>”' in page


def test_a_merge_is_shown_before_it_is_done(
    curator: Caller, author: Caller, network: dict[str, Any], receive: Callable[..., str]
) -> None:
    other = curator.post("/api/v1/categories", json={"name": "Other"}).json
    for parent in (network, other):
        curator.post("/api/v1/categories", json={"name": "VPN", "parent_id": parent["id"]})
    curator.post("/api/v1/categories", json={"name": "Wi-Fi", "parent_id": network["id"]})
    for fields in ({}, {"visibility": "private"}):
        receive(category=network["id"], **fields)
    url = f"/categories/{network['id']}/merge"
    assert "becomes part of" not in curator.get(url).text
    page = " ".join(curator.get(f"{url}?into={other['id']}").text.split())
    assert "1 screencast that you can see goes along, and any that you can't." in page
    assert 'Both have “<span dir="auto">VPN</span>” below' in page
    assert '“<span dir="auto">Wi-Fi</span>” moves over' in page
    assert len(items(curator)) == 5, "nothing is done yet"
    assert curator.post(url, data={}).status_code == 422
    assert curator.post(url, data={"into": network["id"]}).status_code == 409
    assert curator.post(url, data={"into": other["id"]}).location == f"/categories#category-{other['id']}"
    assert [each["name"] for each in items(author)] == ["Other", "VPN", "Wi-Fi"]
    assert items(author)[0]["count"] == 2
    moved = curator.get(f"/categories/{network['id']}")
    assert (moved.status_code, moved.location) == (301, f"/categories/{other['id']}")


def test_a_script_gets_the_tree_and_what_happened(curator: Caller, network: dict[str, Any]) -> None:
    other = curator.post("/api/v1/categories", json={"name": "Other"}).json
    url, by_script = f"/categories/{other['id']}/place", {"HX-Request": "true"}
    answer = curator.post(url, data={"step": "in"}, headers=by_script)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="category-tree"')
    assert 'data-said="“Other” is 1 of 1 below “Network”."' in answer.text
    refusal = curator.post(url, data={"step": "in"}, headers=by_script)
    assert refusal.status_code == 422
    assert "data-fault" in refusal.text
    assert "can&#39;t go further" in refusal.text
    assert "Other" in refusal.text, "the tree as it is comes along"


@pytest.mark.parametrize("position", ["²", "-1", "x", "9" * 5000, "1.5", ""])
def test_a_place_that_is_no_number_leaves_it_where_it_is(
    curator: Caller, network: dict[str, Any], position: str
) -> None:
    curator.post("/api/v1/categories", json={"name": "Other"})
    assert curator.post(f"/categories/{network['id']}/place", data={"position": position}).status_code == 302
    assert [each["name"] for each in items(curator)] == ["Network", "Other"]


def test_a_wrong_field_comes_back_with_what_is_wrong(curator: Caller, network: dict[str, Any]) -> None:
    answer = curator.post("/categories", data={"name": "x" * 81})
    assert (answer.status_code, "1 to 80" in answer.text) == (422, True)
    url = f"/categories/{network['id']}"
    answer = curator.post(url, data={"name": "", "description": "kept as typed"})
    assert (answer.status_code, "1 to 80" in answer.text, "kept as typed" in answer.text) == (422, True, True)
    sent_on = curator.post(f"{url}/name", data={"name": ""})
    assert "1 to 80" in curator.client.get(sent_on.location, headers=curator.headers).text
    assert curator.post(f"{url}/curators", data={"curators": "unknown"}).status_code == 422


def test_counts_on_the_pages_are_of_what_their_reader_may_see(
    curator: Caller, network: dict[str, Any], receive: Callable[..., str]
) -> None:
    for _ in range(3):
        receive(category=network["id"], visibility="private")
    for url in ("/categories", f"/categories/{network['id']}", f"/categories/{network['id']}/delete"):
        page = " ".join(re.sub(r"<[^>]+>", " ", curator.get(url).text.split("<main")[1]).split())
        assert re.search(r"\b(0 screencasts|No screencast)\b", page), url
        assert not re.search(r"\b3\b", page), url


def test_every_icon_that_can_be_chosen_is_in_the_sprite() -> None:
    sprite = next(DIST.glob("icons-*.svg")).read_text(encoding="utf-8")
    assert [name for name in ICONS if f'<symbol id="{name}"' not in sprite] == []
