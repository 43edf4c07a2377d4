"""Chapters as people meet them: the form, the steps, the player's track, the API."""

from html import unescape
from typing import Any

import pytest
from sqlalchemy import update

from kb.db import db, writing
from kb.screencasts.models import Screencast
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.chapters.forms import ms_of, typed_clock
from kb.transcripts.models import Transcript
from tests.screencasts.conftest import world as world
from tests.web.actors import World, word


@pytest.fixture
def item(world: World) -> Any:
    """(before, after): the team's screencast, put back afterwards."""
    with world.put_back():
        yield world.items["team"]


def page(world: World, item: str, rest: str, **options: Any) -> Any:
    return world.call("author", "GET", f"/screencasts/{item}{rest}", **options)


def saved(world: World, item: str, *rows: tuple[str, str, str, str], as_: str = "author", **more: Any) -> Any:
    columns = zip(*rows, strict=True) if rows else [()] * 4
    data = dict(zip(("id", "start", "title", "text"), map(list, columns), strict=True))
    return world.call(as_, "POST", f"/screencasts/{item}/chapters", data=data | more)


def told(world: World, item: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.call("mate", "GET", f"/api/v1/screencasts/{item}/chapters").json["chapters"]
    return found


@pytest.mark.parametrize(
    ("typed", "ms"),
    [("1:24", 84_000), ("0:05.5", 5_500), ("1:02:03", 3_723_000), ("12", 12_000), ("7,25", 7_250), (" 0:01 ", 1_000),
     ("", None), ("x", None), ("-1", None), ("1:2:3:4", None), ("1e3", None), ("\u0661", None)],
)  # fmt: skip
def test_times_are_read_as_people_write_them(typed: str, ms: int | None) -> None:
    assert ms_of(typed) == ms
    if ms is not None:
        assert ms_of(typed_clock(ms)) == ms // 100 * 100


def test_the_form_saves_what_it_shows_in_the_order_of_time(world: World, item: str) -> None:
    before = told(world, item)
    rows = [("", "0:01.5", "Added & new", ""), *((each["id"], "0:01", each["title"], "") for each in before[1:])]
    assert saved(world, item, *rows).status_code == 302
    after = told(world, item)
    assert [(each["start"], each["title"]) for each in after] == [
        (1.0, word("team", "chapter")),
        (1.5, "Added & new"),
    ]
    assert after[0]["id"] == before[1]["id"]
    assert "Added &amp; new" in page(world, item, "/chapters").text


def test_rows_that_are_empty_or_ticked_are_left_out(world: World, item: str) -> None:
    rows = [("", "0", "First", ""), ("", "1", "Second", ""), ("", "", "", "")]
    saved(world, item, *rows, remove=["0"])
    assert [each["title"] for each in told(world, item)] == ["Second"]
    saved(world, item)
    assert told(world, item) == []


def test_what_is_wrong_is_said_and_what_was_typed_stands_there_still(world: World, item: str) -> None:
    before = told(world, item)
    rows = [("", "soon", "First", "Typed text"), ("", "1", "", ""), ("", "99", "x" * 121, "")]
    answer = saved(world, item, *rows)
    text = unescape(answer.text)
    assert answer.status_code == 422
    for sentence in (
        "“First”: Write when it starts, such as 1:24.",
        "The chapter at 1: Give it a title, or remove it.",
        "Take at most 120 characters.",
    ):
        assert sentence in text
    assert "Typed text" in text
    assert 'value="soon"' in text
    assert told(world, item) == before


def test_the_text_that_the_form_offers_is_not_taken_for_one_that_somebody_wrote(world: World, item: str) -> None:
    [first, second] = told(world, item)
    said = "How to reset it"
    saved(world, item, (first["id"], "0", "One", f" {said}\n"), (second["id"], "1", "Two", "Press reset."))
    assert [each["text"] for each in told(world, item)] == [None, "Press reset."]


def test_a_script_gets_the_list_back_in_place_of_the_form(world: World, item: str) -> None:
    headers = {"HX-Request": "true"}
    answer = world.call("author", "POST", f"/screencasts/{item}/chapters/keep", headers=headers)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert f"/screencasts/{item}/chapters.vtt?v=" in answer.text


def test_drafts_are_called_so_until_somebody_keeps_them(world: World, item: str) -> None:
    with world.site.app_context(), writing() as session:
        session.get_one(Screencast, item).chapters_kept = False
        session.execute(update(chapters.Chapter).where(chapters.Chapter.screencast_id == item).values(draft=True))
    assert "Keep these" in page(world, item, "").text
    reader = world.call("mate", "GET", f"/screencasts/{item}").text
    assert "Found by the site" in reader
    assert "Keep these" not in reader
    assert {each["draft"] for each in told(world, item)} == {True}
    assert world.call("author", "POST", f"/screencasts/{item}/chapters/keep").status_code == 302
    assert "Keep these" not in page(world, item, "").text
    assert {each["draft"] for each in told(world, item)} == {False}


def test_the_player_gets_a_track_that_holds_no_markup(world: World, item: str) -> None:
    saved(world, item, ("", "0", "<script>One", ""), ("", "1.5", "Two --> end", ""))
    answer = page(world, item, "/chapters.vtt")
    assert answer.content_type == "text/vtt; charset=utf-8"
    with world.site.app_context():
        duration_ms = db.session.get_one(Screencast, item).duration_ms or 0
    assert answer.text == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n&lt;script&gt;One\n\n"
        f"00:00:01.500 --> 00:00:0{duration_ms / 1000:.3f}\nTwo → end\n"
    )


def test_steps_are_read_with_picture_time_and_words(world: World, item: str) -> None:
    text = world.call("mate", "GET", f"/screencasts/{item}/steps").text
    for piece in ("How to reset it", word("team", "chapter"), word("team", "caption"), word("team", "purpose")):
        assert piece in text
    assert f"/screencasts/{item}?t=1" in text
    assert "/still?at=" in text
    assert "Edit the steps" not in text
    assert "Edit the steps" in page(world, item, "/steps").text


def test_without_chapters_the_whole_transcript_is_there_to_read(world: World, item: str) -> None:
    saved(world, item)
    text = page(world, item, "/steps").text
    assert word("team", "caption") in text
    assert "Divide it into steps" in text
    with world.site.app_context(), writing() as session:
        for each in session.query(Transcript).filter_by(screencast_id=item):
            session.delete(each)
    assert "There are no words to read yet" in page(world, item, "/steps").text


def test_the_api_replaces_them_all(world: World, item: str) -> None:
    url = f"/api/v1/screencasts/{item}/chapters"
    wanted = [{"start": 1.2, "title": "Two", "text": "Do it."}, {"start": 0, "title": "One"}]
    answer = world.call("author", "PUT", url, json={"chapters": wanted})
    assert [(each["start"], each["title"], each["text"]) for each in answer.json["chapters"]] == [
        (0.0, "One", None),
        (1.2, "Two", "Do it."),
    ]
    short = world.call("mate", "GET", f"/api/v1/screencasts/{item}").json["chapters"]
    assert short == [{"start": 0.0, "title": "One"}, {"start": 1.2, "title": "Two"}]
    refused = world.call("author", "PUT", url, json={"chapters": [{"start": 77, "title": "Late"}]})
    assert (refused.status_code, refused.json["errors"]) == (422, {"chapters": ["The recording is over at 1:17."]})
    assert world.call("author", "PUT", url, json={"chapters": [{"start": 0, "title": " "}]}).status_code == 422
