"""What a search finds while the index can't answer, and at which second."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from kb.accounts.rules import Viewer
from kb.categories import actions as categories
from kb.db import now, writing
from kb.index.contract import IndexBroken
from kb.index.memory import MemoryIndex
from kb.screencasts.models import Screencast
from kb.search import without_index
from kb.search.query import parse, to_query
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import Chapter, ScreenLine, WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller, People, Sent
from tests.search.conftest import Make


class Torn(MemoryIndex):
    def search(self, *_args: object, **_options: object):  # type: ignore[no-untyped-def]
        raise IndexBroken("torn")


@pytest.fixture
def shelf(make: Make, in_site: Flask) -> dict[str, str]:
    """Of three the words about a tunnel stand in what is said, on the screen, in a chapter."""
    made = {name: make(f"How to {name}", duration_ms=90_000).id for name in ("say", "show", "part")}
    made["hide"] = make("Nobody else's tunnel", visibility="private").id
    said = [TimedText(0, 900, "hello"), TimedText(41_000, 45_000, "the Tunnel is up 100% now")]
    for name in ("say", "hide"):
        transcripts.put(made[name], "en", said, source=WordsFrom.upload)
    with writing() as session:
        screen_text.put(made["show"], [TimedText(20_000, 30_000, "TunnelError: no tunnel up")])
        session.add(ScreenLine(screencast_id=made["part"], start_ms=0, end_ms=1, text="tunnelsecret", is_hidden=True))
        session.add(Chapter(screencast_id=made["part"], start_ms=60_000, title="Dig a tunnel"))
    in_site.extensions["kb.hands"].index = Torn()
    return made


def answer(asker: Caller, typed: str) -> dict[str, Any]:
    found = asker.get("/api/v1/search", query_string={"q": typed}).json
    assert found["degraded"]
    return found  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("tunnel", {"say", "show", "part"}),
        ("how TUNNEL up", {"say", "show"}),
        ("in:speech tunnel", {"say"}),
        ("in:screen tunnel", {"show"}),
        ("in:notes tunnel", {"part"}),
        ("in:title tunnel", set()),
        ('"tunnel is up"', {"say"}),
        ("tunnel -hello", {"show", "part"}),
        ("100%", {"say"}),
        ("tunnelsecret", set()),
        ("tunnel_", set()),
    ],
)
def test_what_is_said_and_shown_is_looked_through_as_well(
    call_as: Any, people: People, shelf: dict[str, str], typed: str, names: set[str]
) -> None:
    found = answer(call_as(people.other), typed)
    assert {hit["screencast"]["id"] for hit in found["hits"]} == {shelf[name] for name in names}
    assert found["total"] == len(names)


def test_a_hit_opens_at_its_moment(call_as: Any, people: People, shelf: dict[str, str]) -> None:
    hits = {hit["screencast"]["id"]: hit for hit in answer(call_as(people.other), "tunnel")["hits"]}
    moments = {name: hits[shelf[name]]["moments"][0] for name in ("say", "show", "part")}
    assert {name: (each["start"], each["source"]) for name, each in moments.items()} == {
        "say": (41.0, "speech"),
        "show": (20.0, "screen"),
        "part": (60.0, "chapter"),
    }
    assert "<mark>Tunnel</mark>" in moments["say"]["html"]


def test_of_very_many_the_words_of_the_newest_that_the_asker_sees_are_looked_through(
    make: Make, people: People
) -> None:
    for age in range(4):
        item = make(f"Step {age}", created_at=now() - timedelta(days=age))
        transcripts.put(item.id, "en", [TimedText(0, 900, "through the tunnel")], source=WordsFrom.upload)
    make("Only for its author", visibility="private")

    def found(typed: str) -> int:
        viewer = Viewer(person_id=people.other)
        return without_index.search(viewer, to_query(parse(typed)), 0, 10, newest=2).total

    assert (found("tunnel"), found("step")) == (2, 4)


# -- among many, in the API and on the page ------------------------------------------------------------------


@pytest.fixture
def broken(forty: list[str], in_site: Flask) -> None:
    hands = in_site.extensions["kb.hands"]
    hands.index = Torn()


def test_without_an_index_titles_are_looked_through_and_a_rebuild_is_asked_for(
    author: Caller, forty: list[str], broken: None, sent: Sent
) -> None:
    sent.jobs.clear()
    answer = author.get("/api/v1/search?q=RESET+number&limit=15").json
    assert (answer["degraded"], answer["total"]) == (True, 40)
    assert [hit["screencast"]["id"] for hit in answer["hits"]] == forty[:15]
    assert "search.rebuild" in sent.names()
    page = author.get("/search?q=reset").text
    assert "The index is being rebuilt" in page


def test_without_an_index_filters_still_hold(author: Caller, forty: list[str], broken: None, people: People) -> None:
    category = categories.add("Network", by=people.admin)
    author.patch(f"/api/v1/screencasts/{forty[3]}", json={"category": category.id, "tags": ["vpn", "dns"]})
    for query in ({"category": "network"}, {"tag": "VPN"}, {"q": "tag:vpn tag:dns"}, {"q": "category:network"}):
        answer = author.get("/api/v1/search", query_string={"q": "reset"} | query).json
        assert [hit["screencast"]["id"] for hit in answer["hits"]] == [forty[3]], query
    assert author.get(f"/api/v1/search?q=reset&author={people.other}").json["total"] == 0


def test_without_an_index_notes_tags_and_synonyms_are_looked_through(
    author: Caller, forty: list[str], broken: None, people: People, call_as: Callable[[str], Caller]
) -> None:
    changed = {"purpose": "renew the lease", "description": "by dhcp", "tags": ["leases"]}
    author.patch(f"/api/v1/screencasts/{forty[3]}", json=changed)
    call_as(people.curator).put("/api/v1/tags/leases/synonyms", json={"synonyms": ["rentals"]})
    typed = (
        "renew",
        "DHCP",
        "leases",
        "rentals",
        '"the lease" reset',
        "in:notes lease",
        "dhcp -printer",
        "lease by:author",
    )
    for query in typed:
        answer = author.get("/api/v1/search", query_string={"q": query}).json
        assert [hit["screencast"]["id"] for hit in answer["hits"]] == [forty[3]], query
        assert (answer["degraded"], answer["nearby"]) == (True, None)
    for query in ("in:title lease", "dhcp -lease", "lease before:2020", "lease lang:de", "in:speech lease"):
        answer = author.get("/api/v1/search", query_string={"q": query}).json
        assert (answer["degraded"], answer["total"]) == (True, 0), query


def test_without_an_index_lengths_and_ages_are_those_of_the_facets(
    author: Caller, forty: list[str], broken: None
) -> None:
    with writing() as session:
        for at, duration_ms in enumerate((60_000, 60_001, 600_000, 600_001)):
            session.get_one(Screencast, forty[at]).duration_ms = duration_ms
    for name, value, expected in (
        ("length", "1m", forty[:1]),
        ("length", "3m", forty[1:2]),
        ("length", "10m", forty[2:3]),
        ("length", "over", forty[3:4]),
        ("age", "7d", forty[:7]),
        ("age", "31d", forty[7:31]),
        ("age", "365d", forty[31:]),
        ("age", "older", []),
    ):
        answer = author.get(f"/api/v1/search?q=reset&{name}={value}&limit=40").json
        assert [hit["screencast"]["id"] for hit in answer["hits"]] == expected, (name, value)


def test_without_an_index_signs_of_a_pattern_are_signs(author: Caller, forty: list[str], broken: None) -> None:
    author.patch(f"/api/v1/screencasts/{forty[0]}", json={"title": "100 % of Über_fluss"})
    for query, total in (("%", 1), ("_", 1), ("Über_Fluss", 1), ("100 %", 1), ("\\", 0)):
        assert author.get("/api/v1/search", query_string={"q": query}).json["total"] == total, query
