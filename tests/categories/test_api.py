"""The tree in the API and on the curator's page."""

from collections.abc import Callable
from typing import Any

import pytest

from kb.categories import actions
from tests.conftest import Caller, People
from tests.screencasts.test_upload import refused

CATEGORY = {"id", "name", "slug", "parent_id", "position", "count"}


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
    child = curator.post("/api/v1/categories", json={"name": "VPN", "parent_id": network["id"]})
    assert child.status_code == 201
    assert child.json == {
        "id": child.json["id"], "name": "VPN", "slug": "vpn", "parent_id": network["id"], "position": 0, "count": 0,
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


# -- the page -----------------------------------------------------------------------------------------------


def test_the_page_asks_where_the_items_go(
    curator: Caller, network: dict[str, Any], receive: Callable[..., str]
) -> None:
    curator.post("/api/v1/categories", json={"name": "Printers"})
    receive(category=network["id"])
    page = curator.get(f"/categories/{network['id']}/delete").text
    assert "Printers" in page
    assert 'name="items_go_to"' in page
    assert f'<option value="{network["id"]}"' not in page


def test_the_page_takes_the_same_as_the_api(curator: Caller, network: dict[str, Any]) -> None:
    assert curator.post("/categories", data={"name": "VPN", "parent": network["id"]}).status_code == 302
    child = actions.get("vpn")
    curator.post(f"/categories/{child.id}", data={"name": "Tunnel", "parent": "", "position": "0"})
    assert [(each["name"], each["parent_id"]) for each in items(curator)] == [("Tunnel", None), ("Network", None)]
    curator.post(f"/categories/{child.id}/delete", data={"items_go_to": ""})
    assert [each["name"] for each in items(curator)] == ["Network"]


@pytest.mark.parametrize("position", ["²", "-1", "x", "9" * 5000, "1.5", ""])
def test_a_place_that_is_no_number_leaves_it_where_it_is(
    curator: Caller, network: dict[str, Any], position: str
) -> None:
    answer = curator.post(f"/categories/{network['id']}", data={"name": "Nets", "position": position})
    assert answer.status_code == 302
    assert [each["name"] for each in items(curator)] == ["Nets"]


def test_a_wrong_name_comes_back_with_what_is_wrong(curator: Caller, network: dict[str, Any]) -> None:
    answer = curator.post("/categories", data={"name": "x" * 81})
    assert answer.status_code == 422
    assert "1 to 80" in answer.text
    sent_on = curator.post(f"/categories/{network['id']}", data={"name": ""})
    assert "1 to 80" in curator.client.get(sent_on.location, headers=curator.headers).text
