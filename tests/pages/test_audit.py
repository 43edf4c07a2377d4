"""Who did what: in sentences, to whom it is for, and never with a title that its reader may not see."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import kb
from kb import audit
from kb.accounts.models import Person
from kb.categories import actions as categories
from kb.db import db, writing
from kb.pages.audit import KINDS, SENTENCES
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People


@pytest.fixture
def told(call_as: Callable[[str | None], Caller], people: People) -> Callable[..., list[str]]:
    """(filters) -> the sentences that the admin reads, newest first."""

    def sentences(**filters: str) -> list[str]:
        answer = call_as(people.admin).get("/api/v1/audit", query_string=filters | {"limit": "100"}).json
        return [entry["text"] for entry in answer["items"]]

    return sentences


def test_every_act_that_is_written_down_has_its_sentence() -> None:
    recorded = set()
    for path in Path(kb.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                act, kind = (ast.literal_eval(each) for each in node.args[:2])
                recorded.add((kind, act))
    assert len(recorded) > 20
    assert recorded == set(SENTENCES)
    assert {kind for kind, _ in recorded} == set(KINDS)


def test_acts_on_tags_and_categories_read_as_sentences(
    told: Callable[..., list[str]],
    call_as: Callable[[str | None], Caller],
    receive: Callable[..., str],
    people: People,
) -> None:
    receive(title="A clip", tags=["printer", "printers"])
    curator = call_as(people.curator)
    curator.put("/api/v1/tags/printers/synonyms", json={"synonyms": ["printing"]})
    curator.post("/api/v1/tags/printer/merge", json={"into": "printers"})
    curator.patch("/api/v1/tags/printers", json={"name": "hardware"})
    curator.patch("/api/v1/tags/hardware", json={"retired": True})
    category = categories.add("Printers", by=people.admin)
    assert told(person=people.curator, kind="tag") == [
        "Test Curator retired the tag hardware",
        "Test Curator renamed the tag printers to hardware",
        "Test Curator merged printer into the tag printers",
        "Test Curator set the synonyms of the tag printers",
    ]
    assert told(subject=category.id) == ["Test Admin added the category Printers"]
    categories.change(category.id, by=people.admin, name="Hardware")
    assert told(subject=category.id, act="added") == ["Test Admin added the category Hardware"], "by its present name"


def test_a_private_title_is_told_to_its_author_alone(
    told: Callable[..., list[str]], call_as: Callable[[str | None], Caller], receive: Callable[..., str], people: People
) -> None:
    secret = receive(title="Layoffs in May", visibility="private")
    mine = receive(title="Mine alone", visibility="private", by=people.admin)
    shared = receive(title="For all")
    assert told(kind="screencast") == [
        "Test Author uploaded For all",
        "Test Admin uploaded Mine alone",
        "Test Author uploaded a screencast",
    ]
    entries = call_as(people.admin).get("/api/v1/audit?kind=screencast").json["items"]
    assert [entry["subject_id"] for entry in entries] == [shared, mine, None]
    assert told(subject=secret) == [], "nor whose an id is"
    assert told(subject=mine) == ["Test Admin uploaded Mine alone"]
    author = db.session.get_one(Person, people.author)
    screencasts.trash(db.session.get_one(Screencast, secret), by=author)
    assert told(act="deleted") == ["Test Author moved a screencast to the trash"]


def test_a_title_is_that_of_now_and_none_once_it_is_gone(
    told: Callable[..., list[str]], receive: Callable[..., str], people: People
) -> None:
    item = receive(title="Old title")
    with writing():
        db.session.get_one(Screencast, item).title = "New title"
    assert told(subject=item) == ["Test Author uploaded New title"]
    erasing.erase(item)
    assert told(subject=item) == ["The site erased a screencast for good", "Test Author uploaded a screencast"]


def test_who_left_and_what_is_gone_are_told_without_names(told: Callable[..., list[str]], people: People) -> None:
    with writing():
        audit.record("changed", "category", "gone", by="left", name="Old shelf")
        audit.record("changed", "person", "left", by=people.admin)
        audit.record("invented", "thing", None, by=None)
    # After the token with which the admin asks.
    assert told()[1:4] == [
        "The site invented: thing that is gone",
        "Test Admin changed role, teams or access of somebody who left",
        "Somebody who left changed the category Old shelf",
    ]


def test_curators_see_what_has_to_do_with_curating_and_nothing_else(
    signed_in: Callable[[str], FlaskClient], receive: Callable[..., str], people: People
) -> None:
    receive(title="A clip")
    categories.add("Printers", by=people.admin)
    curator = signed_in(people.curator)
    page = curator.get("/audit").text
    assert "added the category" in page
    assert "uploaded" not in page
    assert "joined" not in page
    for narrowed in ("kind=screencast", "act=joined", f"person={people.author}"):
        assert "Nothing like that was done" in curator.get(f"/audit?{narrowed}").text
    assert "uploaded" in signed_in(people.admin).get("/audit").text


def test_the_pages_of_it_hold_every_entry_once(
    call_as: Callable[[str | None], Caller], people: People, in_site: Flask
) -> None:
    with writing():
        for number in range(25):
            audit.record("added", "category", str(number), by=people.admin, name=f"Shelf {number}")
    admin, url, seen = call_as(people.admin), "/api/v1/audit?kind=category&limit=10", []
    answer = admin.get(url).json
    while True:
        seen += [entry["subject_id"] for entry in answer["items"]]
        if not answer["next"]:
            break
        answer = admin.get(f"{url}&cursor={answer['next']}").json
    assert seen == [str(number) for number in reversed(range(25))]


def test_the_page_goes_on_where_it_ended(signed_in: Callable[[str], FlaskClient], people: People) -> None:
    with writing():
        for number in range(60):
            audit.record("added", "category", str(number), by=people.admin, name=f"Shelf {number}")
    admin = signed_in(people.admin)
    page = admin.get("/audit?kind=category").text
    assert "Shelf 59" in page
    assert "Shelf 9<" not in page
    following = "/audit" + page.partition('hx-get="/audit')[2].partition('"')[0].replace("&amp;", "&")
    rest = admin.get(following, headers={"HX-Request": "true"}).text
    assert "Shelf 9<" in rest
    assert "<html" not in rest
