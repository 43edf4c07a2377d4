"""The log of searches: what is written of one, by whom it may be marked, and how long it is kept."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select

from kb.accounts.erasing import erase_person
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.accounts.sessions import viewer_of
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.search import log
from kb.search.actions import rebuild
from kb.search.asked import Asked
from kb.search.models import LONGEST_LOGGED, Search
from kb.search.results import Answer
from tests.conftest import People

EMPTY = Answer(Asked(""))


@pytest.fixture
def mate(people: People) -> Viewer:
    return viewer_of(db.session.get_one(Person, people.mate))


@pytest.fixture
def item(people: People) -> Screencast:
    with writing() as session:
        found = Screencast(title="Close the month", author_id=people.author, published_at=now(), duration_ms=120_000)
        session.add(found)
    return found


@pytest.fixture
def search(in_site: Flask) -> Callable[..., str | None]:
    """Log a search within a request that then ends. Returns its id."""

    def logged(viewer: Viewer, asked: Asked, answer: Answer = EMPTY) -> str | None:
        with in_site.test_request_context():
            search_id = log.searched(viewer, asked, answer)
            assert search_id is None or db.session.get(Search, search_id) is None, "the answer is not out yet"
            in_site.process_response(Response()).close()
        return search_id

    return logged


@pytest.fixture
def open_hit(signed_in: Callable[[str], FlaskClient], item: Screencast) -> Callable[..., int]:
    """(who, search, t=second, rest of the request) -> the status of the item's page, opened from that search."""

    def opened(who: str, search_id: str | None, *, t: int | None = None, method: str = "GET", **sent: Any) -> int:
        address = {"search": search_id, "t": t}
        with signed_in(who).open(f"/screencasts/{item.id}", method=method, query_string=address, **sent) as answer:
            return int(answer.status_code)

    return opened


def rows() -> list[Search]:
    db.session.rollback()
    return list(db.session.scalars(select(Search).order_by(Search.searched_at)))


def row(search_id: str | None) -> Search:
    db.session.rollback()
    return db.session.get_one(Search, search_id)


def test_a_search_is_logged_with_words_filters_and_what_was_found(
    search: Callable[..., str | None], mate: Viewer, people: People
) -> None:
    asked = Asked("  Reset\x00 the\tVPN ", category="network", tags=("vpn", "mfa"), sort="newest")
    found = row(search(mate, asked, Answer(asked, total=12, took_ms=8.5, degraded=True)))
    assert (found.words, found.key, found.person_id) == ("Reset the VPN", "reset the vpn", people.mate)
    assert found.filters == {"category": "network", "tag": ["vpn", "mfa"], "sort": "newest"}
    assert (found.total, found.took_ms, found.degraded) == (12, 8.5, True)
    assert (found.opened_id, found.opened_ms, found.solved_id) == (None, None, None)


def test_the_same_words_fall_together_and_long_ones_are_cut(search: Callable[..., str | None], mate: Viewer) -> None:
    for typed in ("ﬁle  Straße", "FILE STRASSE"):
        search(mate, Asked(typed))
    assert {each.key for each in rows()} == {"file strasse"}
    assert len(row(search(mate, Asked("ß" * 5_000))).key) == LONGEST_LOGGED


def test_nothing_asked_is_no_search(search: Callable[..., str | None], mate: Viewer) -> None:
    assert search(mate, Asked(" \x00 ")) is None
    assert rows() == []


def test_a_visitor_gets_no_id_and_is_logged_all_the_same(search: Callable[..., str | None]) -> None:
    assert search(Viewer(sees_public=True), Asked("vpn")) is None
    assert [(each.words, each.person_id) for each in rows()] == [("vpn", None)]


def test_a_log_that_can_not_be_written_does_no_harm(
    search: Callable[..., str | None], people: People, caplog: pytest.LogCaptureFixture
) -> None:
    """Here because who asked was erased meanwhile."""
    gone = Viewer(person_id="gone")
    assert search(gone, Asked("vpn"))
    assert rows() == []
    assert "a search was not logged" in caplog.text
    assert "vpn" not in caplog.text


def test_who_searched_and_nobody_else_marks_what_was_opened(
    search: Callable[..., str | None], mate: Viewer, people: People, item: Screencast, open_hit: Callable[..., int]
) -> None:
    search_id = search(mate, Asked("vpn"))
    assert open_hit(people.other, search_id, t=41) == 200
    assert row(search_id).opened_id is None
    assert open_hit(people.mate, search_id, t=41) == 200
    assert (row(search_id).opened_id, row(search_id).opened_ms) == (item.id, 41_000)
    assert open_hit(people.mate, search_id) == 200
    assert (row(search_id).opened_id, row(search_id).opened_ms) == (item.id, None)
    for unknown in ("unknown", "\x00", "x" * 5_000):
        assert open_hit(people.mate, unknown) == 200


