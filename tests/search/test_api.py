"""The answer of a search in the API, as the public contract has it."""

from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from pathlib import Path

import pytest
from flask import Flask

from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.categories import actions as categories
from kb.db import db, now, writing
from kb.index.contract import IndexBroken
from kb.index.memory import MemoryIndex
from kb.index.whoosh import WhooshIndex
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People, Sent
from tests.screencasts.test_upload import refused
from tests.web.actors import World, make_world, word

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


def test_a_posted_search_is_walked_with_its_cursor(author: Caller, forty: list[str]) -> None:
    asked: dict[str, object] = {"q": "reset", "limit": 25}
    first = author.post("/api/v1/search", json=asked).json
    second = author.post("/api/v1/search", json=asked | {"cursor": first["next"]}).json
    assert sorted(hit["screencast"]["id"] for hit in first["hits"] + second["hits"]) == sorted(forty)
    assert second["next"] is None


# -- many hits ----------------------------------------------------------------------------------------------


@pytest.fixture
def forty(in_site: Flask, people: People) -> list[str]:
    """Found by the same word, told apart by when they were made and how often they solved something."""
    with writing() as session:
        for n in range(40):
            session.add(
                Screencast(
                    title=f"Reset number {n}",
                    author_id=people.author,
                    published_at=now(),
                    created_at=now() - timedelta(days=n),
                    solved_count=n % 5,
                )
            )
    ids = [each.id for each in db.session.query(Screencast).order_by(Screencast.created_at.desc())]
    for at, screencast_id in enumerate(ids[:10]):
        cues = [TimedText(1000 * at, 1000 * at + 900, "reset it now")]
        transcripts.put(screencast_id, "en", cues, source=WordsFrom.upload)
    actions.rebuild()
    return ids


@pytest.mark.parametrize("sort", ["best", "newest", "solved"])
@pytest.mark.parametrize("limit", [7, 15, 100])
def test_an_answer_is_walked_with_no_hit_twice_and_none_missing(
    author: Caller, forty: list[str], sort: str, limit: int
) -> None:
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        url = f"/api/v1/search?q=reset&sort={sort}&limit={limit}&cursor={cursor}"
        answer = author.get(url).json
        assert answer["total"] == 40
        found += [hit["screencast"]["id"] for hit in answer["hits"]]
        cursor = answer["next"]
    assert sorted(found) == sorted(forty)


