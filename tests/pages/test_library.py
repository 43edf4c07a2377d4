"""The library: what there is, newest first, narrowed as somebody likes, page by page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from kb.categories import actions as categories
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People
from tests.web.test_markup import Page


def shown(answer: object) -> list[str]:
    """The ids of the screencasts on a page, in their order."""
    return list(dict.fromkeys(re.findall(r'<a[^>]* href="/screencasts/([a-z2-8]{14})"', answer.text)))  # type: ignore[attr-defined]


@pytest.fixture
def thirty(in_site: Flask, people: People) -> list[str]:
    with writing() as session:
        for n in range(30):
            author = people.author if n % 3 else people.other
            made = {"created_at": now() - timedelta(days=n), "published_at": now()}
            session.add(Screencast(title=f"Number {n:02}", author_id=author, **made))
    return [each.id for each in db.session.query(Screencast).order_by(Screencast.title)]


def next_page(answer: object) -> str:
    return next(address for address in Page(answer.text).addresses() if "cursor=" in address)  # type: ignore[attr-defined]


def test_an_empty_site_says_what_to_do_first(author: Caller) -> None:
    page = author.get("/").text
    assert "Show the first thing" in page
    assert 'href="/upload"' in page


def test_the_newest_stand_first_and_the_rest_come_on_the_next_page(author: Caller, thirty: list[str]) -> None:
    first = author.get("/")
    assert shown(first) == thirty[:24]
    second = author.get(next_page(first))
    assert shown(second) == thirty[24:]
    assert "cursor=" not in second.text
    part = author.get(next_page(first), headers={"HX-Request": "true"})
    assert shown(part) == thirty[24:]
    assert "<html" not in part.text


def test_it_is_narrowed_and_each_filter_can_be_taken_away(author: Caller, people: People, thirty: list[str]) -> None:
    category = categories.add("Network", by=people.admin)
    change = {"category": category.id, "tags": ["a b"]}
    answers = [author.patch(f"/api/v1/screencasts/{each}", json=change) for each in thirty[:3]]
    assert [each.status_code for each in answers] == [403, 200, 200], "the first is somebody else's"
    page = author.get(f"/?category={category.id}&tag=a+b&author={people.author}&sort=title")
    assert shown(page) == thirty[1:3]
    removing = {address for address in Page(page.text).addresses() if address.startswith("/?")}
    assert f"/?tag=a+b&author={people.author}&sort=title" in removing
    assert f"/?category={category.id}&author={people.author}&sort=title" in removing
    assert f"/?category={category.id}&tag=a+b&sort=title" in removing
    for label in ("Network", "#a b", "By Test Author"):
        assert label in page.text


def test_mine_are_mine_alone(author: Caller, thirty: list[str]) -> None:
    mine = shown(author.get("/?mine=1"))
    assert mine == [each for n, each in enumerate(thirty) if n % 3][:24]
    # Whoever is named beside it.
    assert shown(author.get("/?mine=1&author=x")) == mine


def test_a_choice_that_fits_nothing_says_so_and_leads_on(author: Caller, thirty: list[str]) -> None:
    page = author.get("/?tag=unknown")
    assert shown(page) == []
    assert "Nothing here yet" in page.text
    assert author.get("/?category=unknown").status_code == 404
    assert author.get("/?sort=unknown").status_code == 422
    assert author.get("/?cursor=unknown").status_code == 422


def test_a_visitor_sees_no_way_to_what_needs_an_account(make_site, settings) -> None:  # type: ignore[no-untyped-def]
    from tests.web.actors import prepare

    site = prepare(make_site(settings.model_copy(update={"public": True})))
    page = site.test_client().get("/").text
    assert 'href="/upload"' not in page
    assert "mine=1" not in page
    assert 'href="/sign-in"' in page


def test_the_tree_beside_it_counts_for_its_reader(
    author: Caller, people: People, receive: Callable[..., str], call_as: Callable[[str], Caller]
) -> None:
    category = categories.add("Network", by=people.admin)
    receive(category=category.id, visibility="private")
    receive(category=category.id)
    for caller, count in ((author, 2), (call_as(people.other), 1)):
        link = caller.get("/").text.split(f'href="/?category={category.id}"')[1].split("</a>")[0]
        assert re.sub(r"<[^>]+>|\s", "", link).endswith(f"Network,{count}screencasts"), link