def test_what_is_fetched_ahead_or_only_asked_for_is_not_opened(
    search: Callable[..., str | None], mate: Viewer, people: People, open_hit: Callable[..., int]
) -> None:
    search_id = search(mate, Asked("vpn"))
    assert open_hit(people.mate, search_id, method="HEAD") == 200
    assert open_hit(people.mate, search_id, headers={"Sec-Purpose": "prefetch;prerender"}) == 200
    assert row(search_id).opened_id is None


def test_what_they_can_not_see_is_not_opened(
    search: Callable[..., str | None], mate: Viewer, people: People, item: Screencast, open_hit: Callable[..., int]
) -> None:
    search_id = search(mate, Asked("vpn"))
    with writing():
        item.visibility = "private"
    assert open_hit(people.mate, search_id) == 404
    assert row(search_id).opened_id is None


def test_every_hit_tells_its_page_which_search_led_there_on_later_pages_too(
    people: People, signed_in: Callable[[str], FlaskClient]
) -> None:
    with writing() as session:
        for n in range(12):
            session.add(Screencast(title=f"Reset {n}", author_id=people.author, published_at=now()))
    rebuild()
    browser = signed_in(people.mate)
    with browser.get("/search?q=reset") as answer:
        page = answer.text
    (logged,) = rows()
    assert page.count(f"search={logged.id}") > 10
    (more,) = set(re.findall(r'/search\?[^"]*cursor=[^"]*', page))
    later = browser.get(unescape(more)).text
    (link,) = set(re.findall(rf'/screencasts/[^"]*search={logged.id}', later[: later.index("</article>")]))
    browser.get(unescape(link)).close()
    assert row(logged.id).opened_id == urlsplit(link).path.split("/")[-1]


def test_what_solved_it_is_said_of_their_last_search_that_led_there(
    search: Callable[..., str | None], mate: Viewer, people: People, item: Screencast, open_hit: Callable[..., int]
) -> None:
    other = viewer_of(db.session.get_one(Person, people.other))
    searches = {typed: search(who, Asked(typed)) or "" for typed, who in
                {"first": mate, "last": mate, "unopened": mate, "theirs": other, "old": mate}.items()}  # fmt: skip
    for typed, who in {"first": mate, "last": mate, "theirs": other, "old": mate}.items():
        open_hit(who.person_id, searches[typed], t=0)
    with writing():
        for back, typed in enumerate(("unopened", "last", "first")):
            row(searches[typed]).searched_at = now() - timedelta(minutes=back)
        row(searches["old"]).searched_at = now() - timedelta(hours=25)

    def solved() -> set[str]:
        return {each.words for each in rows() if each.solved_id == item.id}

    with writing():
        log.solved(people.mate, item.id)
    assert solved() == {"last"}
    with writing():
        log.solved(people.other, item.id)
        log.not_solved(people.mate, item.id)
    assert solved() == {"theirs"}


def test_a_search_is_forgotten_after_a_year(search: Callable[..., str | None], mate: Viewer) -> None:
    kept, old = search(mate, Asked("kept")), search(mate, Asked("old"))
    with writing():
        row(kept).searched_at = now() - timedelta(days=364)
        row(old).searched_at = now() - timedelta(days=366)
    log.forget_old()
    assert [each.words for each in rows()] == ["kept"]


def test_of_a_flood_of_searches_the_last_are_kept(search: Callable[..., str | None], mate: Viewer) -> None:
    for age, words in enumerate(["now", "before", "long before", "first"]):
        search_id = search(mate, Asked(words))
        with writing():
            row(search_id).searched_at = now() - timedelta(minutes=age)
    log.forget_old(most=4)
    assert len(rows()) == 4
    log.forget_old(most=2)
    assert {each.words for each in rows()} == {"now", "before"}


def test_the_searches_of_who_leaves_stay_without_them(
    search: Callable[..., str | None], people: People, item: Screencast, open_hit: Callable[..., int]
) -> None:
    leaving = viewer_of(db.session.get_one(Person, people.mate))
    search_id = search(leaving, Asked("vpn")) or ""
    open_hit(people.mate, search_id, t=0)
    erase_person(people.mate, by=people.admin)
    assert (row(search_id).person_id, row(search_id).opened_id) == (None, item.id)
