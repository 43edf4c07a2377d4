"""What the house takes for the same word: found, marked, and worth a little less than the word itself."""

from collections.abc import Callable

import pytest
from flask import Flask

from kb.accounts.rules import Viewer
from kb.categories import glossary, tags
from kb.index.contract import Query
from kb.index.memory import MemoryIndex
from kb.search import actions as search
from kb.search.finder import marked
from kb.search.marks import Passage, together
from kb.search.moments import look
from kb.search.query import Wanted, wanted
from kb.search.synonyms import Synonyms
from tests.conftest import Caller, People
from tests.web.actors import World, word

analyse = MemoryIndex().analyse
HOUSE = Synonyms([("kubernetes", "k8s"), ("mfa", "multi-factor authentication", "2fa"), ("pod", "container")], analyse)


def others(typed: str) -> dict[tuple[int, int], set[str]]:
    return {(same.first, same.end): {" ".join(words) for words in same.others} for same in HOUSE.of(typed.split())}


def test_a_word_stands_for_all_others_of_its_group() -> None:
    assert others("2fa") == {(0, 1): {"mfa", "multi-factor authentication"}}
    assert others("restart K8s, now") == {(1, 2): {"kubernetes"}}


@pytest.mark.parametrize("typed", ["Multi-Factor Authentication", "multi factor authentication"])
def test_several_words_are_one_synonym_however_they_are_joined(typed: str) -> None:
    (place,) = others(f"reset {typed}")
    assert place == (1, 1 + len(typed.split()))
    assert others(f"reset {typed}")[place] == {"mfa", "2fa"}


def test_another_form_of_a_word_means_the_same() -> None:
    assert others("containers") == {(0, 1): {"pod"}}


@pytest.mark.parametrize("typed", ["authentication", "factor authentication", "pod_name", "", "?!", "multi-factor"])
def test_a_part_of_a_synonym_is_none(typed: str) -> None:
    assert others(typed) == {}


def looking_for(typed: str) -> list[Wanted]:
    words = tuple(typed.split())
    return wanted(Query(words, same=HOUSE.of(words)), {}, analyse)


def test_a_synonym_is_marked_as_the_word_is() -> None:
    assert marked("Kubernetes for all", looking_for("k8s"), analyse) == "<mark>Kubernetes</mark> for all"
    assert (
        marked("Your multi-factor authentication", looking_for("mfa"), analyse)
        == "Your <mark>multi-factor authentication</mark>"
    )
    assert marked("A factor of authentication", looking_for("mfa"), analyse) == "A factor of authentication"
    assert marked("2FA!", looking_for("multi-factor authentication"), analyse) == "<mark>2FA</mark>!"


def test_a_moment_with_a_synonym_is_worth_a_little_less_than_one_with_the_word() -> None:
    said = [Passage(0, 9_000, "restart k8s"), Passage(60_000, 69_000, "restart kubernetes")]
    found = look(together(said), looking_for("restart kubernetes"), analyse).moments()
    assert [moment.start_ms for moment in found] == [60_000, 0]
    assert [moment.score for moment in found] == [2.0, 1.9]


# -- through the API ------------------------------------------------------------------------------------------


@pytest.fixture
def two(receive: Callable[..., str], people: People, in_site: Flask) -> list[str]:
    ids = [
        receive(title="Restart a Kubernetes cluster", tags=["kubernetes"]),
        receive(title="Restart k8s nodes", tags=["nodes"]),
    ]
    search.drain()
    return ids


def hits(caller: Caller, query: str, **more: str) -> list[str]:
    answer = caller.get("/api/v1/search", query_string={"q": query} | more).json
    assert answer["total"] == len(answer["hits"])
    return [hit["screencast"]["id"] for hit in answer["hits"]]


def test_synonyms_count_at_once_in_both_directions_and_in_the_marks(
    two: list[str], call_as: Callable[[str | None], Caller], people: People
) -> None:
    other = call_as(people.other)
    assert hits(other, "k8s") == [two[1]]
    call_as(people.curator).put("/api/v1/tags/kubernetes/synonyms", json={"synonyms": ["k8s"]})
    assert set(hits(other, "k8s ")) == set(two)
    assert hits(other, "kubernetes ") == two
    assert hits(other, '"k8s"') == [two[1]], "in quotes a word is meant as it stands"
    answer = other.get("/api/v1/search?q=k8s+restart").json["hits"]
    assert {hit["title_html"] for hit in answer} == {
        "<mark>Restart</mark> a <mark>Kubernetes</mark> cluster",
        "<mark>Restart k8s</mark> nodes",
    }
    call_as(people.curator).put("/api/v1/tags/kubernetes/synonyms", json={"synonyms": []})
    assert hits(other, "k8s") == [two[1]]


def test_an_old_name_of_a_tag_finds_what_has_the_new(
    two: list[str], call_as: Callable[[str | None], Caller], people: People
) -> None:
    call_as(people.curator).post("/api/v1/tags/nodes/merge", json={"into": "servers"})
    search.drain()
    other = call_as(people.other)
    assert hits(other, "tag:nodes") == hits(other, "tag:servers") == hits(other, "", tag="Nodes") == [two[1]]
    assert hits(other, "servers") == [two[1]]


def test_a_synonym_tells_nothing_of_what_its_asker_may_not_see(world: World) -> None:
    """Its words lead to a tag that only something private has."""
    hidden = word("private", "tag")
    with world.put_back():
        with world.site.app_context():
            author = Viewer(world.people["author"], is_curator=True, sees_public=True)
            tags.say_same(author, hidden, ["everestlike", "clop"], by=world.people["author"])
        for typed in ("everestlike", "everestlik", "clop", "everestlike clip", "tag:everestlike"):
            answer = world.call("other", "GET", "/api/v1/search", query_string={"q": typed})
            assert hidden not in answer.text
            assert world.items["private"] not in answer.text
            assert "everestlike" not in (answer.json["did_you_mean"] or "")
        assert world.call("other", "GET", "/api/v1/search?q=everestlike").json["total"] == 0
        assert world.call("author", "GET", "/api/v1/search?q=everestlike").json["total"] == 1
        assert world.call("other", "GET", "/api/v1/tags?q=everestlike").json["items"] == []
        assert world.call("other", "GET", f"/api/v1/tags/{hidden}/synonyms").status_code == 404


def test_what_is_heard_and_what_is_written_in_the_glossary_find_each_other(
    two: list[str], call_as: Callable[[str | None], Caller], people: People
) -> None:
    [cluster, _] = two
    other = call_as(people.other)
    assert hits(other, "kuber netties") == []
    word = glossary.add("Kubernetes", ["kuber netties"], by=people.curator).id
    assert hits(other, "kuber netties") == [cluster]
    glossary.remove(word, by=people.curator)
    assert hits(other, "kuber netties") == []
