"""Sign in, sign out, forged requests, and what ends a session or a token."""

import json
from collections.abc import Callable

import pytest
from flask import Flask, url_for
from sqlalchemy import select, text

from kb.accounts import actions, links
from kb.accounts.models import ApiToken, Person, Role
from kb.config import Settings
from kb.db import db, writing
from tests.accounts.conftest import csrf_of, send, sign_in
from tests.conftest import PASSWORD
from tests.web.actors import Browser

# fmt: off
ELSEWHERE = (
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/\t/evil.example", " //evil.example", "http:evil.example", "///evil.example", "/\x0d\x0aSet-Cookie: a=b",
)
# fmt: on
Join = Callable[..., Person]


def is_signed_in(browser: Browser) -> bool:
    return browser.get("/api/v1/me").status_code == 200


def test_a_person_signs_in_and_out(join: Join, browser: Browser) -> None:
    join("ada")
    assert sign_in(browser, "ada@test.example").location == "/"
    assert browser.get("/api/v1/me").json["email"] == "ada@test.example"
    assert send(browser, "/sign-out", page="/").location == "/sign-in"
    assert not is_signed_in(browser)


def test_the_address_is_the_same_in_any_case_and_with_spaces_around_it(join: Join, browser: Browser) -> None:
    join("ada")
    assert sign_in(browser, "  Ada@Test.Example ").status_code == 302


def test_a_wrong_password_an_unknown_address_and_an_ended_account_answer_alike(join: Join, browser: Browser) -> None:
    join("ada")
    ended, empty = join("eve"), join("bob")
    with writing():
        ended.active, empty.password = False, None
    answers = [
        sign_in(browser, "ada@test.example", "not the password"),
        sign_in(browser, "nobody@test.example", PASSWORD),
        sign_in(browser, "eve@test.example", PASSWORD),
        sign_in(browser, "bob@test.example", ""),
    ]
    csrf = csrf_of(browser)
    pages = {
        each.text.replace(name, "name").replace(csrf, "")
        for each, name in zip(answers, ("ada@", "nobody@", "eve@", "bob@"), strict=True)
    }
    assert {each.status_code for each in answers} == {422}
    assert len({len(page.split()) for page in pages}) == 1
    assert all("don&#39;t fit together" in page for page in pages)
    assert not is_signed_in(browser)


def test_the_password_does_not_come_back_in_the_page(join: Join, browser: Browser) -> None:
    join("ada")
    assert "hunter2 hunter2" not in sign_in(browser, "ada@test.example", "hunter2 hunter2").text


def test_signing_in_never_leads_to_another_site(join: Join, browser: Browser, ada: Browser) -> None:
    assert sign_in(browser, "ada@test.example", next="//evil.example").location == "/"
    # And for who is signed in already.
    for target in ELSEWHERE:
        assert ada.get("/sign-in", query_string={"next": target}).location == "/", target


def test_signing_in_leads_to_where_one_wanted_to_go(join: Join, browser: Browser) -> None:
    join("ada")
    sent_away = browser.get("/me?tab=tokens")
    assert sent_away.location == "/sign-in?next=/me?tab%3Dtokens"
    target = browser.get(sent_away.location).text.split('name="next" value="')[1].split('"')[0]
    assert sign_in(browser, "ada@test.example", next=target).location == "/me?tab=tokens"


def test_a_part_of_a_page_is_refused_instead_of_becoming_the_page_to_sign_in(browser: Browser) -> None:
    answer = browser.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


# -- cookies ------------------------------------------------------------------------------------------------


def cookie(answer) -> str:  # type: ignore[no-untyped-def]
    return next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("kb_session="))


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(join: Join, browser: Browser) -> None:
    join("ada")
    flags = cookie(sign_in(browser, "ada@test.example")).split("; ")[1:]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert "Secure" not in flags
    assert not any(flag.startswith("Domain") for flag in flags)


def test_behind_https_the_cookie_never_travels_in_the_open(make_site, settings: Settings) -> None:  # type: ignore[no-untyped-def]
    site = make_site(settings.model_copy(update={"site_url": "https://showhow.example"}))
    assert "Secure" in cookie(site.test_client().get("/sign-in")).split("; ")


