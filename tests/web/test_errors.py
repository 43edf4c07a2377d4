"""Every failure is told in words: a problem document to programs, a page to people, nothing of the inside to both."""

from collections.abc import Callable

import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from kb.db import writing
from kb.errors import Conflict
from tests.conftest import Caller, People
from tests.screencasts.test_upload import refused
from tests.web.actors import Browser

ODD = (
    "%00",
    "%ff%fe",
    "%F0%9F%8E%AC",
    "'",
    "%22",
    "..",
    "%2e%2e%2f",
    "x" * 3000,
    "%0d%0aSet-Cookie:x",
    "-1",
    "{{7*7}}",
)
# fmt: off
PATHS = (
    "/screencasts/{}", "/api/v1/screencasts/{}", "/api/v1/people/{}", "/join/{}", "/categories/{}/delete",
    "/?category={}", "/?tag={}", "/?author={}", "/?sort={}", "/?cursor={}", "/?mine={}", "/search?q={}",
    "/search?q=x&category={}", "/search?q=x&cursor={}", "/search?q=by:{}", "/search?q=tag:{}",
    "/screencasts/x/status?view={}", "/sign-in?next={}", "/api/v1/search?q={}", "/api/v1/search?author={}",
    "/api/v1/search?tag={}", "/api/v1/search?category={}", "/api/v1/search?q=x&limit={}",
)
# fmt: on


@pytest.fixture
def breaking(site: Flask) -> Browser:
    """With routes that fail, each in its way."""

    def route(name: str, error: Exception) -> None:
        def view() -> str:
            raise error

        site.add_url_rule(f"/api/{name}", name, view)
        site.add_url_rule(f"/{name}", f"page_{name}", view)

    route("mistake", ValueError("the secret inside, at /home/somebody"))
    route("conflict", Conflict("Somebody changed it.", errors={"name": ["Taken."]}))
    route("database", OperationalError("SELECT secret", {}, Exception("disk I/O error")))
    route("nul", DataError("SELECT secret", {}, Exception("NUL in a text field")))
    route("stale", StaleDataError("DELETE statement on table 'secret' expected to delete 1 row(s)"))
    site.testing = False
    return site.test_client()  # type: ignore[return-value]


def test_a_call_that_does_not_exist_is_not_found(site: Flask, people: People, call_as: Callable[..., Caller]) -> None:
    for caller in (call_as(None), call_as(people.author)):
        for url in ("/api/v1/nothing", "/api/v2/screencasts", "/api/", "/api/v1/screencasts/x/y/z"):
            refused(caller.get(url), 404, "not-found")
        refused(caller.post("/api/v1/nothing", json={}), 404, "not-found")


def test_a_call_with_another_method_says_which_ones_there_are(people: People, call_as: Callable[..., Caller]) -> None:
    answer = call_as(people.author).delete("/api/v1/me")
    refused(answer, 405, "not-allowed-here")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_without_a_token_a_call_says_how_to_sign_in(site: Flask) -> None:
    browser = site.test_client()
    for method, url in (("GET", "/api/v1/me"), ("GET", "/api/v1/screencasts"), ("POST", "/api/v1/screencasts")):
        answer = browser.open(url, method=method)
        refused(answer, 401, "not-signed-in")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer kb_wrong", "bearer x y", "Bearer " + "x" * 5000])
def test_a_token_that_is_none_is_refused(site: Flask, header: str) -> None:
    answer = site.test_client().get("/api/v1/me", headers={"Authorization": header})
    refused(answer, 401, "bad-token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("body", ['{"ids": ["\\ud800"], "trash": true}', '{"ids": ["x"], "category": "\\ud800"}'])
def test_half_a_character_is_refused_in_words(people: People, call_as: Callable[..., Caller], body: str) -> None:
    answer = call_as(people.author).post("/api/v1/bulk", data=body, content_type="application/json")
    refused(answer, 422, "invalid")


def test_what_is_not_ones_own_to_do_is_refused(people: People, call_as: Callable[..., Caller]) -> None:
    refused(call_as(people.author).post("/api/v1/categories", json={"name": "x"}), 403, "not-allowed")


def test_a_mistake_of_ours_tells_nothing_of_the_inside(breaking: Browser) -> None:
    problem = refused(breaking.get("/api/mistake"), 500, "error")
    page = breaking.get("/mistake")
    assert page.status_code == 500
    for text in (str(problem), page.text):
        assert "secret" not in text
        assert "ValueError" not in text
        assert "/home" not in text
    assert "Something went wrong on our side" in page.text


def test_what_may_go_well_in_a_moment_can_be_tried_again_from_its_page(breaking: Browser) -> None:
    for url in ("/mistake", "/database"):
        assert 'href="?page=2"' in breaking.get(f"{url}?page=2").text
    # Never another site, whatever the address looks like.
    assert 'href="//' not in breaking.get("//evil.example/mistake").text
    assert "Try again" not in breaking.get("/conflict").text
    assert "Try again" not in breaking.get("/nothing").text


def test_too_many_requests_is_a_page_for_people(site: Flask) -> None:
    browser = site.test_client()
    for _ in range(30):
        browser.get("/join/guess")
    answer = browser.get("/join/guess", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert "Wait a minute" in answer.text
    assert "Try again" in answer.text


def test_what_went_under_a_request_is_a_conflict(breaking: Browser) -> None:
    assert "secret" not in str(refused(breaking.get("/api/stale"), 409, "conflict"))


def test_a_database_that_is_busy_asks_to_come_again(breaking: Browser) -> None:
    answer = breaking.get("/api/database")
    assert "SELECT" not in str(refused(answer, 503, "busy"))
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.only_sqlite  # To PostgreSQL a table that is gone is a fault of the statement.
def test_while_the_database_fails_people_still_get_a_page(
    people: People, site: Flask, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in(people.author)
    with writing() as session:
        for table in ("person", "site"):
            session.execute(sqlalchemy.text(f"ALTER TABLE {table} RENAME TO lost_{table}"))
    answer = browser.get("/me")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "Busy for a moment" in answer.text
    assert "lost_" not in answer.text


def test_a_value_that_the_database_can_not_keep_is_a_fault_of_the_request(breaking: Browser) -> None:
    assert "SELECT" not in str(refused(breaking.get("/api/nul"), 422, "invalid"))


def test_the_faults_of_fields_are_named_to_programs_and_people(breaking: Browser) -> None:
    problem = refused(breaking.get("/api/conflict"), 409, "conflict", "name")
    assert problem["errors"] == {"name": ["Taken."]}
    page = breaking.get("/conflict")
    assert page.status_code == 409
    assert "Somebody changed it." in page.text
    assert "Taken." in page.text


def test_a_program_that_asks_a_page_for_json_gets_a_problem_document(breaking: Browser) -> None:
    refused(breaking.get("/conflict", headers={"Accept": "application/json"}), 409, "conflict")
    refused(breaking.get("/nothing", headers={"Accept": "application/json"}), 404, "not-found")


def test_people_get_a_page_that_says_what_to_do(site: Flask) -> None:
    answer = site.test_client().get("/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Search may find what you need" in answer.text


def test_whatever_stands_in_an_address_is_no_mistake_of_ours(people: People, call_as: Callable[..., Caller]) -> None:
    author = call_as(people.author)
    for path in PATHS:
        for value in ODD:
            answer = author.get(path.format(value))
            assert answer.status_code < 500, (path, value)
            assert "Set-Cookie:x" not in str(answer.headers)
            assert "49" not in answer.text.partition("<main")[2] or "{{7*7}}" not in value
