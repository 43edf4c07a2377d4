"""Searches that somebody keeps: what is new in them, for whom, and until when."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb.accounts.actions import access_changed
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid
from kb.index.whoosh import WhooshIndex
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.search import saved
from kb.search.asked import Asked
from kb.search.news import new_hits
from tests.accounts.conftest import send
from tests.conftest import Caller, People
from tests.search.conftest import Make


@pytest.fixture
def other(people: People) -> Person:
    return db.session.get_one(Person, people.other)


def publish(make: Make, title: str, **columns: Any) -> Screencast:
    """As if it came after what was saved in the same test."""
    item = make(title, **{"published_at": now() + timedelta(seconds=1)} | columns)
    with writing():
        access_changed()
    search.rebuild()
    return item


def new(person: Person, viewer: Viewer | None = None) -> int:
    return sum(new_hits(viewer or Viewer(person_id=person.id), saved.of(person)).values())


def test_new_is_what_others_published_since_then(make: Make, other: Person) -> None:
    make("Reset the printer")
    saved.save(Asked("reset"), by=other)
    search.rebuild()
    assert new(other) == 0
    publish(make, "Reset the VPN")
    publish(make, "Budget")
    assert new(other) == 1
    publish(make, "Reset by myself", author_id=other.id)
    assert new(other) == 1


def test_the_index_of_a_real_site_counts_the_same(make: Make, other: Person, in_site: Flask, tmp_path: Path) -> None:
    in_site.extensions["kb.hands"].index = WhooshIndex(tmp_path / "index")
    saved.save(Asked("reset vpn"), by=other)
    publish(make, "Reset the VPN")
    publish(make, "Reset the printer")
    assert new(other) == 1


def test_only_what_has_all_of_its_words_is_new(make: Make, other: Person) -> None:
    saved.save(Asked("reset printer"), by=other)
    publish(make, "Reset the VPN")
    assert new(other) == 0
    publish(make, "Resets all printers")
    assert new(other) == 1


def test_what_is_not_shared_with_its_person_is_not_counted(make: Make, other: Person) -> None:
    saved.save(Asked("zanzibar"), by=other)
    item = publish(make, "Zanzibar payroll", visibility="private")
    publish(make, "Zanzibar draft", published_at=None)
    assert new(other) == 0
    with writing():
        db.session.get_one(Screencast, item.id).visibility = "everyone"
        access_changed()
    assert new(other) == 1


def test_a_filter_narrows_what_is_new(make: Make, other: Person) -> None:
    saved.save(Asked("reset", tags=("vpn",)), by=other)
    publish(make, "Reset the printer")
    assert new(other) == 0


def test_one_that_was_opened_has_nothing_new_until_the_next(make: Make, other: Person) -> None:
    kept = saved.save(Asked("reset"), by=other)
    publish(make, "Reset the VPN", published_at=now())
    assert new(other) == 1
    saved.look_at(kept.id, by=other)
    assert new(other) == 0
    publish(make, "Reset the printer")
    assert new(other) == 1


def test_the_same_search_is_kept_once_in_whatever_order(other: Person) -> None:
    first = saved.save(Asked("reset  vpn ", sort="newest"), by=other)
    assert saved.save(Asked("reset vpn"), by=other).id == first.id
    assert saved.same_as(Asked("reset vpn", sort="solved"), other) == first
    assert [each.words for each in saved.of(other)] == ["reset vpn"]


def test_nothing_and_too_much_are_not_kept(other: Person) -> None:
    for asked in (Asked("  "), Asked("x" * 2_000)):
        with pytest.raises(Invalid):
            saved.save(asked, by=other)
    for number in range(saved.MOST):
        saved.save(Asked(f"word {number}"), by=other)
    with pytest.raises(Conflict, match="Remove one first"):
        saved.save(Asked("one more"), by=other)


def test_nobody_opens_or_removes_anothers(people: People, call_as: Callable[[str | None], Caller]) -> None:
    author, other = call_as(people.author), call_as(people.other)
    kept = author.post("/api/v1/searches", json={"q": "reset"}).json["id"]
    assert other.delete(f"/api/v1/searches/{kept}").status_code == 404
    assert other.post(f"/searches/{kept}").status_code == 404
    assert other.get("/api/v1/searches").json["items"] == []
    assert author.delete(f"/api/v1/searches/{kept}").status_code == 204
    assert author.get("/api/v1/searches").json["items"] == []


def test_the_api_keeps_a_search_with_its_filters_and_counts(
    make: Make, people: People, call_as: Callable[[str | None], Caller]
) -> None:
    other = call_as(people.other)
    answer = other.post("/api/v1/searches", json={"q": "reset", "tag": ["vpn", "home"], "length": "3m"})
    assert answer.status_code == 201
    kept = answer.json
    assert kept["filters"] == ["vpn", "home", "1 to 3 min"]
    assert kept["url"].endswith("/search?q=reset&tag=vpn&tag=home&length=3m")
    assert kept["feed"].endswith("/feeds/search?q=reset&tag=vpn&tag=home&length=3m")
    publish(make, "Reset it")
    other.post("/api/v1/searches", json={"q": "reset"})
    assert [each["new"] for each in other.get("/api/v1/searches").json["items"]] == [1, 0]
    assert other.post("/api/v1/searches", json={"q": "reset", "length": "long"}).status_code == 422


def test_the_page_lists_them_and_opening_one_leads_to_its_hits(
    make: Make, people: People, other: Person, signed_in: Callable[[str], FlaskClient]
) -> None:
    browser = signed_in(people.other)
    assert "You keep no search yet" in browser.get("/searches").text
    kept = saved.save(Asked("reset", tags=("vpn",)), by=other)
    make("Reset", "vpn", published_at=now() + timedelta(seconds=1))
    search.rebuild()
    assert "1 new" in browser.get("/searches").text
    badge = browser.get("/searches/badge").text
    assert "1 new in your saved searches" in badge
    with writing():
        db.session.get_one(Screencast, db.session.query(Screencast.id).scalar()).published_at = now()
    for method in ("GET", "HEAD"):
        assert browser.open(f"/searches/{kept.id}", method=method).status_code == 405
        browser.open("/search?q=reset&tag=vpn", method=method)
    assert "1 new in your saved searches" in browser.get("/searches/badge").text
    answer = send(browser, f"/searches/{kept.id}", page="/searches")
    assert (answer.status_code, answer.location) == (303, "/search?q=reset&tag=vpn")
    assert "new in your saved searches" not in browser.get("/searches/badge").text
