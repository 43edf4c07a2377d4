"""One screencast with its words beside it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kb.db import db, writing
from kb.errors import ToolFailed
from kb.pages.views import _start_s
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import leasing
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People
from tests.web.actors import World, word


def test_it_plays_and_shows_what_is_said(world: World) -> None:
    page = world.call("mate", "GET", f"/screencasts/{world.items['team']}").text
    assert f"/screencasts/{world.items['team']}/files/video.mp4" in page
    assert f"/screencasts/{world.items['team']}/captions/en.vtt" in page
    assert f"/screencasts/{world.items['team']}/storyboard.vtt" in page
    for place in ("title", "purpose", "description", "tag", "caption"):
        assert word("team", place) in page
    assert "Team Blue" in page


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("1", 1), ("1.5", 1.5), ("0:01", 1), ("0:0:1", 1), ("", 0), ("x", 0), ("-1", 0), ("nan", 0), ("inf", 0),
     ("1e9", 0), ("99", 0), ("1:2:3:4", 0), ("\u0661", 1), ("<script>", 0)],
)  # fmt: skip
def test_it_starts_at_the_second_in_the_address(world: World, given: str, seconds: float) -> None:
    assert _start_s(given, 2000) == seconds
    page = world.call("mate", "GET", f"/screencasts/{world.items['team']}", query_string={"t": given})
    assert page.status_code == 200
    assert "<script>" not in page.text.partition("<main")[2]


def test_searched_words_are_marked_in_what_is_said(world: World) -> None:
    url = f"/screencasts/{world.items['team']}?q={word('team', 'caption')}"
    assert f"<mark>{word('team', 'caption')}</mark>" in world.call("mate", "GET", url).text
    assert "<mark>" not in world.call("mate", "GET", url.partition("?")[0]).text


def test_only_who_may_change_it_sees_how(world: World) -> None:
    for actor, may in (("author", True), ("mate", False), ("curator", True)):
        kind = "everyone" if actor == "curator" else "team"
        url = f"/screencasts/{world.items[kind]}"
        page = world.call(actor, "GET", url).text
        assert (f"{url}/edit" in page, f"{url}/delete" in page) == (may, may), actor


def test_while_it_is_made_the_page_says_what_is_being_done(receive: Callable[..., str], author: Caller) -> None:
    page = author.get(f"/screencasts/{receive()}").text
    assert "Looking at the file" in page
    assert "view=stage" in page


def test_what_failed_says_why_and_how_to_go_on(
    receive: Callable[..., str], author: Caller, people: People, call_as: Callable[[str], Caller]
) -> None:
    item = receive()

    def fail(_lease: object) -> None:
        raise ToolFailed("The picture stops in the middle. Export it again.", permanent=True, code="broken")

    leasing.perform(item, "probe", fail)
    page = author.get(f"/screencasts/{item}").text
    assert "The picture stops in the middle. Export it again." in page
    assert f"/screencasts/{item}/retry" in page
    assert f"/screencasts/{item}/retry" not in call_as(people.other).get(f"/screencasts/{item}").text


def test_of_several_transcripts_the_one_that_people_wrote_is_shown(receive: Callable[..., str], author: Caller) -> None:
    item = receive()
    heard = [TimedText(0, 900, "heard by the machine")]
    transcripts.put(item, "de", heard, source=WordsFrom.speech, draft=True)
    assert "heard by the machine" in author.get(f"/screencasts/{item}").text
    transcripts.put(item, "en", [TimedText(0, 900, "written by people")], source=WordsFrom.edited)
    page = author.get(f"/screencasts/{item}").text
    assert "written by people" in page
    assert "heard by the machine" not in page
    assert "some words may be wrong" not in page


def test_a_page_says_whether_its_original_is_kept(
    receive: Callable[..., str],
    run_jobs: Callable[[], list[str]],
    people: People,
    signed_in: Callable[[str], FlaskClient],
) -> None:
    item = receive()
    run_jobs()
    author, other = signed_in(people.author), signed_in(people.other)
    for page in (author.get(f"/screencasts/{item}"), author.get(f"/screencasts/{item}/edit")):
        assert f'href="/screencasts/{item}/original"' in page.text
    with writing():
        db.session.get_one(Screencast, item).original_key = None
    for page in (author.get(f"/screencasts/{item}"), author.get(f"/screencasts/{item}/edit")):
        assert "The original is not kept here" in page.text and "/original" not in page.text
    assert "The original is not kept here" not in other.get(f"/screencasts/{item}").text


def test_words_that_the_engine_was_not_sure_of_are_grey(
    receive: Callable[..., str], signed_in: Callable[[str], FlaskClient], people: People
) -> None:
    item = receive(title="Restart the pod")
    said = {0: [[0, 400, "restart", 0.9], [400, 600, "the", 0.9], [600, 900, "pond", 0.2]]}
    cues = [TimedText(0, 900, "restart the pond")]
    transcripts.put(item, "en", cues, source=WordsFrom.speech, draft=True, words=said)
    page = signed_in(people.author).get(f"/screencasts/{item}").text
    assert 'restart the <span class="doubtful">pond</span>' in page
    page = signed_in(people.author).get(f"/screencasts/{item}?q=pond").text
    assert 'restart the <span class="doubtful"><mark>pond</mark></span>' in page
