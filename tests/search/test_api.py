"""The answer of a search in the API, as the public contract has it."""

from collections.abc import Callable

import pytest
from flask import Flask

from kb.db import now, writing
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People
from tests.screencasts.test_upload import refused
from tests.web.actors import World, word

HERE = "http://127.0.0.1:8000"


def test_an_answer_has_the_fields_of_the_contract(world: World) -> None:
    answer = world.call("author", "GET", f"/api/v1/search?q={word('team', 'caption')}").json
    contract = {"query", "total", "took_ms", "did_you_mean", "hits", "facets", "next"}
    assert set(answer) == contract | {"as_typed", "close", "degraded", "notes", "understood", "nearby", "search_id"}
    assert (answer["query"], answer["total"], answer["did_you_mean"]) == (word("team", "caption"), 1, None)
    assert (answer["next"], answer["degraded"]) == (None, False)
    assert answer["took_ms"] > 0
    (hit,) = answer["hits"]
    assert set(hit) == {"screencast", "score", "title_html", "moments", "lacks"}
    assert hit["screencast"] == world.call("author", "GET", f"/api/v1/screencasts/{world.items['team']}").json
    assert hit["score"] > 0
    (moment,) = hit["moments"]
    assert set(moment) == {"start", "end", "source", "solved_count", "html", "still", "url"}
    assert (moment["start"], moment["end"], moment["source"]) == (1.0, 1.9, "speech")
    assert moment["html"] == f"then <mark>{word('team', 'caption')}</mark> here"
    assert moment["url"] == f"{HERE}/screencasts/{world.items['team']}?t=1"
    assert moment["still"] == f"{HERE}/screencasts/{world.items['team']}/still?at=1"
    assert answer["facets"]["category"] == [{"value": world.category, "label": "Network", "count": 1}]


@pytest.mark.parametrize(
    ("words", "lacks"),
    [
        ("descale coffee machines", {"Clean a coffee machine": ["descale"], "A machine": ["descale", "coffee"]}),
        ("cleaning the machine", {"Clean a coffee machine": [], "A machine": ["cleaning"]}),
        ("coffee mach", {"Clean a coffee machine": [], "A machine": ["coffee"]}),
        ("tag:kitchen", {"Clean a coffee machine": []}),
    ],
)
def test_a_hit_says_which_of_the_words_it_has_in_no_form(
    author: Caller, make: Callable[..., Screencast], words: str, lacks: dict[str, list[str]]
) -> None:
    make("Clean a coffee machine", "kitchen")
    make("A machine")
    actions.rebuild()
    hits = author.get("/api/v1/search", query_string={"q": words}).json["hits"]
    assert {each["screencast"]["title"]: each["lacks"] for each in hits} == lacks


def test_addresses_in_an_answer_take_the_same_credentials(world: World) -> None:
    answer = world.call("mate", "GET", f"/api/v1/search?q={word('team', 'caption')}").json
    for url in (answer["hits"][0]["moments"][0][name].removeprefix(HERE) for name in ("url", "still")):
        assert world.call("mate", "GET", url).status_code == 200
        assert world.call("other", "GET", url).status_code == 404


def test_a_word_of_the_title_alone_is_a_moment_at_the_start(world: World) -> None:
    answer = world.call("author", "GET", f"/api/v1/search?q={word('everyone', 'title')}").json
    (hit,) = answer["hits"]
    assert hit["title_html"] == f"<mark>{word('everyone', 'title')}</mark> clip"
    assert [(each["start"], each["source"]) for each in hit["moments"]] == [(0.0, "title")]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "?",
        '""',
        "-",
        "the",
        "%00",
        "\u202e",
        "x" * 5000,
        "tag:",
        'by:""',
        "((((",
        "a OR",
        "🦓" * 300,
        "שלום \u202e",
        "in: -",
        "\n\n",
    ],
)
def test_whatever_is_typed_gets_an_answer(world: World, query: str) -> None:
    for url in ("/api/v1/search", "/search"):
        assert world.call("author", "GET", url, query_string={"q": query}).status_code == 200


