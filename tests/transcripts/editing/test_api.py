"""Words corrected through the API, and through the form that needs no script."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.db import now, writing
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import plain
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People

SAID = {"start": 0, "end": 0.9, "text": "restart the spoiler"}
RIGHT = SAID | {"text": "restart the spooler"}
LAST = {"start": 1, "end": 1.9, "text": "and wait"}


@pytest.fixture
def item(people: People) -> str:
    with writing() as session:
        session.add(item := Screencast(title="Reset", author_id=people.author, published_at=now()))
    cues = [TimedText(0, 900, SAID["text"]), TimedText(1000, 1900, LAST["text"])]
    words = {0: [[0, 300, "restart", 0.9], [300, 500, "the", None], [500, 900, "spoiler", 0.2]]}
    actions.put(item.id, "en", cues, source=WordsFrom.speech, draft=True, words=words)
    return item.id


@pytest.fixture
def url(item: str) -> str:
    return f"/api/v1/screencasts/{item}/transcripts/en"


def change(caller: Caller, url: str, version: int, *changes: tuple[dict[str, Any], dict[str, Any]]) -> Any:
    sent = [{"before": [before], "after": [after]} for before, after in changes]
    return caller.patch(url, json={"version": version, "changes": sent})


def test_an_editor_learns_the_version_and_the_time_of_each_word(author: Caller, url: str) -> None:
    told = author.get(f"{url}/cues").json
    assert (told["version"], told["source"], told["draft"], told["language"]) == (1, "speech", True, "en")
    assert told["cues"] == [SAID | {"words": [[0, 0.9], [0.3, None], [0.5, 0.2]]}, LAST | {"words": None}]


def test_a_change_is_answered_with_the_new_version_alone(author: Caller, url: str) -> None:
    assert change(author, url, 1, (SAID, RIGHT)).json == {"version": 2, "draft": True, "cues": None}
    assert "spooler" in author.get(url).text


def test_who_missed_a_change_gets_all_words_with_the_answer(
    author: Caller, url: str, people: People, call_as: Callable[[str], Caller]
) -> None:
    change(call_as(people.curator), url, 1, (LAST, LAST | {"text": "and go"}))
    told = change(author, url, 1, (SAID, RIGHT)).json
    assert (told["version"], [cue["text"] for cue in told["cues"]]) == (3, ["restart the spooler", "and go"])


def test_what_was_cleaned_is_told(author: Caller, url: str) -> None:
    told = change(author, url, 1, (SAID, RIGHT | {"text": "restart  \u202ethe spooler"})).json
    assert told["cues"][0]["text"] == "restart the spooler"


def test_a_conflict_says_which_change_and_what_stands_there(author: Caller, url: str) -> None:
    change(author, url, 1, (SAID, RIGHT))
    answer = change(author, url, 1, (LAST, LAST | {"text": "and go"}), (SAID, SAID | {"text": "mine"}))
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    told = answer.json
    assert (told["code"], told["version"], told["conflicts"]) == (
        "words-changed",
        2,
        [{"change": 1, "theirs": [RIGHT]}],
    )
    assert [cue["text"] for cue in told["cues"]] == ["restart the spooler", "and wait"]


@pytest.mark.parametrize(
    "change",
    [
        {"before": [SAID], "after": [SAID | {"text": ""}]},
        {"before": [SAID], "after": [SAID | {"end": 0}]},
        {"before": [SAID], "after": [SAID | {"start": -1}]},
        {"before": [SAID, LAST], "after": []},
        {"before": [1]},
        {"after": [SAID | {"end": 1e12}]},
    ],
)
def test_what_can_not_be_kept_is_refused_and_changes_nothing(author: Caller, url: str, change: Any) -> None:
    assert author.patch(url, json={"version": 1, "changes": [change]}).status_code == 422
    assert author.get(f"{url}/cues").json["version"] == 1


def test_the_words_are_said_to_be_right(author: Caller, url: str) -> None:
    assert author.patch(url, json={"version": 1, "draft": False}).json["draft"] is False
    assert author.get(f"{url}/cues").json["cues"][0]["words"] == [[0, None], [0.3, None], [0.5, None]]


def test_history_is_listed_and_restored(author: Caller, url: str) -> None:
    change(author, url, 1, (SAID, RIGHT))
    items = author.get(f"{url}/revisions").json["items"]
    assert [(each["number"], each["cause"], each["by"]) for each in items] == [
        (2, "edited", "Test Author"), (1, "heard", None)
    ]  # fmt: skip
    assert author.post(f"{url}/revisions/1/restore").json["cues"][0]["text"] == SAID["text"]
    assert author.post(f"{url}/revisions/9/restore").status_code == 404


def test_a_proposal_is_seen_by_who_made_it_and_by_who_may_take_it_up(
    author: Caller, url: str, people: People, call_as: Callable[[str], Caller]
) -> None:
    other, mate = call_as(people.other), call_as(people.mate)
    proposal = other.post(f"{url}/proposals", json={"cue": SAID, "text": RIGHT["text"]})
    assert proposal.status_code == 201
    seen = [len(caller.get(f"{url}/proposals").json["items"]) for caller in (author, other, mate)]
    assert seen == [1, 1, 0]
    change(author, url, 1, (SAID, SAID | {"text": "something else"}))
    assert author.get(f"{url}/proposals").json["items"][0]["stale"] is True
    assert author.post(f"{url}/proposals/{proposal.json['id']}/accept").status_code == 409


def test_without_scripts_the_words_are_changed_as_text(
    item: str, people: People, signed_in: Callable[[str], FlaskClient], author: Caller, url: str
) -> None:
    page = f"/screencasts/{item}/transcripts/en/edit"
    shown = author.get(page).text
    assert "[0:00 - 0:00.9] restart the spoiler" in shown
    text = plain.written([TimedText(0, 900, "restart the spooler"), TimedText(1000, 1900, "and wait")])
    assert author.post(page, data={"words": text, "version": "1", "right": "yes"}).status_code == 302
    told = author.get(f"{url}/cues").json
    assert ([cue["text"] for cue in told["cues"]], told["draft"]) == (["restart the spooler", "and wait"], False)


def test_a_form_that_is_older_than_the_words_says_what_it_would_change(item: str, author: Caller, url: str) -> None:
    change(author, url, 1, (LAST, LAST | {"text": "and go"}))
    text = plain.written([TimedText(0, 900, "restart the spooler"), TimedText(1000, 1900, "and wait")])
    answer = author.post(f"/screencasts/{item}/transcripts/en/edit", data={"words": text, "version": "1"})
    assert answer.status_code == 409
    assert "<del" in answer.text and "Somebody saved other words meanwhile" in answer.text
    assert "[0:00 - 0:00.9] restart the spooler" in answer.text
    assert author.get(f"{url}/cues").json["cues"][1]["text"] == "and go"


def test_what_somebody_changes_whose_words_they_are_not_becomes_a_proposal(
    item: str, people: People, call_as: Callable[[str], Caller], author: Caller, url: str
) -> None:
    other = call_as(people.other)
    page = f"/screencasts/{item}/transcripts/en/edit"
    text = plain.written([TimedText(0, 900, "restart the spooler"), TimedText(1000, 1900, "and wait")])
    assert other.post(page, data={"words": text}).status_code == 302
    (proposal,) = author.get(f"{url}/proposals").json["items"]
    assert (proposal["before"], proposal["after"], proposal["by"]) == (SAID["text"], RIGHT["text"], "Test Other")
    moved = plain.written([TimedText(100, 900, "restart the spooler"), TimedText(1000, 1900, "and wait")])
    assert other.post(page, data={"words": moved}).status_code == 422
    assert author.get(f"{url}/cues").json["version"] == 1


def test_history_marks_what_came_and_went(item: str, author: Caller, url: str) -> None:
    change(author, url, 1, (SAID, RIGHT | {"text": "restart <b>it</b>"}))
    page = author.get(f"/screencasts/{item}/transcripts/en/history").text
    assert '<del class="went">the spoiler</del>' in page
    assert '<ins class="came">&lt;b&gt;it&lt;/b&gt;</ins>' in page
