"""Solves over HTTP: by the API, by forms without JavaScript, and in parts of the page."""

from collections.abc import Iterator

import pytest

from tests.web.actors import World, word

SOLVED = "/api/v1/screencasts/{}/solved"
UNHELPED = "/api/v1/screencasts/{}/unhelped"
PART = {"HX-Request": "true"}


@pytest.fixture
def item(world: World) -> Iterator[str]:
    """For everybody here; mate has said that it solved it."""
    with world.put_back():
        yield world.items["everyone"]


def test_the_answer_holds_the_solve(world: World, item: str) -> None:
    sent = {"at": 1.25, "minutes_saved": 30, "instead_of": "course", "note": " the\x00 VAT\n of March "}
    made = world.call("other", "POST", SOLVED.format(item), json=sent)
    assert made.status_code == 201
    assert made.json | {"solved_at": ""} == sent | {"note": "the VAT of March", "solved_at": "", "solved_count": 2}
    assert world.call("other", "GET", f"/api/v1/screencasts/{item}").json["solved_count"] == 2
    bare = world.call("other", "POST", SOLVED.format(item), json={}).json
    assert (bare["at"], bare["minutes_saved"], bare["instead_of"], bare["note"]) == (None, None, None, "")
    assert world.call("other", "DELETE", SOLVED.format(item)).status_code == 204
    assert world.call("other", "GET", f"/api/v1/screencasts/{item}").json["solved_count"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("at", value) for value in (-1, "later", 3.5, 1e12)),
        *(("minutes_saved", value) for value in (0, 10_001, 1.5, "an hour")),
        ("instead_of", "magic"),
        ("note", "x" * 301),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(world: World, item: str, field: str, value: object) -> None:
    refused = world.call("other", "POST", SOLVED.format(item), json={field: value})
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert world.call("other", "GET", f"/api/v1/screencasts/{item}").json["solved_count"] == 1


def test_why_it_did_not_help_is_one_of_four_reasons(world: World, item: str) -> None:
    assert world.call("other", "POST", UNHELPED.format(item), json={"reason": "boring"}).status_code == 422
    made = world.call("other", "POST", UNHELPED.format(item), json={"reason": "outdated"})
    assert (made.status_code, made.json["reason"]) == (201, "outdated")
    assert world.call("other", "DELETE", UNHELPED.format(item)).status_code == 204


def test_the_most_solved_come_first(world: World, item: str) -> None:
    world.call("other", "POST", SOLVED.format(item), json={})
    for url in ("/api/v1/screencasts?sort=solved", "/api/v1/search?q=reset&sort=solved"):
        answer = world.call("other", "GET", url).json
        first = answer["items"][0] if "items" in answer else answer["hits"][0]["screencast"]
        assert first["id"] == item


def test_without_a_script_one_comes_back_to_the_page_and_the_second(world: World, item: str) -> None:
    page = f"/screencasts/{item}"
    said = world.call("other", "POST", f"{page}/solved", data={"at": "1.5"})
    assert (said.status_code, said.location) == (302, f"{page}?t=1.5#helped")
    assert "Solved it for you" in world.call("other", "GET", page).text
    undone = world.call("other", "POST", f"{page}/solved/undo")
    assert (undone.status_code, undone.location) == (302, f"{page}#helped")
    assert "This solved it" in world.call("other", "GET", page).text


def test_the_part_that_a_press_brings_says_what_happens_with_it(world: World, item: str) -> None:
    page = f"/screencasts/{item}"
    solved = world.call("other", "POST", f"{page}/solved", data={"at": "1.5"}, headers=PART).text
    assert "<html" not in solved
    assert "Who searches for the same finds this sooner." in solved
    refused = world.call("other", "POST", f"{page}/solved", data={"note": "x" * 301}, headers=PART)
    assert refused.status_code == 422
    assert "Take at most 300 characters." in refused.text
    unhelped = world.call("other", "POST", f"{page}/unhelped", data={"reason": "unclear"}, headers=PART).text
    assert "I can&#39;t follow it" in unhelped
    assert "without your name" in unhelped


def test_visitors_read_what_it_solved_and_colleagues_for_whom(world: World) -> None:
    page = f"/screencasts/{world.items['public']}"
    note = word("public", "solve")
    for actor in ("other", "author", "mate"):
        colleague = world.call(actor, "GET", page).text
        assert "Test Mate" in colleague, actor
        assert note in colleague, actor
    visitor = world.call("nobody", "GET", page, public=True).text
    assert "Solved it for 1 person" in visitor
    assert note in visitor
    assert note in str(world.call("nobody", "GET", f"/api/v1/search?q={note}", public=True).json["hits"])
    assert "Test Mate" not in visitor
    assert "This solved it" not in visitor


def test_the_line_at_which_it_did_is_marked_for_whoever_may_watch(world: World) -> None:
    with world.put_back():
        item = world.items["public"]
        world.call("other", "POST", SOLVED.format(item), json={"at": 1.2})
        for actor in ("author", "nobody"):
            page = world.call(actor, "GET", f"/screencasts/{item}", public=True).text
            assert page.count('class="cue-solved" title="Solved it for 1 person"') == 1, actor


def test_its_author_reads_why_it_did_not_help_and_not_whom(world: World, item: str) -> None:
    world.call("other", "POST", UNHELPED.format(item), json={"reason": "outdated"})
    page = f"/screencasts/{item}"
    author = world.call("author", "GET", page).text
    assert "Didn't help 1 person: “It is out of date” (1)" in author
    assert "Test Other" not in author
    assert "This solved it" not in author
    assert "” (1)" not in world.call("mate", "GET", page).text