def test_bytes_that_are_no_text_get_an_answer(world: World) -> None:
    for url in ("/api/v1/search", "/search"):
        assert world.call("author", "GET", f"{url}?q=reset+%ED%A0%80%FF%00").status_code == 200


def test_a_pasted_log_of_two_hundred_thousand_signs_is_answered_at_once(world: World) -> None:
    answer = world.call("author", "GET", "/api/v1/search", query_string={"q": "error at line 5; " * 12_000})
    assert answer.status_code == 200
    assert answer.json["took_ms"] < 2_000


def test_a_filter_that_names_what_is_not_there_finds_nothing(world: World) -> None:
    for query in ({"category": "unknown"}, {"tag": "unknown"}, {"author": "unknown"}):
        answer = world.call("author", "GET", "/api/v1/search", query_string={"q": "reset", **query}).json
        assert (answer["total"], answer["hits"]) == (0, []), query


def test_filters_in_words_are_those_of_the_address(world: World) -> None:
    def found(**query: str) -> list[str]:
        answer = world.call("author", "GET", "/api/v1/search", query_string=query).json
        return sorted(hit["screencast"]["id"] for hit in answer["hits"])

    tag = word("team", "tag")
    assert found(q=f"tag:{tag}") == found(tag=tag) == found(q=f"reset tag:{tag}") == [world.items["team"]]
    assert found(q="category:network") == found(category=world.category) != []
    assert found(q='by:"Test Author"') == found(author=world.people["author"]) != []
    assert found(q="by:nobody") == found(q="category:none") == []
    assert set(found(q="reset")) - set(found(q=f"reset -{tag}")) == {world.items["team"]}


def test_a_search_may_be_posted_with_the_parameters_of_the_address(world: World) -> None:
    def told(method: str, **sent: object) -> dict[str, object]:
        answer = world.call("author", method, "/api/v1/search", **sent)
        assert answer.status_code == 200, answer.text
        return answer.json | {"took_ms": 0, "search_id": None}

    tag = word("team", "tag")
    asked = {"q": "reset", "tag": [tag, tag], "category": world.category, "sort": "newest", "limit": 5}
    assert told("POST", json=asked) == told("GET", query_string=asked)
    assert told("POST", json={}) == told("GET")
    refused(world.call("author", "POST", "/api/v1/search", json={"length": "long"}), 422, "invalid", "length")
    refused(world.call("author", "POST", "/api/v1/search", json={"limit": 101}), 422, "invalid", "limit")


def test_of_a_posted_log_that_no_address_holds_the_telling_lines_are_searched(
    author: Caller, make: Callable[..., Screencast]
) -> None:
    made = make("TunnelBrokenError after waking up")
    make("Wake up")
    actions.rebuild()
    noise = "\n".join(f"12:00:{n % 60:02} host daemon[{n}]: waiting for line {n}" for n in range(1_000))
    answer = author.post("/api/v1/search", json={"q": f"{noise}\nTunnelBrokenError: no way"}).json
    assert [hit["screencast"]["id"] for hit in answer["hits"]] == [made.id]
    assert "TunnelBrokenError: no way" in answer["query"]
    assert len(answer["query"]) < 2_000


def test_an_answer_has_at_most_five_moments(author: Caller, people: People, in_site: Flask) -> None:
    with writing() as session:
        item = Screencast(title="t", author_id=people.author, published_at=now())
        session.add(item)
    cues = [TimedText(at * 60_000, at * 60_000 + 900, "reset it now") for at in range(9)]
    transcripts.put(item.id, "en", cues, source=WordsFrom.upload)
    actions.rebuild()
    (hit,) = author.get("/api/v1/search?q=reset").json["hits"]
    assert len(hit["moments"]) == 5


def test_a_chapter_is_a_moment_at_its_start(world: World) -> None:
    answer = world.call("mate", "GET", f"/api/v1/search?q={word('team', 'chapter')}").json
    assert [(each["start"], each["source"]) for each in answer["hits"][0]["moments"]] == [(1.0, "chapter")]
