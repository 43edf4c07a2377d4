"""The facets of an answer, and the filters of the same names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from kb.categories import actions as categories
from kb.categories.tags import tags_named
from kb.db import now, writing
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller, People

NAMES = {"category", "tag", "author", "language", "length", "age", "source"}


@pytest.fixture
def shelf(people: People) -> dict[str, str]:
    """Four that hold one word in different places, and one that only another person sees. Names → ids."""
    network = categories.add("Network", by=people.admin)
    vpn = categories.add("VPN", by=people.admin, parent_id=network.id)
    made = {
        "titled": Screencast(title="Reset it", author_id=people.author, duration_ms=30_000, category_id=vpn.id),
        "noted": Screencast(title="a", description="reset it", author_id=people.mate, duration_ms=120_000),
        "said": Screencast(title="b", author_id=people.author, duration_ms=400_000, category_id=network.id),
        "shown": Screencast(title="c", author_id=people.author, duration_ms=900_000),
        "hidden": Screencast(
            title="Reset", author_id=people.other, visibility="private", duration_ms=1, category_id=vpn.id
        ),
    }
    ages = dict(zip(made, (1, 20, 100, 500, 1), strict=True))
    with writing() as session:
        for name, each in made.items():
            each.published_at = now()
            each.created_at = now() - timedelta(days=ages[name])
            each.tags = tags_named(["dns", name])
            session.add(each)
    transcripts.put(made["said"].id, "de", [TimedText(0, 900, "reset bitte")], source=WordsFrom.upload)
    with writing():
        screen_text.put(made["shown"].id, [TimedText(0, 900, "reset failed")])
    actions.rebuild()
    return {name: each.id for name, each in made.items()} | {"network": network.id, "vpn": vpn.id}


def facets(caller: Caller, **query: Any) -> dict[str, list[tuple[str, str, int]]]:
    answer = caller.get("/api/v1/search", query_string=query).json
    return {
        name: [(each["value"], each["label"], each["count"]) for each in found]
        for name, found in answer["facets"].items()
    }


def ids(caller: Caller, **query: Any) -> set[str]:
    return {hit["screencast"]["id"] for hit in caller.get("/api/v1/search", query_string=query).json["hits"]}


def test_facets_count_all_hits_under_names_that_people_read(
    author: Caller, shelf: dict[str, str], people: People
) -> None:
    found = facets(author, q="reset")
    assert found.keys() == NAMES
    assert found["category"] == [(shelf["network"], "Network", 2), (shelf["vpn"], "VPN", 1)]
    assert found["tag"] == [
        ("dns", "dns", 4),
        ("noted", "noted", 1),
        ("said", "said", 1),
        ("shown", "shown", 1),
        ("titled", "titled", 1),
    ]
    assert found["author"] == [(people.author, "Test Author", 3), (people.mate, "Test Mate", 1)]
    assert found["length"] == [
        ("1m", "Up to 1 min", 1),
        ("3m", "1 to 3 min", 1),
        ("10m", "3 to 10 min", 1),
        ("over", "Over 10 min", 1),
    ]
    assert found["age"] == [
        ("7d", "Last 7 days", 1),
        ("31d", "Last 31 days", 1),
        ("365d", "Last year", 1),
        ("older", "Older", 1),
    ]
    assert found["source"] == [
        ("title", "Title", 1),
        ("notes", "Notes", 1),
        ("speech", "Said", 1),
        ("screen", "On the screen", 1),
    ]
    assert ("de", "German", 1) in found["language"]


def test_each_value_of_a_facet_keeps_as_many_hits_as_it_counts(author: Caller, shelf: dict[str, str]) -> None:
    for name, values in facets(author, q="reset").items():
        assert values
        for value, label, count in values:
            assert len(ids(author, q="reset", **{name: value})) == count, (name, label)


def test_a_filter_that_holds_stays_among_the_facets_though_nothing_is_left(
    author: Caller, shelf: dict[str, str]
) -> None:
    found = facets(author, q="reset", length="1m", age="older", tag="nowhere", language="fr", source="screen")
    assert found["length"] == [("1m", "Up to 1 min", 0)]
    assert found["age"] == [("older", "Older", 0)]
    assert found["tag"] == [("nowhere", "nowhere", 0)]
    assert found["language"] == [("fr", "French", 0)]
    assert found["source"] == [("screen", "On the screen", 0)]


def test_a_synonym_among_the_filters_is_the_tag_whose_hits_are_seen(
    author: Caller, shelf: dict[str, str], people: People, call_as: Callable[[str], Caller]
) -> None:
    call_as(people.curator).put("/api/v1/tags/dns/synonyms", json={"synonyms": ["names"]})
    answer = author.get("/api/v1/search?q=reset&tag=names").json
    assert answer["total"] == 4
    assert [(each["name"], each["value"]) for each in answer["understood"]["filters"]] == [("tag", "dns")]


def test_the_most_frequent_tags_and_people_are_enough(author: Caller, people: People) -> None:
    with writing() as session:
        for n in range(30):
            session.add(
                Screencast(
                    title=f"reset {n}", author_id=people.author, published_at=now(), tags=tags_named([f"tag{n}"])
                )
            )
    actions.rebuild()
    assert len(facets(author, q="reset")["tag"]) == 20
    assert ("tag29", "tag29", 1) in facets(author, q="reset", tag="tag29")["tag"]


def test_facets_are_the_same_however_far_one_pages_and_in_every_order(author: Caller, shelf: dict[str, str]) -> None:
    whole = facets(author, q="reset")
    for sort in ("best", "newest", "solved"):
        first = author.get(f"/api/v1/search?q=reset&sort={sort}&limit=3").json
        assert facets(author, q="reset", sort=sort, limit=3, cursor=first["next"]) == whole


@pytest.mark.parametrize(("name", "value"), [("length", "2m"), ("age", "x"), ("source", "spoken"), ("sort", "title")])
def test_a_value_that_there_is_none_of_is_refused(author: Caller, name: str, value: str) -> None:
    answer = author.get("/api/v1/search", query_string={"q": "reset", name: value})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert list(answer.json["errors"]) == [name]
