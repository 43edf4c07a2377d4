"""The words of a screencast in the API: three formats, in and out."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from kb.db import db, now, writing
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import LARGEST_BYTES, TimedText
from kb.transcripts.models import Cue, WordsFrom
from tests.conftest import Caller, People
from tests.screencasts.test_upload import refused

VTT = "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nReset the <b>VPN</b> &amp; wait\n"
STRICT = "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nReset the VPN &amp; wait\n"
SRT = "1\n00:00:00,500 --> 00:00:01,500\nReset the VPN & wait\n"
CUES = [{"start": 0.5, "end": 1.5, "text": "Reset the VPN & wait"}]


@pytest.fixture
def url(people: People) -> str:
    """Of the words of a recording; the words themselves, by speech recognition, are a draft."""
    with writing() as session:
        item = Screencast(title="Reset", author_id=people.author, published_at=now())
        session.add(item)
    actions.put(item.id, "en", [TimedText(0, 900, "heard words")], source=WordsFrom.speech, draft=True)
    return f"/api/v1/screencasts/{item.id}/transcripts/en"


def put(caller: Caller, url: str, body: object, kind: str) -> Any:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return caller.put(url, data=data, content_type=kind)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/vtt", VTT),
        ("text/vtt; charset=utf-8", VTT),
        ("application/x-subrip", SRT),
        ("application/json", {"cues": CUES}),
    ],
)
def test_words_are_replaced_in_each_format_and_told_in_each(author: Caller, url: str, kind: str, body: object) -> None:
    assert put(author, url, body, kind).status_code == 200
    told = author.get(url, headers={"Accept": "application/json"})
    assert told.json == {"language": "en", "source": "edited", "draft": False, "cues": CUES}
    assert author.get(url, headers={"Accept": "application/x-subrip"}).text == SRT
    assert author.get(url).text == STRICT


@pytest.mark.parametrize(
    ("accept", "kind"),
    [(None, "text/vtt; charset=utf-8"), ("*/*", "text/vtt; charset=utf-8"), ("text/*", "text/vtt; charset=utf-8"),
     ("image/png", "text/vtt; charset=utf-8"), ("application/x-subrip", "application/x-subrip; charset=utf-8"),
     ("application/json", "application/json"), ("text/vtt;q=0.1, application/json;q=0.9", "application/json")],
)  # fmt: skip
def test_the_format_is_the_one_that_was_asked_for_and_webvtt_otherwise(
    author: Caller, url: str, accept: str | None, kind: str
) -> None:
    answer = author.get(url, headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.content_type) == (200, kind)


def test_what_people_wrote_is_no_draft(author: Caller, url: str) -> None:
    put(author, url, VTT, "text/vtt")
    shown = author.get(f"/api/v1/screencasts/{url.split('/')[4]}").json["captions"]
    assert [(each["language"], each["source"], each["draft"]) for each in shown] == [("en", "edited", False)]


def test_what_people_wrote_stays_when_the_engine_would_hear_it(
    author: Caller, receive: Callable[..., str], run_jobs: Callable[[], list[str]]
) -> None:
    item = f"/api/v1/screencasts/{receive()}"
    put(author, f"{item}/transcripts/en", VTT, "text/vtt")
    assert "transcripts.speech" in run_jobs()
    speech = next(step for step in author.get(item).json["steps"] if step["name"] == "speech")
    assert (speech["state"], speech["error"]["code"]) == ("skipped", "has-captions")
    assert author.get(f"{item}/transcripts/en").text == STRICT


def test_new_words_ask_for_the_index_and_leave_no_old_ones(author: Caller, url: str) -> None:
    with writing() as session:
        session.query(Outbox).delete()
    put(author, url, VTT, "text/vtt")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Outbox)) == 1
    assert list(db.session.scalars(select(Cue.text))) == ["Reset the VPN & wait"]


def test_a_language_is_the_same_in_any_case(author: Caller, url: str) -> None:
    other = url.removesuffix("en")
    put(author, f"{other}pt-br", VTT, "text/vtt")
    put(author, f"{other}PT-BR", SRT, "application/x-subrip")
    assert author.get(f"{other}pt-BR").status_code == author.get(f"{other}Pt-bR").status_code == 200
    shown = author.get(f"/api/v1/screencasts/{url.split('/')[4]}").json["captions"]
    assert sorted(each["language"] for each in shown) == ["en", "pt-BR"]
    assert author.get(shown[0]["url"].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_language_that_is_none_is_refused_and_not_found(author: Caller, url: str) -> None:
    for language in ("..%2F..%2Fx", "e", "english-and-more", "en_US", "en%00", "%2e%2e", "en-" + "x" * 40, "'--", "*"):
        place = url.removesuffix("en") + language
        answer = put(author, place, VTT, "text/vtt")
        assert answer.status_code in (404, 422)
        refused(answer, answer.status_code, answer.json["code"])
        assert author.get(place).status_code == 404
        assert author.get(f"/screencasts/{url.split('/')[4]}/captions/{language}.vtt").status_code == 404


def test_a_language_without_words_is_not_found(author: Caller, url: str) -> None:
    refused(author.get(url.removesuffix("en") + "de"), 404, "not-found")


def test_another_format_is_refused(author: Caller, url: str) -> None:
    for kind in ("text/html", "image/png", "application/octet-stream", "", "multipart/form-data"):
        refused(put(author, url, VTT, kind), 415, "unsupported")


# fmt: off
NO_WORDS: tuple[object, ...] = (
     b"", b"{", b"[]", b"null", {"cues": None}, {"cues": {}}, {"cues": []}, {"cues": [1]}, {"cues": [{}]},
     {"cues": [{"start": "a", "end": 1, "text": "x"}]}, {"cues": [{"start": 0, "end": 1, "text": {"a": 1}}]},
     {"cues": [{"start": 0, "end": 1, "text": ""}]}, {"cues": [{"start": 2, "end": 1, "text": "x"}]},
     {"cues": [{"start": -1, "end": 1, "text": "x"}]}, b'{"cues": [{"start": NaN, "end": 1, "text": "x"}]}',
     b'{"cues": [{"start": 0, "end": Infinity, "text": "x"}]}', b'{"cues": [{"start": 0, "end": 1e308, "text": "x"}]}',
     {"cues": [{"start": 0, "end": 10**30, "text": "x"}]}, b"[" * 200_000, b'{"cues": "\xff"}',
     b'{"cues": [{"start": 0, "end": 1, "text": "\\ud800"}]}',
)
# fmt: on


def test_json_that_holds_no_words_is_refused_and_changes_nothing(author: Caller, url: str) -> None:
    for body in NO_WORDS:
        refused(put(author, url, body, "application/json"), 422, "bad-captions")
    assert "heard words" in author.get(url).text


def test_a_file_that_holds_no_words_is_refused_and_changes_nothing(author: Caller, url: str) -> None:
    for body in (b"", b"no captions", b"\x00" * 99, b"WEBVTT\n"):
        refused(put(author, url, body, "text/vtt"), 422, "bad-captions", "captions")
    assert "heard words" in author.get(url).text


def test_too_many_words_are_refused_before_they_are_read(author: Caller, url: str) -> None:
    refused(put(author, url, b"x" * (LARGEST_BYTES + 1), "text/vtt"), 413, "too-large")
    assert "heard words" in author.get(url).text


def test_captions_for_the_player_are_strict_webvtt_in_which_nothing_could_run(author: Caller, url: str) -> None:
    put(
        author,
        url,
        {"cues": [{"start": 0, "end": 1, "text": "<script>alert(1)</script>\n\n--> x"}]},
        "application/json",
    )
    answer = author.get(f"/screencasts/{url.split('/')[4]}/captions/en.vtt")
    assert answer.text == ("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n&lt;script&gt;alert(1)&lt;/script&gt;\n→ x\n")
    assert answer.content_type == "text/vtt; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_all_languages_are_listed_with_whose_words_they_are(author: Caller, url: str) -> None:
    listed = url.removesuffix("/en")
    put(author, f"{listed}/zh-hans", VTT, "text/vtt")
    told = author.get(listed).json
    assert told["next"] is None
    facts = [(each["language"], each["name"], each["source"], each["draft"], each["by"]) for each in told["items"]]
    assert facts == [
        ("zh-Hans", "Chinese (Simplified)", "edited", False, ["Test Author"]),
        ("en", "English", "speech", True, []),
    ]
    assert [each["count"] for each in told["items"]] == [1, 1]
    assert told["items"][0]["url"].endswith(f"{listed}/zh-Hans")


def test_words_are_deleted_once(author: Caller, url: str) -> None:
    assert author.delete(url).status_code == 204
    refused(author.delete(url), 404, "not-found")
    refused(author.get(url), 404, "not-found")
    assert author.get(f"/api/v1/screencasts/{url.split('/')[4]}").json["captions"] == []


def test_a_draft_says_so_in_its_file(author: Caller, url: str) -> None:
    assert "NOTE Draft: written by speech recognition" in author.get(url).text
    put(author, url, VTT, "text/vtt")
    assert "NOTE" not in author.get(url).text
