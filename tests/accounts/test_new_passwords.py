"""Links by which somebody who forgot their password sets a new one."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from kb.accounts import actions, links
from kb.accounts.erasing import erase_person
from kb.accounts.models import Invitation, Person, Role
from kb.db import db, now, writing
from kb.errors import Invalid, NotAllowed, NotFound
from tests.accounts.conftest import send, sign_in
from tests.conftest import PASSWORD
from tests.web.actors import Browser

Join = Callable[..., Person]
NEW = "some more words in a row"


@pytest.fixture
def admin(join: Join) -> Person:
    return join("root", Role.admin)


def token_of(person: Person, admin: Person) -> str:
    return links.new_password_token(person.id, by=admin)


def test_the_link_sets_a_new_password_and_signs_in(join: Join, admin: Person, browser: Browser) -> None:
    token = token_of(join("ada"), admin)
    page = browser.get(f"/new-password/{token}").text
    assert "ada@test.example" in page
    assert send(browser, f"/new-password/{token}", password=NEW).location == "/"
    assert browser.get("/api/v1/me").json["email"] == "ada@test.example"
    assert sign_in(browser, "ada@test.example", PASSWORD).status_code == 422
    assert sign_in(browser, "ada@test.example", NEW).status_code == 302


def test_it_works_once(join: Join, admin: Person, browser: Browser) -> None:
    token = token_of(join("ada"), admin)
    send(browser, f"/new-password/{token}", password=NEW)
    assert browser.get(f"/new-password/{token}").status_code == 404
    with pytest.raises(NotFound):
        links.set_password(token, PASSWORD)


def test_it_ends_sessions_and_tokens_that_were_there(
    join: Join, admin: Person, in_site: Flask, signed_in: Callable[[str], Browser]
) -> None:
    ada = join("ada")
    old = signed_in(ada.id)
    bearer = {"Authorization": f"Bearer {actions.add_token(ada, 'script')}"}
    links.set_password(token_of(ada, admin), NEW)
    assert old.get("/api/v1/me").status_code == 401
    assert in_site.test_client().get("/api/v1/me", headers=bearer).status_code == 401


def test_a_password_that_is_too_short_leaves_the_link_as_it_was(join: Join, admin: Person, browser: Browser) -> None:
    token = token_of(join("ada"), admin)
    answer = send(browser, f"/new-password/{token}", password="short")
    assert answer.status_code == 422
    assert 'id="password-fault"' in answer.text
    assert browser.get(f"/new-password/{token}").status_code == 200


def test_it_ends_after_two_days_when_a_newer_one_is_made_and_when_the_password_changes(
    join: Join, admin: Person
) -> None:
    ada = join("ada")
    older, newer = token_of(ada, admin), token_of(ada, admin)
    with pytest.raises(NotFound):
        links.whose_password(older)
    assert links.whose_password(newer).id == ada.id
    actions.change_password(ada, NEW, by=ada.id)
    with pytest.raises(NotFound):
        links.whose_password(newer)
    last = token_of(ada, admin)
    with writing() as session:
        row = session.scalars(select(Invitation)).one()
        assert timedelta(days=2) - timedelta(minutes=1) < row.expires_at - now() <= timedelta(days=2)
        row.expires_at = now()
    with pytest.raises(NotFound):
        links.set_password(last, PASSWORD)


def test_it_is_no_way_in_for_who_may_not_sign_in(join: Join, admin: Person) -> None:
    ada = join("ada")
    token = token_of(ada, admin)
    actions.change_person(ada.id, by=admin, role=Role.member, active=False, team_ids=[])
    with pytest.raises(NotFound):
        links.set_password(token, NEW)
    with pytest.raises(Invalid):
        token_of(ada, admin)
    actions.change_person(ada.id, by=admin, role=Role.member, active=True, team_ids=[])
    with pytest.raises(NotFound):
        links.whose_password(token)


def test_an_invitation_sets_no_password_and_such_a_link_makes_no_account(
    join: Join, admin: Person, browser: Browser
) -> None:
    token, invitation = token_of(join("ada"), admin), links.invite(Role.admin, by=admin)[0]
    assert browser.get(f"/join/{token}").status_code == 404
    assert browser.get(f"/new-password/{invitation}").status_code == 404


def test_a_link_made_from_a_shell_for_the_only_admin_is_none_that_makes_an_admin(admin: Person) -> None:
    token = links.new_password_token(admin.id, by=None)
    assert links.first_admin_token() is None
    assert links.set_password(token, NEW).id == admin.id


def test_only_admins_make_one(join: Join, signed_in: Callable[[str], Browser]) -> None:
    ada, curator = join("ada"), join("cura", Role.curator)
    with pytest.raises(NotAllowed):
        links.new_password_token(ada.id, by=curator)
    assert send(signed_in(curator.id), f"/people/{ada.id}/new-password", page="/me").status_code == 403


def test_the_page_shows_it_once_and_says_how_long_it_is_open(
    join: Join, admin: Person, signed_in: Callable[[str], Browser]
) -> None:
    ada, browser = join("ada"), signed_in(admin.id)
    assert send(browser, f"/people/{ada.id}/new-password", page="/people").location == f"/people#person-{ada.id}"
    assert "/new-password/" in browser.get("/people").text.split('aria-label="Link for a new password"')[0][-200:]
    again = browser.get("/people").text
    assert 'aria-label="Link for a new password"' not in again
    assert "One is open until" in again


def test_the_secret_stands_in_no_log(join: Join, admin: Person, browser: Browser, caplog) -> None:  # type: ignore[no-untyped-def]
    token = token_of(join("ada"), admin)
    with caplog.at_level("DEBUG"):
        browser.get(f"/new-password/{token}")
    assert token not in str([record.__dict__ for record in caplog.records])


def test_an_admin_who_leaves_takes_their_open_invitations_along(join: Join, admin: Person) -> None:
    other = join("boss", Role.admin)
    token, _ = links.invite(Role.admin, by=other)
    actions.change_person(other.id, by=admin, role=Role.curator, active=True, team_ids=[])
    with pytest.raises(NotFound):
        links.open_invitation(token)


def test_the_links_of_an_admin_who_is_erased_let_nobody_in(join: Join, admin: Person) -> None:
    other = join("boss", Role.admin)
    token, _ = links.invite(Role.admin, by=other)
    erase_person(other.id, by=admin.id)
    with pytest.raises(NotFound):
        links.open_invitation(token)


def test_who_was_an_admin_a_moment_ago_gives_no_rights_any_more(join: Join, admin: Person) -> None:
    """Two admins who take the role from each other at the same moment: one of them stays."""
    other, ada = join("boss", Role.admin), join("ada")
    actions.change_person(other.id, by=admin, role=Role.member, active=True, team_ids=[])
    for act in (
        lambda: actions.change_person(admin.id, by=other, role=Role.member, active=True, team_ids=[]),
        lambda: links.invite(Role.admin, by=other),
        lambda: links.new_password_token(ada.id, by=other),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert admin.is_admin


@pytest.mark.parametrize("kind", ["invitation", "password"])
def test_of_two_who_use_a_link_at_the_same_moment_one_is_let_in(
    join: Join, admin: Person, in_site: Flask, kind: str
) -> None:
    if kind == "invitation":
        token, _ = links.invite(Role.member, by=admin)
    else:
        token = token_of(join("ada"), admin)
    db.session.remove()
    together, outcomes = Barrier(2), []

    def use(number: int) -> None:
        with in_site.app_context():
            together.wait()
            try:
                if kind == "invitation":
                    links.join(token, email=f"eve{number}@test.example", name="Eve", password=NEW)
                else:
                    links.set_password(token, f"{NEW} {number}")
                outcomes.append("in")
            except NotFound:
                outcomes.append("refused")

    threads = [Thread(target=use, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "refused"]
    joined = db.session.scalars(select(Person.email).where(Person.email.startswith("eve"))).all()
    assert len(joined) == (1 if kind == "invitation" else 0)


def test_an_open_link_is_not_listed_among_the_invitations(join: Join, admin: Person) -> None:
    token_of(join("ada"), admin)
    kept, _ = links.invite(Role.member, by=admin)
    with writing() as session:
        session.add(Invitation(token_hash="x" * 64, expires_at=now() - timedelta(seconds=1)))
    assert [each.id for each in links.open_invitations()] == [links.open_invitation(kept).id]