def test_the_cookie_holds_no_password_and_no_id_of_a_person(join: Join, browser: Browser, in_site: Flask) -> None:
    person = join("ada")
    sign_in(browser, "ada@test.example")
    with browser.session_transaction() as session:
        held = json.dumps(dict(session))
    assert person.fs_uniquifier in held
    assert person.id not in held


def test_a_session_made_up_with_another_secret_is_nobody(join: Join, in_site: Flask, make_site, tmp_path) -> None:  # type: ignore[no-untyped-def]
    person = join("ada")
    forger = make_site(Settings(data_dir=tmp_path / "forger", redis_url="unix:///nowhere", speech="none"))
    forged = forger.session_interface.get_signing_serializer(forger).dumps({"_user_id": person.fs_uniquifier})
    browser = in_site.test_client()
    browser.set_cookie("kb_session", forged)
    assert not is_signed_in(browser)


def test_what_was_in_the_session_before_signing_in_is_gone_after(join: Join, browser: Browser) -> None:
    join("ada")
    with browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign_in(browser, "ada@test.example")
    with browser.session_transaction() as session:
        assert "planted" not in session


# -- forged requests ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "made-up"}, {"X-CSRFToken": ""}])
def test_no_change_is_made_without_the_token_of_the_page(ada: Browser, headers: dict[str, str]) -> None:
    rules = [rule for rule in ada.application.url_map.iter_rules() if rule.methods]
    changes = [(method, rule) for rule in rules for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}]
    assert len(changes) > 25
    for method, rule in changes:
        with ada.application.test_request_context():
            url = url_for(rule.endpoint, **dict.fromkeys(rule.arguments, "1"))
        answer = ada.open(url, method=method, headers=headers, data={"name": "Forged"})
        assert answer.status_code == 400, url
        assert "stale-form" in answer.text or "too old" in answer.text, url
    assert ada.get("/api/v1/me").json["name"] == "Ada"


def test_the_token_of_somebody_elses_page_is_refused(
    ada: Browser, join: Join, signed_in: Callable[[str], Browser]
) -> None:
    stolen = csrf_of(signed_in(join("eve").id), "/me")
    assert ada.post("/me", data={"name": "Forged", "csrf_token": stolen}).status_code == 400


def test_the_token_is_taken_from_the_form_and_from_the_header(ada: Browser) -> None:
    csrf = csrf_of(ada, "/me")
    assert ada.post("/me", data={"name": "Ada Two", "csrf_token": csrf}).status_code == 302
    assert ada.post("/me", data={"name": "Ada Three"}, headers={"X-CSRFToken": csrf}).status_code == 302
    assert ada.get("/api/v1/me").json["name"] == "Ada Three"


