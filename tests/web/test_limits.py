"""How often one may ask, and that no header makes one somebody else. Counted in memory: no Redis listens."""

import pytest
from flask import Flask

from tests.accounts.conftest import csrf_of
from tests.web.actors import Browser


@pytest.fixture
def browser(site: Flask) -> Browser:
    return site.test_client()  # type: ignore[return-value]


def test_guessing_is_slowed_down_and_the_answer_says_for_how_long(browser: Browser) -> None:
    for _ in range(30):
        assert browser.get("/join/guess").status_code == 404
    answer = browser.get("/join/guess", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (429, "too-many")
    assert 0 < int(answer.headers["Retry-After"]) <= 61


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP", "X-Forwarded-Host"]
)
def test_no_header_makes_one_somebody_else(browser: Browser, header: str) -> None:
    statuses = [
        browser.get("/join/guess", headers={header: f"for=10.0.0.{n}" if header == "Forwarded" else f"10.0.0.{n}"})
        for n in range(32)
    ]
    assert [answer.status_code for answer in statuses][-2:] == [429, 429]


def test_passwords_are_tried_20_times_a_minute(browser: Browser) -> None:
    csrf = csrf_of(browser)
    answers = [browser.post("/sign-in", data={"email": "", "csrf_token": csrf}) for _ in range(2)]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"20"}
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["19", "18"]


def test_a_token_may_read_6000_times_and_write_600_times_a_minute(people, call_as) -> None:  # type: ignore[no-untyped-def]
    author, other = call_as(people.author), call_as(people.other)

    def left(answer) -> tuple[str, str]:  # type: ignore[no-untyped-def]
        return answer.headers["X-RateLimit-Limit"], answer.headers["X-RateLimit-Remaining"]

    assert left(author.get("/api/v1/me")) == ("6000", "5999")
    assert left(author.get("/api/v1/categories")) == ("6000", "5998")
    assert left(author.delete("/api/v1/screencasts/unknown")) == ("600", "599")
    assert left(author.delete("/api/v1/screencasts/unknown")) == ("600", "598")
    assert left(other.delete("/api/v1/screencasts/unknown")) == ("600", "599")


def test_only_a_refusal_asks_to_come_again(browser: Browser) -> None:
    assert "Retry-After" not in browser.get("/healthz").headers
    assert "Retry-After" not in browser.get("/join/guess").headers


def test_two_tokens_of_a_person_count_as_one(people, call_as) -> None:  # type: ignore[no-untyped-def]
    call_as(people.author).get("/api/v1/me")
    assert call_as(people.author).get("/api/v1/me").headers["X-RateLimit-Remaining"] == "5998"
