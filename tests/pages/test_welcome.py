"""What the first admin of a site is led through."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from kb.accounts import links
from kb.accounts import site as the_site
from kb.accounts.models import Role, Team
from kb.categories import actions as categories
from kb.config import Settings
from kb.db import db
from tests.accounts.conftest import csrf_of
from tests.conftest import PASSWORD, People
from tests.web.actors import Browser, prepare

ADA = {"email": "ada@test.example", "name": "Ada", "password": PASSWORD}


@pytest.fixture
def site(make_site: Callable[..., Flask], settings: Settings) -> Flask:
    """With nobody in it, whoever comes later."""
    return prepare(make_site(settings))


@pytest.fixture
def first_admin(in_site: Flask) -> Browser:
    """Who has just made the admin's account by the link that the first start prints."""
    browser: Browser = in_site.test_client()  # type: ignore[assignment]
    link = f"/join/{links.first_admin_token()}"
    assert browser.post(link, data={"csrf_token": csrf_of(browser, link), **ADA}).location == "/welcome"
    return browser


def send(browser: Browser, url: str, **data: object):  # type: ignore[no-untyped-def]
    return browser.post(url, data={"csrf_token": csrf_of(browser, "/me"), **data})


def welcomed() -> bool:
    db.session.rollback()
    return the_site.is_welcomed()


def test_the_first_admin_is_led_through_four_steps_to_the_upload(first_admin: Browser) -> None:
    assert first_admin.get("/welcome").location == "/welcome/name"
    assert send(first_admin, "/welcome/name", name="Shown here").location == "/welcome/joining"
    assert send(first_admin, "/welcome/joining", who="domain", domain="test.example").location == "/welcome/categories"
    assert send(first_admin, "/welcome/categories", starter="help-desk").location == "/welcome/invite"
    assert send(first_admin, "/welcome/invite", role="member", team_name="Blue").location == "/welcome/invite"
    assert "/join/" in first_admin.get("/welcome/invite").text
    assert send(first_admin, "/welcome/end", then="upload").location == "/upload"
    assert welcomed()
    assert the_site.name() == "Shown here"
    assert the_site.signup() == "domain:test.example"
    assert "Network" in {category.name for category in categories.every()}
    assert [team.name for team in db.session.scalars(select(Team))] == ["Blue"]


def test_each_step_says_where_it_stands_and_can_be_skipped(first_admin: Browser) -> None:
    steps = ["name", "joining", "categories", "invite"]
    for number, step in enumerate(steps, 1):
        page = first_admin.get(f"/welcome/{step}").text
        assert f"step {number} of 4" in page
        assert "Skip the set-up" in page
        if number < 4:
            assert f'href="/welcome/{steps[number]}">Skip this step' in page
    assert first_admin.get("/welcome/other").status_code == 404


def test_one_click_skips_all_of_it(first_admin: Browser) -> None:
    assert send(first_admin, "/welcome/end").location == "/"
    assert welcomed()
    assert categories.every() == []


def test_who_left_in_the_middle_goes_on_there(first_admin: Browser) -> None:
    first_admin.get("/welcome/categories")
    assert "set-up" in first_admin.get("/").text
    assert first_admin.get("/welcome").location == "/welcome/categories"


def test_the_library_reminds_admins_until_it_is_done_and_nobody_else(
    first_admin: Browser, people: People, signed_in: Callable[[str], Browser]
) -> None:
    member = signed_in(people.author)
    assert "/welcome" in first_admin.get("/").text
    assert "/welcome" not in member.get("/").text
    send(first_admin, "/welcome/end")
    assert "/welcome" not in first_admin.get("/").text


def test_an_admin_who_joins_later_is_not_led_there(first_admin: Browser, in_site: Flask) -> None:
    send(first_admin, "/welcome/end")
    browser = in_site.test_client()
    link = f"/join/{links.invite(Role.admin, by=None)[0]}"
    joined = browser.post(link, data={"csrf_token": csrf_of(browser, link), **ADA | {"email": "eve@test.example"}})
    assert joined.location == "/"


def test_it_opens_again_from_the_page_of_the_site(first_admin: Browser) -> None:
    send(first_admin, "/welcome/end")
    assert 'href="/welcome/name"' in first_admin.get("/site").text
    assert first_admin.get("/welcome/name").status_code == 200


@pytest.mark.parametrize(
    ("step", "data", "field"),
    [
        ("name", {"name": ""}, "name"),
        ("joining", {"who": "domain", "domain": "no domain"}, "domain"),
        ("joining", {}, "who"),
        ("categories", {}, "starter"),
        ("categories", {"starter": "unknown"}, "starter"),
        ("categories", {"starter": "own", "own": "Fine\n" + "x" * 81}, "own"),
        ("invite", {"role": "member", "count": "99"}, "count"),
        ("invite", {"role": "member", "team_name": "x" * 121}, "team_name"),
        ("invite", {"role": "owner"}, "role"),
    ],
)
def test_a_fault_is_said_at_its_field_and_what_was_typed_stays(
    first_admin: Browser, step: str, data: dict[str, str], field: str
) -> None:
    answer = send(first_admin, f"/welcome/{step}", **data)
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    for typed in filter(None, (data.get(name, "").strip() for name in ("domain", "own", "team_name"))):
        assert typed in answer.text
    assert categories.every() == []


def test_own_categories_hang_as_they_are_indented(first_admin: Browser) -> None:
    send(first_admin, "/welcome/categories", starter="own", own="Machines\n  Milling\nOffice")
    assert {category.name: category.parent and category.parent.name for category in categories.every()} == {
        "Machines": None,
        "Milling": "Machines",
        "Office": None,
    }


def test_a_team_that_is_there_is_taken_in_any_case(first_admin: Browser) -> None:
    for typed in ("Blue", " BLUE "):
        send(first_admin, "/welcome/invite", role="member", team_name=typed)
    assert [team.name for team in db.session.scalars(select(Team))] == ["Blue"]
    assert [each.team.name for each in links.open_invitations() if each.team] == ["Blue", "Blue"]


def test_where_the_environment_decides_who_may_join_the_step_is_shut(
    make_site: Callable[[Settings], Flask], settings: Settings
) -> None:
    site = prepare(make_site(settings.model_copy(update={"signup": "open"})))
    with site.app_context():
        browser: Browser = site.test_client()  # type: ignore[assignment]
        link = f"/join/{links.first_admin_token()}"
        browser.post(link, data={"csrf_token": csrf_of(browser, link), **ADA})
        assert "KB_SIGNUP" in browser.get("/welcome/joining").text
        assert send(browser, "/welcome/joining", who="invite").status_code == 409
        assert "can also make an account without a link" in browser.get("/welcome/invite").text


def test_the_step_of_invitations_warns_of_links_that_lead_nowhere(first_admin: Browser) -> None:
    assert "KB_SITE_URL=" in first_admin.get("/welcome/invite", base_url="http://localhost").text


def test_who_skipped_the_sets_finds_them_again_where_categories_are_missing(first_admin: Browser) -> None:
    send(first_admin, "/welcome/end")
    assert 'href="/welcome/categories"' in first_admin.get("/categories").text
    send(first_admin, "/welcome/categories", starter="help-desk")
    assert 'href="/welcome/categories"' not in first_admin.get("/categories").text
