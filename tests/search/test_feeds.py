"""A search as an Atom feed: well-formed, newest first, and as private as its page."""

import xml.etree.ElementTree as ET
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.http import http_date

from kb.accounts import actions as accounts
from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People
from tests.search.conftest import Make
from tests.web.actors import World

ATOM = {"": "http://www.w3.org/2005/Atom"}


def read(answer: Any) -> ET.Element:
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml"), answer.text
    return ET.fromstring(answer.data)


def text(element: ET.Element, path: str) -> str:
    found = element.find(path, ATOM)
    assert found is not None, path
    assert found.text
    return found.text


def link(element: ET.Element, rel: str) -> str:
    [found] = [each for each in element.findall("link", ATOM) if each.get("rel") == rel]
    return found.get("href") or ""


def titles(feed: ET.Element) -> list[str]:
    return [text(entry, "title") for entry in feed.findall("entry", ATOM)]


def basic(password: str, name: str = "reader") -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


@pytest.fixture
def token(people: People) -> str:
    return accounts.add_token(db.session.get_one(Person, people.other), "reader")


def test_it_has_what_atom_asks_for_and_leads_to_the_moment(make: Make, people: People, author: Caller) -> None:
    item = make("Reset <the> VPN & more", purpose="get home again")
    said = [TimedText(0, 900, "hello"), TimedText(41_000, 45_000, "now the tunnel is up")]
    transcripts.put(item.id, "en", said, source=WordsFrom.upload)
    search.rebuild()
    feed = read(author.get("/feeds/search?q=tunnel&sort=newest"))
    assert text(feed, "id") == link(feed, "self")
    assert link(feed, "self").endswith("/feeds/search?q=tunnel")
    assert link(feed, "alternate").endswith("/search?q=tunnel")
    assert "tunnel" in text(feed, "title")
    assert text(feed, "author/name")
    [entry] = feed.findall("entry", ATOM)
    assert text(entry, "title") == "Reset <the> VPN & more"
    assert text(entry, "author/name") == "Test Author"
    assert text(entry, "updated") == text(feed, "updated")
    assert text(entry, "id").endswith(f"/screencasts/{item.id}")
    assert link(entry, "alternate").endswith(f"/screencasts/{item.id}?t=41&q=tunnel")
    assert "get home again" in text(entry, "summary")
    assert "the tunnel is up" in text(entry, "summary")


def test_what_was_published_last_comes_first_and_has_all_the_words(make: Make, author: Caller) -> None:
    for age, title in (
        (3, "Reset printer old"),
        (1, "Reset printer new"),
        (2, "Printer, how to reset it"),
        (0, "Reset"),
    ):
        make(title, published_at=now() - timedelta(days=age))
    search.rebuild()
    feed = read(author.get("/feeds/search?q=reset+printer"))
    assert titles(feed) == ["Reset printer new", "Printer, how to reset it", "Reset printer old"]


def test_signs_that_no_xml_may_hold_are_left_out(make: Make, author: Caller) -> None:
    make("Reset \x0b\x1b[31mthe \ufffeVPN")
    search.rebuild()
    assert titles(read(author.get("/feeds/search?q=reset"))) == ["Reset [31mthe VPN"]


def test_a_feed_of_nothing_is_a_feed(in_site: Flask, author: Caller) -> None:
    for address in ("/feeds/search", "/feeds/search?q=nothing", "/feeds/search?q=%22%00"):
        feed = read(author.get(address))
        assert titles(feed) == []
        assert text(feed, "updated")


def test_who_asks_again_is_told_that_nothing_changed(make: Make, author: Caller) -> None:
    item = make("Reset the VPN", published_at=now() - timedelta(days=1))
    search.rebuild()
    first = author.get("/feeds/search?q=reset")
    again = author.get("/feeds/search?q=reset", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    make("Reset the printer")
    with writing():
        accounts.access_changed()
    search.rebuild()
    assert author.get("/feeds/search?q=reset", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    second = author.get("/feeds/search?q=reset")
    with writing():
        db.session.get_one(Screencast, item.id).title = "Reset the new VPN"
    search.rebuild()
    asked = {"If-None-Match": second.headers["ETag"], "If-Modified-Since": http_date(now())}
    assert "Reset the new VPN" in author.get("/feeds/search?q=reset", headers=asked).text
    assert author.get("/feeds/search?q=reset", headers={"If-Modified-Since": http_date(now())}).status_code == 200


def test_what_is_kept_for_one_reader_is_not_taken_for_another(make: Make, author: Caller) -> None:
    answer = author.get("/feeds/search?q=reset")
    assert {"authorization", "cookie"} <= set(answer.vary.as_set())
    assert "private" in answer.headers["Cache-Control"]


def test_a_reader_signs_in_with_a_token_as_the_password(make: Make, in_site: Flask, token: str) -> None:
    make("Reset the VPN")
    make("Reset in private", visibility="private")
    search.rebuild()
    browser = in_site.test_client()
    asked = browser.get("/feeds/search?q=reset")
    assert asked.status_code == 401
    assert asked.headers["WWW-Authenticate"].startswith("Basic ")
    assert titles(read(browser.get("/feeds/search?q=reset", headers=basic(token)))) == ["Reset the VPN"]
    for wrong in ("kb_wrong", "", "a few words in a row"):
        refused = browser.get("/feeds/search?q=reset", headers=basic(wrong, "other@test.example"))
        assert (refused.status_code, "VPN" in refused.text) == (401, False)


def test_a_password_of_that_kind_opens_nothing_but_feeds(in_site: Flask, people: People, token: str) -> None:
    browser = in_site.test_client()
    answer = browser.get("/api/v1/me", headers=basic(token))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert browser.get("/searches", headers=basic(token)).status_code == 302


@pytest.mark.parametrize("public", [False, True])
def test_a_visitor_reads_what_is_public_where_the_site_is(world: World, public: bool) -> None:
    answer = world.call("nobody", "GET", "/feeds/search?q=reset", public=public)
    if public:
        assert titles(read(answer)) == ["zebrapublictitle clip"]
    else:
        assert answer.status_code == 401


def test_the_search_page_names_its_feed(make: Make, people: People, signed_in: Callable[[str], Any]) -> None:
    make("Reset the VPN")
    search.rebuild()
    page = signed_in(people.author).get("/search?q=reset&sort=newest").text
    assert 'type="application/atom+xml"' in page
    assert "/feeds/search?q=reset" in page
