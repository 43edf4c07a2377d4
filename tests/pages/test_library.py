"""The library: what there is, newest first, narrowed as somebody likes, page by page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from kb.categories import actions as categories
from kb.categories.models import Category
from kb.db import db, new_id, now, writing
from kb.screencasts.models import Screencast, State, Step, StepState
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


def link(answer: object, rel: str) -> str | None:
    """Where the page leads by its link of this kind."""
    elements = Page(answer.text).elements  # type: ignore[attr-defined]
    return next((each["href"] for tag, each in elements if tag == "a" and each.get("rel") == rel), None)


def link_to(answer: object, address: str) -> bool:
    return address in Page(answer.text).addresses()  # type: ignore[attr-defined]


def next_page(answer: object) -> str:
    return link(answer, "next") or pytest.fail("it is the last page")


def test_an_empty_site_says_what_to_do_first(author: Caller) -> None:
    page = author.get("/").text
    assert "Show the first thing" in page
    assert 'href="/upload"' in page


def test_the_newest_stand_first_and_the_rest_come_on_the_next_page(author: Caller, thirty: list[str]) -> None:
    first = author.get("/")
    assert shown(first) == thirty[:24]
    second = author.get(next_page(first))
    assert shown(second) == thirty[24:]
    assert 'rel="next"' not in second.text
    part = author.get(next_page(first), headers={"HX-Request": "true"})
    assert shown(part) == thirty[24:]
    assert "<html" not in part.text
    assert "cursor=" not in part.text


def test_previous_leads_back_page_by_page(author: Caller, people: People) -> None:
    with writing() as session:
        for n in range(60):
            made = {"created_at": now() - timedelta(days=n), "published_at": now()}
            session.add(Screencast(title=f"Number {n:02}", author_id=people.other, **made))
    first = author.get("/?sort=title")
    assert link(first, "prev") is None
    second = author.get(link(first, "next"))
    third = author.get(link(second, "next"))
    assert link(third, "next") is None
    back = author.get(link(third, "prev"))
    assert shown(back) == shown(second)
    assert shown(author.get(link(back, "next"))) == shown(third)
    assert shown(author.get(link(back, "prev"))) == shown(first)


@pytest.mark.parametrize("sort", ["newest", "title"])
def test_what_is_added_meanwhile_makes_no_page_repeat_or_drop_one(
    author: Caller, people: People, thirty: list[str], sort: str
) -> None:
    whole = shown(author.get(f"/?sort={sort}")) + shown(author.get(link(author.get(f"/?sort={sort}"), "next")))
    page = author.get(f"/?sort={sort}")
    with writing() as session:
        for title in ("Number 00", "Number 29", "a", "zz"):
            session.add(Screencast(title=title, author_id=people.other, published_at=now(), created_at=now()))
    rest = [each for each in shown(author.get(link(page, "next"))) if each in thirty]
    assert shown(page) + rest == whole


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
    assert "Nothing has this tag" in page.text
    assert link_to(page, "/search?q=unknown")
    assert author.get("/?category=unknown").status_code == 404
    assert author.get("/?sort=unknown").status_code == 422
    assert author.get("/?cursor=unknown").status_code == 422
    assert author.get("/?state=unknown").status_code == 422
    assert author.get("/?team=unknown").status_code == 404


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
    for caller, said in ((author, "2screencasts"), (call_as(people.other), "1screencast")):
        link = caller.get("/").text.split(f'href="/?category={category.id}"')[1].split("</a>")[0]
        assert re.sub(r"<[^>]+>|\s", "", link).endswith(f"Network,{said}"), link


@pytest.fixture
def blue(in_site: Flask, people: People) -> dict[str, str]:
    """By the author: one for the team, one for everyone, a draft, and two that failed; by another one that failed."""
    rows = {
        "team": {"visibility": "team", "team_id": people.team},
        "everyone": {},
        "draft": {"published_at": None},
        "failed": {"state": State.failed},
        "private failed": {"state": State.failed, "visibility": "private"},
        "other failed": {"state": State.failed, "author_id": people.other},
    }
    made = {"author_id": people.author, "published_at": now(), "state": State.ready}
    with writing() as session:
        items = {name: Screencast(title=name, **made | row) for name, row in rows.items()}
        session.add_all(items.values())
        for name, item in items.items():
            if "failed" in name:
                words = {"error_code": "broken", "error_text": f"Broken, since {name}."}
                item.steps.append(Step(name="probe", place=0, state=StepState.failed, **words))
    return {name: item.id for name, item in items.items()}


def test_for_a_team_alone_are_those_that_its_members_see(
    author: Caller, people: People, blue: dict[str, str], call_as: Callable[[str], Caller]
) -> None:
    for who in (people.author, people.mate):
        page = call_as(who).get(f"/?team={people.team}")
        assert shown(page) == [blue["team"]]
        assert "For Blue only" in page.text
    for who in (people.other, people.curator, people.admin):
        page = call_as(who).get(f"/?team={people.team}")
        assert page.status_code == 404
        assert "Blue" not in page.text


def test_drafts_are_those_of_who_asks(people: People, blue: dict[str, str], call_as: Callable[[str], Caller]) -> None:
    assert shown(call_as(people.author).get("/?draft=1")) == [blue["draft"]]
    for who in (people.mate, people.curator, people.admin):
        page = call_as(who).get("/?draft=1")
        assert shown(page) == []
        assert "No drafts" in page.text


def test_what_failed_says_why_and_who_may_change_it_can_try_again(
    people: People, blue: dict[str, str], call_as: Callable[[str], Caller]
) -> None:
    def failed(who: str, url: str = "/?state=failed") -> set[str]:
        return set(shown(call_as(who).get(url)))

    everyones = {blue["failed"], blue["other failed"]}
    assert failed(people.author, "/?mine=1&state=failed") == {blue["failed"], blue["private failed"]}
    assert failed(people.other, "/?mine=1&state=failed") == {blue["other failed"]}
    assert failed(people.curator) == failed(people.other) == everyones
    for who, may_retry in (
        (people.author, {blue["failed"], blue["private failed"]}),
        (people.curator, everyones),
        (people.mate, set()),
    ):
        page = call_as(who).get("/?state=failed")
        assert "Broken, since failed." in page.text
        retries = {address.split("/")[2] for address in Page(page.text).addresses() if address.endswith("/retry")}
        assert retries == may_retry


def test_beside_the_list_stands_what_failed_for_who_could_mend_it(
    people: People, blue: dict[str, str], call_as: Callable[[str], Caller]
) -> None:
    assert link_to(call_as(people.author).get("/"), "/?mine=1&state=failed")
    assert link_to(call_as(people.curator).get("/"), "/?state=failed")
    assert "state=failed" not in call_as(people.mate).get("/").text


def test_most_solved_is_offered_once_something_is(author: Caller, people: People, thirty: list[str]) -> None:
    assert not link_to(author.get("/"), "/?sort=solved")
    with writing():
        db.session.get_one(Screencast, thirty[20]).solved_count = 2
    page = author.get("/")
    assert link_to(page, "/?sort=solved")
    assert shown(author.get("/?sort=solved"))[0] == thirty[20]
    with writing():
        db.session.get_one(Screencast, thirty[20]).visibility = "private"
        db.session.get_one(Screencast, thirty[20]).author_id = people.other
    assert not link_to(author.get("/"), "/?sort=solved"), "what nobody else may see offers nothing"


def test_an_address_of_old_leads_to_the_category_for_good(author: Caller, people: People) -> None:
    category = categories.add("Network", by=people.admin)
    answer = author.get("/?category=network&sort=title")
    assert answer.status_code == 301
    assert answer.location == f"/?category={category.id}&sort=title"
    assert author.get(answer.location).status_code == 200


def test_a_category_says_where_it_is_and_what_lies_below(
    author: Caller, people: People, receive: Callable[..., str]
) -> None:
    network = categories.add("Network", by=people.admin)
    vpn = categories.add("VPN", by=people.admin, parent_id=network.id)
    deep = categories.add("Clients", by=people.admin, parent_id=vpn.id)
    with writing():
        vpn.description = "How to get in from home."
    item = receive(category=deep.id)
    page = author.get(f"/?category={vpn.id}")
    assert shown(page) == [item]
    assert "How to get in from home." in page.text
    assert "1 screencast<" in page.text
    above = page.text.split('aria-label="Categories above"')[1].split("</nav>")[0]
    assert f'href="/?category={network.id}"' in above
    below = page.text.split('aria-label="Categories below"')[1].split("</ul>")[0]
    assert f'href="/?category={deep.id}"' in below


def test_an_author_is_shown_with_the_teams_that_one_shares(
    people: People, thirty: list[str], call_as: Callable[[str], Caller]
) -> None:
    url = f"/?author={people.author}"
    assert "In Blue with you" in call_as(people.mate).get(url).text
    assert "Blue" not in call_as(people.other).get(url).text


def test_a_visitor_learns_no_name_of_who_shows_them_nothing(make_site, settings, migrated) -> None:  # type: ignore[no-untyped-def]
    from kb.accounts import actions as accounts
    from kb.accounts.models import Role
    from tests.web.actors import prepare

    site = prepare(make_site(settings.model_copy(update={"public": True})))
    with site.app_context():
        hidden = accounts.add_person("hidden@test.example", "Test Hidden", Role.member, None).id
    page = site.test_client().get(f"/?author={hidden}")
    assert page.status_code == 200
    assert "Hidden" not in page.text


def test_a_page_costs_as_many_queries_with_many_cards_as_with_few(
    author: Caller, people: People, asked: list[str]
) -> None:
    def queries() -> int:
        author.get("/")
        asked.clear()
        assert author.get("/").status_code == 200
        return len(asked)

    def add(count: int) -> None:
        with writing() as session:
            for n in range(count):
                state = list(State)[n % 3]
                item = Screencast(title=f"Number {n}", author_id=people.other, published_at=now(), state=state)
                item.category = Category(name=f"Category {n}", slug=new_id())
                item.steps.append(Step(name="probe", place=0, state=StepState.failed, error_text="Broken."))
                session.add(item)

    add(3)
    few = queries()
    add(18)
    assert len(shown(author.get("/"))) == 21
    assert queries() == few
