"""The pages and calls of curating, as people and programs use them."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from kb.db import db
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People

Add = Callable[..., str]
Browser = Callable[[str], FlaskClient]


def token(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found[1]


def send(browser: FlaskClient, url: str, **form: object) -> str:
    """Post a form with the page's token; returns what the person then sees."""
    form["csrf_token"] = token(browser.get("/trash").text)
    return browser.post(url, data=form, follow_redirects=True).text


def test_a_bulk_change_goes_from_preview_to_done_to_undone(
    add: Add, people: People, signed_in: Browser, category: Callable[[str], str]
) -> None:
    printers = category("Printers")
    items = [add("Change the <toner>"), add("Unjam it")]
    browser = signed_in(people.curator)
    page = send(browser, "/curation/preview", ids=items, category=printers, add_tags="toner", next="/inbox")
    assert "2 screencasts moved to Printers, tagged toner" in page
    assert "Change the &lt;toner&gt;" in page
    assert db.session.get_one(Screencast, items[0]).category_id is None
    page = send(browser, "/curation/changes", ids=items, category=printers, add_tags="toner", next="/inbox")
    assert db.session.get_one(Screencast, items[0]).category_id == printers
    undo = re.search(r'action="(/curation/changes/\w+/undo)"', page)
    assert undo
    assert "Taken back for 2 screencasts" in send(browser, undo[1], next="/inbox")
    db.session.rollback()
    assert db.session.get_one(Screencast, items[0]).category_id is None


def test_a_bulk_change_of_nothing_leads_back_with_a_sentence(people: People, signed_in: Browser) -> None:
    page = send(signed_in(people.curator), "/curation/preview", add_tags="x", next="/inbox")
    assert "Choose some screencasts first." in page


def test_the_inbox_is_emptied_by_one_button_each(
    add: Add, people: People, signed_in: Browser, category: Callable[[str], str]
) -> None:
    printers = category("Printers")
    add("Printer at work", category_id=printers)
    item = add("Empty me")
    browser = signed_in(people.curator)
    assert f'name="category" value="{printers}"' in browser.get("/inbox").text
    page = send(browser, f"/inbox/{item}", category=printers)
    assert "All in order" in page
    assert db.session.get_one(Screencast, item).category_id == printers


def test_what_is_in_the_trash_is_restored_or_erased(add: Add, people: People, signed_in: Browser) -> None:
    first, second = add("Bring me back"), add("Away with me")
    browser = signed_in(people.author)
    for each in (first, second):
        send(browser, f"/screencasts/{each}/delete")
    assert "Bring me back" in browser.get("/trash").text
    assert "is back." in send(browser, f"/trash/{first}/restore")
    assert "is gone for good." in send(browser, f"/trash/{second}/erase")
    assert db.session.get(Screencast, second) is None
    assert browser.get(f"/screencasts/{first}").status_code == 200


def test_the_api_previews_changes_and_takes_back(
    add: Add, people: People, call_as: Callable[[str | None], Caller], category: Callable[[str], str]
) -> None:
    printers = category("Printers")
    items = [add("One", tags=("old",)), add("Two")]
    curator = call_as(people.curator)
    asked = {"ids": items, "category": printers, "remove_tags": ["old"]}
    preview = curator.post("/api/v1/bulk", json=asked | {"preview": True}).json
    assert preview["id"] is None
    assert preview["changed"][0] == {
        "id": items[0],
        "before": {"category": None, "tags": ["old"], "trashed": False},
        "after": {"category": printers, "tags": [], "trashed": False},
    }
    done = curator.post("/api/v1/bulk", json=asked).json
    assert done["words"] == "2 screencasts moved to Printers, no longer tagged old"
    assert curator.get(f"/api/v1/screencasts/{items[0]}").json["category"]["id"] == printers
    undone = curator.post(f"/api/v1/bulk/{done['id']}/undo").json
    assert undone == {"restored": 2, "left": 0}
    assert curator.get(f"/api/v1/screencasts/{items[0]}").json["tags"] == ["old"]


def test_null_takes_them_out_of_their_category_and_leaving_it_out_does_not(
    add: Add, people: People, call_as: Callable[[str | None], Caller], category: Callable[[str], str]
) -> None:
    item = add("One", category_id=category("Printers"))
    curator = call_as(people.curator)
    curator.post("/api/v1/bulk", json={"ids": [item], "add_tags": ["x"]})
    assert curator.get(f"/api/v1/screencasts/{item}").json["category"]["name"] == "Printers"
    curator.post("/api/v1/bulk", json={"ids": [item], "category": None})
    assert curator.get(f"/api/v1/screencasts/{item}").json["category"] is None


def test_the_api_empties_the_trash_and_fills_it_again(
    add: Add, people: People, call_as: Callable[[str | None], Caller]
) -> None:
    item = add("One")
    author = call_as(people.author)
    assert author.delete(f"/api/v1/screencasts/{item}").status_code == 204
    assert [each["id"] for each in author.get("/api/v1/trash").json["items"]] == [item]
    assert author.post(f"/api/v1/screencasts/{item}/restore").json["id"] == item
    assert author.get("/api/v1/trash").json["items"] == []
