"""Invitations, signing up where it is open, teams and roles."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from kb.accounts import actions, links
from kb.accounts.models import Invitation, Person, Role
from kb.config import Settings
from kb.db import db, now, writing
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.accounts.conftest import send
from tests.conftest import PASSWORD
from tests.web.actors import Browser

Join = Callable[..., Person]
EVE = {"email": "eve@test.example", "name": "Eve", "password": PASSWORD}


@pytest.fixture
def admin(join: Join) -> Person:
    return join("root", Role.admin)


def people() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Person.email)))


def test_an_invitation_makes_one_account_with_its_role_and_team_and_signs_it_in(
    admin: Person, browser: Browser
) -> None:
    team = actions.add_team("Blue", by=admin)
    token, _ = links.invite(Role.curator, by=admin, team_id=team.id)
    assert send(browser, f"/join/{token}", **EVE).location == "/"
    me = browser.get("/api/v1/me").json
    assert (me["email"], me["role"], [team["name"] for team in me["teams"]]) == (
        "eve@test.example",
        "curator",
        ["Blue"],
    )


def test_an_invitation_works_once(admin: Person, browser: Browser) -> None:
    token, _ = links.invite(Role.member, by=admin)
    send(browser, f"/join/{token}", **EVE)
    assert browser.get(f"/join/{token}").status_code == 404
    with pytest.raises(NotFound):
        links.join(token, email="bob@test.example", name="Bob", password=PASSWORD)
    assert people() == {"root@test.example", "eve@test.example"}


def test_looking_at_an_invitation_does_not_use_it_up(admin: Person, browser: Browser) -> None:
    token, _ = links.invite(Role.member, by=admin)
    for _ in range(3):
        assert browser.get(f"/join/{token}").status_code == 200
        assert browser.head(f"/join/{token}").status_code == 200


def test_an_invitation_ends_by_itself(admin: Person, browser: Browser) -> None:
    token, _ = links.invite(Role.member, by=admin)
    with writing() as session:
        session.execute(update(Invitation).values(expires_at=now() - timedelta(seconds=1)))
    assert browser.get(f"/join/{token}").status_code == 404
    assert send(browser, f"/join/{token}", page="/sign-in", **EVE).status_code == 404
    assert people() == {"root@test.example"}


def test_a_withdrawn_invitation_is_gone(admin: Person, browser: Browser) -> None:
    token, invitation = links.invite(Role.member, by=admin)
    links.withdraw(invitation, by=admin)
    assert browser.get(f"/join/{token}").status_code == 404
    assert send(browser, f"/join/{token}", page="/sign-in", **EVE).status_code == 404


def test_an_invitation_for_one_address_is_for_that_address(admin: Person, browser: Browser) -> None:
    token, _ = links.invite(Role.member, by=admin, email="eve@test.example")
    send(browser, f"/join/{token}", **EVE | {"email": "mallory@test.example"})
    assert people() == {"root@test.example", "eve@test.example"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "no-address"), ("email", "a b@test.example"), ("email", "root@test.example"), ("email", "a\x00b@c.d"),
     ("name", ""), ("name", "x" * 121), ("name", "a\x00b"), ("password", "short")],
)  # fmt: skip
def test_a_form_with_a_fault_says_which_and_leaves_the_invitation_as_it_was(
    admin: Person, browser: Browser, field: str, value: str
) -> None:
    token, _ = links.invite(Role.member, by=admin)
    answer = send(browser, f"/join/{token}", **EVE | {"password": "nobody reads this"} | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-fault"' in answer.text
    assert re.findall(r'<input id="(\w+)"[^>]* autofocus', answer.text) == [field]
    assert "nobody reads this" not in answer.text
    assert browser.get(f"/join/{token}").status_code == 200
    assert people() == {"root@test.example"}


def test_only_an_admin_invites(join: Join) -> None:
    with pytest.raises(NotAllowed):
        links.invite(Role.admin, by=join("ada", Role.curator))


def test_the_first_link_makes_the_admin_and_only_the_newest_one_works(in_site: Flask, browser: Browser) -> None:
    first, second = links.first_admin_token(), links.first_admin_token()
    assert first
    assert second
    assert browser.get(f"/join/{first}").status_code == 404
    send(browser, f"/join/{second}", **EVE)
    assert browser.get("/api/v1/me").json["role"] == "admin"
    assert links.first_admin_token() is None


def test_the_sign_in_page_of_a_site_that_nobody_runs_yet_leads_to_the_first_link(
    in_site: Flask, browser: Browser
) -> None:
    assert "Nobody runs this site yet" in browser.get("/sign-in").text
    send(browser, f"/join/{links.first_admin_token()}", **EVE)
    send(browser, "/sign-out", page="/me")
    assert "Nobody runs this site yet" not in browser.get("/sign-in").text


def test_the_link_for_an_admin_who_was_invited_is_not_taken_for_the_first(admin: Person) -> None:
    token, _ = links.invite(Role.admin, by=admin)
    assert links.first_admin_token() is None
    assert links.open_invitation(token)


# -- without an invitation ------------------------------------------------------------------------------------


def test_by_default_nobody_joins_without_an_invitation(browser: Browser) -> None:
    assert browser.get("/sign-up").location == "/sign-in"
    assert send(browser, "/sign-up", page="/sign-in", **EVE).location == "/sign-in"
    assert people() == set()


@pytest.fixture
def open_to(make_site, settings: Settings) -> Callable[[str], Browser]:  # type: ignore[no-untyped-def]
    from tests.web.actors import prepare

    def browser(signup: str) -> Browser:
        site = prepare(make_site(settings.model_copy(update={"signup": signup})))
        return site.test_client()  # type: ignore[return-value]

    return browser


def test_where_it_is_open_everybody_joins_as_a_member(open_to: Callable[[str], Browser]) -> None:
    browser = open_to("open")
    assert send(browser, "/sign-up", **EVE | {"role": "admin"}).location == "/"
    assert browser.get("/api/v1/me").json["role"] == "member"


@pytest.mark.parametrize(
    "email",
    ["eve@example.net", "eve@sub.example.org", "eve@evilexample.org", "eve@example.org.evil.example",
     "eve@example.org@evil.example", "eve@example.org\n@evil.example"],
)  # fmt: skip
def test_where_it_is_open_to_one_domain_others_stay_out(open_to: Callable[[str], Browser], email: str) -> None:
    browser = open_to("domain:example.org")
    assert send(browser, "/sign-up", **EVE | {"email": email}).status_code == 422
    assert browser.get("/api/v1/me").status_code == 401


def test_where_it_is_open_to_one_domain_its_people_join(open_to: Callable[[str], Browser]) -> None:
    browser = open_to("domain:example.org")
    assert send(browser, "/sign-up", **EVE | {"email": "Eve@Example.ORG"}).location == "/"


@pytest.mark.parametrize("email", ["ada@demo.invalid", "Seed@seed.INVALID"])
def test_nobody_joins_as_one_of_the_invented_people(
    open_to: Callable[[str], Browser], admin: Person, browser: Browser, email: str
) -> None:
    assert send(open_to("open"), "/sign-up", **EVE | {"email": email}).status_code == 422
    token, _ = links.invite(Role.member, by=admin)
    assert send(browser, f"/join/{token}", **EVE | {"email": email}).status_code == 422
    assert send(browser, f"/join/{token}", **EVE).status_code == 302


# -- roles and teams --------------------------------------------------------------------------------------------


def test_an_address_is_taken_in_any_case(join: Join) -> None:
    join("ada")
    with pytest.raises(Conflict):
        actions.add_person("ADA@Test.Example", "Other", Role.member, None)


def test_an_admin_can_not_lock_everybody_out_by_accident(admin: Person) -> None:
    for role, active in ((Role.member, True), (Role.admin, False)):
        with pytest.raises(Invalid):
            actions.change_person(admin.id, by=admin, role=role, active=active, team_ids=[])
    assert admin.is_admin
    assert admin.active


def test_who_leaves_a_team_leaves_it_at_once(admin: Person, join: Join, call_as) -> None:  # type: ignore[no-untyped-def]
    ada = join("ada")
    team = actions.add_team("Blue", by=admin)
    caller = call_as(ada.id)
    actions.change_person(ada.id, by=admin, role=Role.member, active=True, team_ids=[team.id])
    assert [each["id"] for each in caller.get("/api/v1/me").json["teams"]] == [team.id]
    actions.change_person(ada.id, by=admin, role=Role.member, active=True, team_ids=[])
    assert caller.get("/api/v1/me").json["teams"] == []


def test_every_change_of_a_person_raises_the_number_that_caches_go_by(admin: Person, join: Join) -> None:
    from kb.accounts.models import AccessVersion

    ada = join("ada")

    def version() -> int:
        db.session.rollback()
        return db.session.scalar(select(AccessVersion.number)) or 0

    numbers = [version()]
    for active in (False, True):
        actions.change_person(ada.id, by=admin, role=Role.member, active=active, team_ids=[])
        numbers.append(version())
    assert numbers == sorted(set(numbers))


def test_a_team_has_its_name_alone(admin: Person) -> None:
    actions.add_team("Blue", by=admin)
    with pytest.raises(Conflict):
        actions.add_team("  blue ", by=admin)


def test_what_others_learn_of_a_person_is_name_and_role(admin: Person, join: Join, call_as) -> None:  # type: ignore[no-untyped-def]
    ada = join("ada")
    found = call_as(ada.id).get(f"/api/v1/people/{admin.id}").json
    assert found == {"id": admin.id, "name": "Root", "role": "admin"}
