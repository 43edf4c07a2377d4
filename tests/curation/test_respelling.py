"""From the glossary to older transcripts: shown, done for what is ticked, found by search, taken back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.categories import glossary
from kb.categories.glossary import Known
from kb.db import db, writing
from kb.search.actions import drain
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.accounts.conftest import csrf_of
from tests.conftest import Caller, People


@pytest.fixture
def say(add: Callable[..., str]) -> Callable[..., str]:
    """(title, text, columns …) -> id"""

    def said(title: str, text: str, **columns: Any) -> str:
        screencast_id = add(title, **columns)
        with writing():
            actions.put(screencast_id, "en", [TimedText(7000, 9000, text)], source=WordsFrom.speech)
        drain()
        return screencast_id

    return said


@pytest.fixture
def kubernetes(people: People) -> Known:
    glossary.add("Kubernetes", ["kuber netties"], by=people.curator)
    return glossary.glossary().words[0]


@pytest.fixture
def curator(signed_in: Callable[[str], FlaskClient], people: People) -> FlaskClient:
    return signed_in(people.curator)


@pytest.fixture
def send(curator: FlaskClient) -> Callable[..., Any]:
    def sent(url: str, **fields: Any) -> Any:
        token = csrf_of(curator, "/glossary")
        return curator.post(url, data={"csrf_token": token} | fields, follow_redirects=True)

    return sent


def text(screencast_id: str) -> str:
    db.session.expire_all()
    return actions.find(screencast_id, "en").cues[0].text


def boxes(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('name="cue" value="')[1:]]


def test_a_preview_shows_what_is_said_where_and_what_comes_instead(
    curator: FlaskClient, say: Callable[..., str], kubernetes: Known
) -> None:
    seen = say("Pods <1>", "so kuber netties & co")
    say("Mine alone", "kuber netties", visibility="private")
    page = curator.get(f"/glossary/preview?word={kubernetes.id}").text
    assert "Pods &lt;1&gt;" in page and f"/screencasts/{seen}?t=7" in page
    assert '<del class="went">kuber netties</del> <ins class="came">Kubernetes</ins> &amp; co' in page
    assert "Mine alone" not in page and len(boxes(page)) == 1


def test_what_is_ticked_is_put_right_found_by_search_and_taken_back(
    send: Callable[..., Any],
    curator: FlaskClient,
    say: Callable[..., str],
    kubernetes: Known,
    call_as: Callable[[str | None], Caller],
    people: People,
) -> None:
    first, second = say("First", "so kuber netties"), say("Second", "and kuber netties")
    [box, _] = boxes(curator.get("/glossary/preview").text)
    page = send("/glossary/preview", cue=box).text
    assert "“Kubernetes” put right in 1 screencast." in page
    assert (text(first), text(second)) == ("so Kubernetes", "and kuber netties")
    drain()
    glossary.remove(kubernetes.id, by=people.curator)
    answer = call_as(people.other).get("/api/v1/search?q=kubernetes").json
    assert [hit["screencast"]["id"] for hit in answer["hits"]] == [first]
    undo = page.split('action="/curation/changes/')[1].split('"')[0]
    assert "Taken back for 1 screencast." in send(f"/curation/changes/{undo}").text
    assert text(first) == "so kuber netties"
    assert "put right" in curator.get("/curation").text


def test_only_the_word_that_was_asked_for_is_put_right(
    send: Callable[..., Any], curator: FlaskClient, say: Callable[..., str], kubernetes: Known, people: People
) -> None:
    glossary.add("GitHub", ["git hub"], by=people.curator)
    both = say("Both", "kuber netties on git hub")
    all_boxes = boxes(curator.get("/glossary/preview").text)
    assert len(all_boxes) == 1
    send("/glossary/preview", cue=all_boxes, word=kubernetes.id)
    assert text(both) == "Kubernetes on git hub"


def test_nothing_ticked_and_nothing_left_to_do_are_said(
    send: Callable[..., Any], say: Callable[..., str], kubernetes: Known
) -> None:
    assert "Choose some lines first." in send("/glossary/preview").text
    assert "they are right already" in send("/glossary/preview", cue=["999", "x", "²", "9" * 30]).text
    assert "Take at most 200 lines at once." in send("/glossary/preview", cue=[str(n) for n in range(201)]).text


def test_the_list_says_how_many_each_word_would_change(
    curator: FlaskClient, say: Callable[..., str], kubernetes: Known, people: People
) -> None:
    say("First", "so kuber netties")
    say("Hidden", "so kuber netties", visibility="team", team_id=people.team)
    right = glossary.add("GitHub", by=people.curator).id
    part = curator.get(f"/glossary/counts?word={kubernetes.id}&word={right}").text
    assert part.count("hx-swap-oob") == 1 and "1 to put right" in part and kubernetes.id in part
    assert "1 screencast says it otherwise." in curator.get(f"/glossary/says?word={kubernetes.id}").text
    assert "No transcript that you can see" in curator.get(f"/glossary/says?word={right}").text


def test_what_was_put_right_is_told_without_a_word_of_it(
    send: Callable[..., Any], curator: FlaskClient, say: Callable[..., str], kubernetes: Known
) -> None:
    say("Secret title", "so kuber netties")
    send("/glossary/preview", cue=boxes(curator.get("/glossary/preview").text))
    told = curator.get("/audit").text
    assert "put names right in" in told and "1 screencast" in told and "Secret title" not in told
