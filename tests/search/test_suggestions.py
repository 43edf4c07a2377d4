"""What is suggested while somebody types: only of what they may see, and only what helped others."""

from typing import Any

from flask import Flask

from kb.accounts.rules import Viewer
from kb.categories import actions as categories
from kb.db import db, writing
from kb.index.contract import IndexBroken
from kb.index.memory import MemoryIndex
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.search.models import Search
from kb.search.suggestions import Suggestions, suggestions
from tests.conftest import Caller, People
from tests.search.conftest import Make


def suggested(viewer: Viewer, typed: str) -> Suggestions:
    search.rebuild()
    return suggestions(viewer, typed)


def solved(words: str, screencast: Screencast, times: int = 1) -> None:
    """So many searches with these words led to this screencast, which solved it."""
    with writing() as session:
        for _ in range(times):
            session.add(Search(words=words, key=words.lower(), total=1, took_ms=1, solved_id=screencast.id))


def titles(found: Suggestions) -> list[str]:
    return [each.name for each in found.screencasts]


def test_titles_of_which_each_typed_word_begins_a_word(make: Make, as_author: Viewer) -> None:
    make("Reset the VPN")
    make("Reset the printer")
    assert titles(suggested(as_author, "pri res")) == ["Reset the printer"]
    assert titles(suggested(as_author, "eset")) == []


def test_the_first_letter_of_the_next_word_takes_no_title_away(make: Make, as_author: Viewer) -> None:
    make("Reset the printer")
    assert titles(suggested(as_author, "reset p")) == ["Reset the printer"]


def test_searches_that_solved_something_the_most_frequent_first(make: Make, as_author: Viewer) -> None:
    item = make("Reset the VPN after the printer failed")
    solved("vpn printer", item)
    solved("VPN reset", item, times=2)
    with writing() as session:
        session.add(Search(words="vpn after", key="vpn after", total=1, took_ms=1, opened_id=item.id))
    assert suggested(as_author, "vp").queries == ["VPN reset", "vpn printer"]
    assert suggested(as_author, "rese vpn").queries == ["VPN reset"]
    assert suggested(as_author, "vpn reset").queries == []


def test_who_says_again_and_again_that_it_solved_it_counts_once(make: Make, people: People, as_author: Viewer) -> None:
    item = make("vpn before vpn after")
    solved("vpn after", item, times=2)
    with writing() as session:
        for _ in range(9):
            row = {"words": "vpn before", "key": "vpn before", "total": 1, "took_ms": 1, "solved_id": item.id}
            session.add(Search(person_id=people.other, **row))
    assert suggested(as_author, "vpn").queries == ["vpn after", "vpn before"]


def test_a_search_is_not_offered_where_what_solved_it_is_not_for_the_asker(
    make: Make, people: People, as_author: Viewer
) -> None:
    hidden = make("Reset the VPN", visibility="private")
    make("VPN reset for all")
    solved("vpn reset", hidden)
    assert suggested(as_author, "vpn").queries == ["vpn reset"]
    assert suggested(Viewer(person_id=people.other), "vpn").queries == []


def test_a_search_with_a_word_of_something_hidden_alone_is_not_offered(
    make: Make, people: People, as_author: Viewer
) -> None:
    shared = make("Reset the VPN")
    make("Zanzibar payroll", visibility="private")
    solved("vpn zanzibar", shared)
    solved("vpn reset", shared)
    assert suggested(as_author, "vpn").queries == ["vpn reset", "vpn zanzibar"]
    assert suggested(Viewer(person_id=people.other), "vpn").queries == ["vpn reset"]


def test_a_search_with_a_filter_in_its_words_is_not_offered(make: Make, as_author: Viewer) -> None:
    solved("reset by:Zanzibar", make("Reset by Zanzibar"))
    assert suggested(as_author, "reset").queries == []


def test_a_title_is_not_suggested_to_who_may_not_see_it(make: Make, people: People, as_author: Viewer) -> None:
    make("Zanzibar payroll", visibility="private")
    make("Zanzibar draft", published_at=None)
    assert len(titles(suggested(as_author, "zanz"))) == 2
    for viewer in (Viewer(person_id=people.other), Viewer(sees_public=True), Viewer()):
        assert suggestions(viewer, "zanz") == Suggestions()


def test_categories_of_which_a_word_begins_so(in_site: Flask, people: People, as_author: Viewer) -> None:
    for name in ("Printers", "Old printers", "Sprinting"):
        categories.add(name, by=people.admin)
    assert [each.name for each in suggested(as_author, "prin").categories] == ["Printers", "Old printers"]


def test_nothing_for_nothing_and_nothing_for_what_was_pasted(make: Make, as_author: Viewer) -> None:
    make("Reset the VPN")
    for typed in ("", "  ", "!?", "reset " * 100):
        assert suggested(as_author, typed) == Suggestions()


class Broken(MemoryIndex):
    def suggest(self, *_args: Any, **_options: Any) -> list[str]:
        raise IndexBroken("torn")


def test_while_the_index_can_not_be_read_there_are_still_categories(
    make: Make, people: People, as_author: Viewer, in_site: Flask
) -> None:
    make("Printers")
    categories.add("Printers", by=people.admin)
    in_site.extensions["kb.hands"].index = Broken()
    found = suggestions(as_author, "prin")
    assert [each.name for each in found.categories] == ["Printers"]
    assert titles(found) == []


def test_the_api_answers_as_the_contract_says_and_writes_nothing_down(
    make: Make, people: People, author: Caller
) -> None:
    item = make("Reset the printer")
    category = categories.add("Resetting", by=people.admin)
    solved("reset printer", item)
    search.rebuild()
    before = db.session.query(Search).count()
    answer = author.get("/api/v1/suggest?q=res").json
    assert set(answer) == {"queries", "screencasts", "categories", "asks"}
    assert answer["queries"] == ["reset printer"]
    [screencast], [named] = answer["screencasts"], answer["categories"]
    assert (screencast["id"], screencast["title"]) == (item.id, "Reset the printer")
    assert screencast["url"].endswith(f"/screencasts/{item.id}")
    assert (named["id"], named["name"], answer["asks"]) == (category.id, "Resetting", [])
    assert db.session.query(Search).count() == before