def test_a_bearer_token_needs_no_other_token(join: Join, in_site: Flask) -> None:
    token = actions.add_token(join("ada"), "script")
    answer = in_site.test_client().post("/me", data={"name": "By Script"}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 302


def test_a_wrong_bearer_token_is_refused_even_beside_a_good_cookie(ada: Browser) -> None:
    answer = ada.get("/api/v1/me", headers={"Authorization": "Bearer kb_wrong"})
    assert (answer.status_code, answer.json["code"]) == (401, "bad-token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_ways_in_that_a_library_brings_along_are_closed(join: Join, browser: Browser) -> None:
    """Flask-Security knows tokens of its own, in the address too, where every log would keep them."""
    token = join("ada").get_auth_token()
    assert browser.get(f"/api/v1/me?auth_token={token}").status_code == 401
    assert browser.get("/api/v1/me", headers={"Authentication-Token": token}).status_code == 401
    assert browser.open("/api/v1/me", method="GET", json={"auth_token": token}).status_code == 401


def test_another_site_is_never_told_that_it_may_read_or_send(ada: Browser) -> None:
    for url in ("/api/v1/me", "/", "/api/v1/search?q=x"):
        for answer in (
            ada.get(url, headers={"Origin": "https://evil.example"}),
            ada.options(url, headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}),
        ):
            assert "access-control" not in str(answer.headers).lower()
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


# -- what ends them -----------------------------------------------------------------------------------------


def test_a_new_password_ends_other_sessions_and_all_tokens_and_keeps_this_one(
    join: Join, ada: Browser, in_site: Flask
) -> None:
    person = db.session.scalar(select(Person))
    assert person
    token = actions.add_token(person, "script")
    other: Browser = in_site.test_client()  # type: ignore[assignment]
    sign_in(other, "ada@test.example")
    assert is_signed_in(other)
    changed = send(ada, "/me/password", page="/me", current=PASSWORD, new="some more words in a row")
    assert changed.location == "/me"
    assert is_signed_in(ada)
    assert not is_signed_in(other)
    bearer = {"Authorization": f"Bearer {token}"}
    assert in_site.test_client().get("/api/v1/me", headers=bearer).status_code == 401
    assert sign_in(other, "ada@test.example").status_code == 422
    assert sign_in(other, "ada@test.example", "some more words in a row").status_code == 302


def test_a_password_is_changed_only_with_the_old_one_to_one_that_is_long_enough(ada: Browser) -> None:
    for current, new in (("wrong", "some more words in a row"), (PASSWORD, "short")):
        assert send(ada, "/me/password", page="/me", current=current, new=new).status_code == 422
    assert is_signed_in(ada)


def test_who_has_no_password_can_not_set_one_by_leaving_the_old_one_empty(join: Join, ada: Browser) -> None:
    person = db.session.scalars(select(Person)).one()
    with writing():
        person.password = None
    for current in ("", PASSWORD):
        answer = send(ada, "/me/password", page="/me", current=current, new="some more words in a row")
        assert answer.status_code == 422
    db.session.expire_all()
    assert person.password is None


def test_an_ended_account_is_out_at_once_by_session_and_by_token(join: Join, ada: Browser, in_site: Flask) -> None:
    admin = join("root", Role.admin)
    person = db.session.scalars(select(Person).where(Person.email == "ada@test.example")).one()
    token = actions.add_token(person, "script")
    bearer = {"Authorization": f"Bearer {token}"}
    assert in_site.test_client().get("/api/v1/me", headers=bearer).status_code == 200
    actions.change_person(person.id, by=admin, role=Role.member, active=False, team_ids=[])
    assert not is_signed_in(ada)
    assert in_site.test_client().get("/api/v1/me", headers=bearer).status_code == 401
    actions.change_person(person.id, by=admin, role=Role.member, active=True, team_ids=[])
    assert not is_signed_in(ada), "the old session is no longer good when the person is let in again"


def test_a_revoked_token_is_refused_and_others_go_on(join: Join, in_site: Flask) -> None:
    person = join("ada")
    tokens = [actions.add_token(person, name) for name in ("one", "two")]
    row = db.session.scalars(select(ApiToken).where(ApiToken.name == "one")).one()
    actions.revoke_token(person, row.id)
    answers = [
        in_site.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code
        for token in tokens
    ]
    assert answers == [401, 200]


def test_a_token_is_shown_once(ada: Browser) -> None:
    page = ada.get(send(ada, "/me/tokens", page="/me", name="script").location).text
    assert 'value="kb_' in page
    assert 'value="kb_' not in ada.get("/me").text


def test_no_token_no_invitation_and_no_password_stands_in_the_database(join: Join, in_site: Flask) -> None:
    admin = join("root", Role.admin)
    secrets = [actions.add_token(admin, "script"), links.invite(Role.member, by=admin)[0], PASSWORD]
    for name in db.inspect(db.engine).get_table_names():
        held = str(db.session.execute(text(f'SELECT * FROM "{name}"')).all())
        assert not [secret for secret in secrets if secret in held or secret.removeprefix("kb_") in held], name
    assert admin.password
    assert admin.password.startswith("$argon2id$")


def test_no_token_of_an_invitation_stands_in_the_log(join: Join, browser: Browser, caplog) -> None:  # type: ignore[no-untyped-def]
    token, _ = links.invite(Role.member, by=join("root", Role.admin))
    with caplog.at_level("DEBUG"):
        assert browser.get(f"/join/{token}").status_code == 200
        assert browser.get("/join/not-a-token").status_code == 404
    assert any("/join/" in str(record.__dict__.get("path")) for record in caplog.records)
    assert token not in str([record.__dict__ for record in caplog.records])