def test_an_answer_is_sorted_as_asked(author: Caller, forty: list[str]) -> None:
    def hits(sort: str) -> list[dict[str, object]]:
        return [hit["screencast"] for hit in author.get(f"/api/v1/search?q=reset&sort={sort}&limit=40").json["hits"]]

    assert [hit["id"] for hit in hits("newest")] == forty
    counts = [hit["solved_count"] for hit in hits("solved")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 4
    refused(author.get("/api/v1/search?q=reset&sort=title"), 422, "invalid", "sort")
    tags = "&".join(f"tag=t{at}" for at in range(12))
    assert author.get(f"/api/v1/search?{tags}&tag=t0").status_code == 200
    refused(author.get(f"/api/v1/search?{tags}&tag=t12"), 422, "invalid", "tag")


def test_a_limit_and_a_cursor_are_checked(author: Caller, forty: list[str]) -> None:
    for limit in ("0", "101", "x", "²"):
        refused(author.get(f"/api/v1/search?q=reset&limit={limit}"), 422, "invalid", "limit")
    good = author.get("/api/v1/search?q=reset&limit=5").json["next"]
    for cursor in ("x", good[:-1], "WzVd", "Wy01XQ"):
        refused(author.get(f"/api/v1/search?q=reset&cursor={cursor}"), 422, "invalid", "cursor")
    refused(author.get(f"/api/v1/search?q=reset&sort=newest&cursor={good}"), 422, "invalid", "cursor")


def test_an_answer_has_at_most_five_moments(author: Caller, people: People, in_site: Flask) -> None:
    with writing() as session:
        item = Screencast(title="t", author_id=people.author, published_at=now())
        session.add(item)
    cues = [TimedText(at * 60_000, at * 60_000 + 900, "reset it now") for at in range(9)]
    transcripts.put(item.id, "en", cues, source=WordsFrom.upload)
    actions.rebuild()
    (hit,) = author.get("/api/v1/search?q=reset").json["hits"]
    assert len(hit["moments"]) == 5


# -- the index and who may see what --------------------------------------------------------------------------


def test_an_index_that_is_behind_shows_nothing_that_was_taken_away(
    author: Caller, forty: list[str], people: People, call_as: Callable[[str], Caller]
) -> None:
    other = call_as(people.other)
    assert other.get("/api/v1/search?q=reset").json["total"] == 40
    for screencast_id in forty[:30]:
        author.patch(f"/api/v1/screencasts/{screencast_id}", json={"visibility": "private"})
    author.delete(f"/api/v1/screencasts/{forty[30]}")
    # The index was not drained since.
    answer = other.get("/api/v1/search?q=reset").json
    assert (answer["total"], len(answer["hits"])) == (9, 9)
    assert author.get("/api/v1/search?q=reset").json["total"] == 39


def drain(site: Flask) -> None:
    with site.app_context():
        actions.drain()


def test_words_taken_out_before_others_may_see_it_are_never_found_by_them(
    author: Caller, people: People, call_as: Callable[[str], Caller], forty: list[str], site: Flask
) -> None:
    other = call_as(people.other)
    item = f"/api/v1/screencasts/{forty[0]}"
    author.patch(item, json={"visibility": "private", "description": "quokka"})
    drain(site)
    author.patch(item, json={"description": "nothing any more"})
    author.patch(item, json={"visibility": "everyone"})
    # The index still holds the word.
    assert other.get("/api/v1/search?q=quokka").json["total"] == 0
    drain(site)
    assert other.get("/api/v1/search?q=nothing").json["total"] == 1


def test_words_taken_out_before_somebody_joins_the_team_are_never_found_by_them(
    author: Caller, people: People, call_as: Callable[[str], Caller], forty: list[str], site: Flask
) -> None:
    other = call_as(people.other)
    item = f"/api/v1/screencasts/{forty[0]}"
    author.patch(item, json={"visibility": "team", "team": people.team, "description": "quokka"})
    drain(site)
    author.patch(item, json={"description": "nothing any more"})
    with site.app_context():
        admin = db.session.get_one(Person, people.admin)
        accounts.change_person(people.other, by=admin, role=Role.member, active=True, team_ids=[people.team])
    # The index still holds the word.
    assert other.get("/api/v1/search?q=quokka").json["total"] == 0
    drain(site)
    assert other.get("/api/v1/search?q=nothing").json["total"] == 1


def test_what_one_site_knows_of_its_visitors_another_does_not(make_site, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Visitors of two sites in one process are the same value."""
    from kb.accounts.rules import Viewer

    sites = [make_site(settings.model_copy(update={"data_dir": tmp_path / name})) for name in ("one", "two")]
    with sites[0].app_context():
        from kb.accounts.actions import add_person
        from kb.accounts.models import Role

        person = add_person("a@test.example", "A", Role.member, None)
        with writing() as session:
            session.add(Screencast(title="t", author_id=person.id, visibility="public", published_at=now()))
    seen = []
    for site in sites:
        with site.app_context():
            seen.append(len(queries.visible_ids(Viewer(sees_public=True))))
    assert seen == [1, 0]


def test_the_index_that_people_search_corrects_and_counts_by_what_each_may_see(
    tmp_path: Path, migrated: Path, clip: Path
) -> None:
    """The same as in test_who_sees_what, with the engine that runs and not the one of the tests."""
    world = make_world(tmp_path, migrated, clip, index=WhooshIndex(tmp_path / "index"))
    for kind in ("private", "draft", "team", "trashed"):
        for place in ("title", "tag", "caption", "description"):
            meant = word(kind, place)
            for typed in (meant, f"{meant[:-2]}{meant[-1]}{meant[-2]} clip", meant[:-1], f"{meant}x reset"):
                answer = world.call("other", "GET", "/api/v1/search", query_string={"q": typed})
                told = reduce(lambda text, said: text.replace(said, ""), [typed, *typed.split()], answer.text)
                assert meant not in told, typed
                assert world.items[kind] not in answer.text
    title = word("private", "title")
    typed = f"{title[:-2]}el clip"
    assert world.call("author", "GET", f"/api/v1/search?q={typed}").json["did_you_mean"] == f"{title} clip"
    assert world.call("other", "GET", "/api/v1/search?q=reset").json["total"] == 2


# -- without an index ---------------------------------------------------------------------------------------


class Broken(MemoryIndex):
    def search(self, *_args: object, **_options: object):  # type: ignore[no-untyped-def]
        raise IndexBroken("torn")


@pytest.fixture
def broken(forty: list[str], in_site: Flask) -> None:
    hands = in_site.extensions["kb.hands"]
    hands.index = Broken()


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


def test_a_chapter_is_a_moment_at_its_start(world: World) -> None:
    answer = world.call("mate", "GET", f"/api/v1/search?q={word('team', 'chapter')}").json
    assert [(each["start"], each["source"]) for each in answer["hits"][0]["moments"]] == [(1.0, "chapter")]
