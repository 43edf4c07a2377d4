"""The site as a whole: its name, who may join, and under which address others find it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from kb.accounts import site as the_site
from kb.accounts.models import Person, Role
from kb.config import Settings
from kb.db import db, writing
from kb.errors import Conflict, Invalid
from kb.web.urls import leads_only_here, site_address
from tests.accounts.conftest import send
from tests.conftest import PASSWORD
from tests.web.actors import Browser, prepare

EVE = {"email": "eve@test.example", "name": "Eve", "password": PASSWORD}


@pytest.fixture
def admin(join: Callable[..., Person]) -> Person:
    return join("root", Role.admin)


@pytest.fixture
def as_admin(admin: Person, signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in(admin.id)


# -- name ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Shown at Example", "عروض الفريق", "<b>&'\"{{7*7}}", "x" * 60])
def test_its_name_stands_on_each_page_as_words(as_admin: Browser, name: str) -> None:
    from markupsafe import escape

    send(as_admin, "/site", name=name)
    for page in (
        as_admin.get("/me").text,
        as_admin.get("/nothing").text,
        as_admin.application.test_client().get("/sign-in").text,
    ):
        title = page.split("<title>")[1].split("</title>")[0]
        assert title.endswith(f"· {escape(name)}")
        assert f">{escape(name)}</span>" in page


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\x00b", "turned \u202e round"])
def test_a_name_that_does_not_fit_is_refused(as_admin: Browser, name: str) -> None:
    answer = send(as_admin, "/site", name=name)
    assert answer.status_code == 422
    assert 'id="name-fault"' in answer.text
    assert "· Showhow</title>" in as_admin.get("/me").text


def test_a_page_that_says_that_the_database_fails_has_a_name_too(in_site: Flask) -> None:
    with writing() as session:
        session.execute(text("DROP TABLE site"))
    assert the_site.name() == "Showhow"


# -- who may join -------------------------------------------------------------------------------------------


def test_an_admin_opens_the_site_to_a_domain_and_closes_it_again(as_admin: Browser, browser: Browser) -> None:
    assert "/sign-up" not in browser.get("/sign-in").text
    send(as_admin, "/site/joining", page="/site", who="domain", domain=" @Test.Example ")
    assert "/sign-up" in browser.get("/sign-in").text
    assert "ends in @test.example" in browser.get("/sign-up").text
    assert send(browser, "/sign-up", **EVE | {"email": "eve@elsewhere.example"}).status_code == 422
    assert send(browser, "/sign-up", **EVE).location == "/"
    send(as_admin, "/site/joining", page="/site", who="invite")
    late = as_admin.application.test_client()
    assert send(late, "/sign-up", page="/sign-in", **EVE | {"email": "late@test.example"}).location == "/sign-in"


@pytest.mark.parametrize("domain", ["", "example", "a b.example", "example.org/", "exa\nmple.org", "x" * 200 + ".org"])
def test_a_domain_that_is_none_is_refused(as_admin: Browser, domain: str) -> None:
    answer = send(as_admin, "/site/joining", page="/site", who="domain", domain=domain)
    assert answer.status_code == 422
    assert 'id="domain-fault"' in answer.text
    assert the_site.signup() == "invite"


def test_something_else_than_the_choices_is_refused(admin: Person) -> None:
    for who in ("", "everybody", "domain:example.org"):
        with pytest.raises(Invalid):
            the_site.let_join(who, "example.org", by=admin)


@pytest.mark.parametrize("given", ["invite", "open", "domain:example.org"])
def test_what_the_environment_says_wins_and_the_page_says_so(
    make_site: Callable[[Settings], Flask], settings: Settings, given: str
) -> None:
    site = prepare(make_site(settings.model_copy(update={"signup": given})))
    with site.app_context():
        with writing():
            the_site.the_site().signup = "domain:chosen.example"
        assert the_site.signup() == given
        admin = Person(email="root@test.example", name="Root", role=Role.admin)
        with pytest.raises(Conflict):
            the_site.let_join("open", "", by=admin)


def test_the_environment_counts_as_given_only_where_it_names_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    usual = {"KB_DATA_DIR": str(tmp_path)}
    assert "signup" not in Settings.from_environment(usual).model_fields_set
    assert "signup" in Settings.from_environment(usual | {"KB_SIGNUP": "invite"}).model_fields_set


def test_the_choice_is_shut_where_the_environment_decides(
    make_site: Callable[[Settings], Flask], settings: Settings
) -> None:
    from kb.accounts import actions

    site = prepare(make_site(settings.model_copy(update={"signup": "open"})))
    with site.app_context():
        token = actions.add_token(actions.add_person("root@test.example", "Root", Role.admin, None), "test")
        page = site.test_client().get("/site", headers={"Authorization": f"Bearer {token}"}).text
        assert "KB_SIGNUP</code> decides this" in page
        assert "<fieldset" in page
        assert "disabled" in page.split("<fieldset")[1].split(">")[0]


# -- address ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bind", "site_url", "only_here"),
    [
        ("127.0.0.1:8000", "", True),
        ("localhost:8000", "", True),
        ("[::1]:8000", "", True),
        ("0.0.0.0:8000", "", True),
        ("[::]:8000", "", True),
        ("127.0.0.1:8000", "http://127.9.9.9", True),
        ("192.168.0.7:8000", "", False),
        ("127.0.0.1:8000", "https://showhow.example.org", False),
        ("127.0.0.1:8000", "http://office-pc:8000", False),
    ],
)
def test_it_is_known_which_addresses_lead_to_this_machine_alone(bind: str, site_url: str, only_here: bool) -> None:
    assert Settings(bind=bind, site_url=site_url).leads_only_here is only_here


def test_links_name_the_address_by_which_the_admin_came_where_the_settings_say_nothing(site: Flask) -> None:
    with site.test_request_context(base_url="http://office-pc:8000"):
        assert (site_address(), leads_only_here()) == ("http://office-pc:8000", False)
    with site.test_request_context(base_url="http://localhost:8000"):
        assert (site_address(), leads_only_here()) == ("http://127.0.0.1:8000", True)


def test_links_name_the_address_of_the_settings_where_there_is_one(
    make_site: Callable[[Settings], Flask], settings: Settings
) -> None:
    site = make_site(settings.model_copy(update={"site_url": "https://showhow.example.org/"}))
    with site.test_request_context(base_url="http://evil.example"):
        assert (site_address(), leads_only_here()) == ("https://showhow.example.org", False)


def test_the_page_warns_of_links_that_lead_nowhere(as_admin: Browser) -> None:
    warning = "Links don't work for others yet"
    assert warning in as_admin.get("/site", base_url="http://localhost:8000").text
    assert warning not in as_admin.get("/site", base_url="http://office-pc:8000").text


def test_only_admins_see_the_page(join: Callable[..., Person], signed_in: Callable[[str], Browser]) -> None:
    assert signed_in(join("cura", Role.curator).id).get("/site").status_code == 403


def test_the_welcome_ends_once(admin: Person) -> None:
    assert not the_site.is_welcomed()
    the_site.end_welcome(by=admin)
    first = the_site.the_site().welcomed_at
    the_site.end_welcome(by=admin)
    db.session.expire_all()
    assert the_site.the_site().welcomed_at == first
    assert the_site.is_welcomed()
