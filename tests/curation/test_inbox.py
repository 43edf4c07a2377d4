"""What lies in no category, and where it would belong."""

from collections.abc import Callable

from flask import Flask

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.curation import inbox
from kb.search import actions as search

Add = Callable[..., str]
Who = Callable[[str], tuple[Viewer, Person]]


def titles(viewer: Viewer, **options: object) -> list[str]:
    return [item.screencast.title for item in inbox.items(viewer, **({"limit": 50} | options))]  # type: ignore[arg-type]


def test_a_curator_sorts_what_is_shared_and_everybody_their_own(
    add: Add, who: Who, category: Callable[[str], str], people: object
) -> None:
    add("Sorted", category_id=category("Network"))
    add("Shared")
    add("Private", visibility="private")
    add("Other's", author_id=people.other)  # type: ignore[attr-defined]
    assert titles(who("curator")[0]) == ["Shared", "Other's"]
    assert titles(who("author")[0]) == ["Shared", "Private"]
    assert titles(who("mate")[0]) == []
    assert inbox.count(who("author")[0]) == 2


def test_pages_follow_each_other_without_a_gap(add: Add, who: Who) -> None:
    for number in range(7):
        add(f"Item {number}")
    viewer, _ = who("curator")
    found, after = [], None
    while page := inbox.items(viewer, limit=3, after=after):
        found += [item.screencast.title for item in page]
        after = page[-1].screencast.id
    assert found == [f"Item {number}" for number in range(7)]


def test_where_a_page_begins_tells_nothing_of_what_its_reader_may_not_see(add: Add, who: Who) -> None:
    add("Before")
    hidden = add("Hidden", visibility="private")
    add("After")
    viewer, _ = who("curator")
    assert titles(viewer, after=hidden) == titles(viewer, after="b" * 14) == ["Before", "After"]


def test_what_is_alike_in_words_says_where_it_belongs(
    add: Add, who: Who, category: Callable[[str], str], in_site: Flask
) -> None:
    printers, network = category("Printers"), category("Network")
    for number in range(4):
        add(f"Connect to the office network {number}", category_id=network)
    add("Change the toner of the printer", category_id=printers)
    add("Toner is empty")
    search.drain()
    [item] = inbox.items(who("curator")[0], limit=5)
    assert item.suggested[0].id == printers
    assert [each.id for each in item.usual] == [network]


def test_tags_in_common_say_it_too(add: Add, who: Who, category: Callable[[str], str]) -> None:
    printers, network = category("Printers"), category("Network")
    add("Aaa", category_id=network)
    add("Bbb", category_id=network)
    add("Ccc", category_id=printers, tags=("a4",))
    add("Ddd", tags=("a4",))
    [item] = inbox.items(who("curator")[0], limit=5)
    assert item.suggested[0].id == printers


def test_a_suggestion_tells_nothing_of_what_its_reader_may_not_see(
    add: Add, who: Who, category: Callable[[str], str]
) -> None:
    secret = category("Secret merger")
    add("Toner contract", category_id=secret, tags=("a4",), visibility="private")
    add("Toner is empty", tags=("a4",))
    search.drain()
    [item] = inbox.items(who("curator")[0], limit=5)
    assert not item.suggested
    assert not item.usual
    suggested = inbox.items(who("author")[0], limit=5)[0].suggested
    assert [each.id for each in suggested] == [secret]


def test_a_page_of_it_costs_as_many_queries_with_many_items_as_with_few(
    add: Add, who: Who, category: Callable[[str], str], asked: list[str]
) -> None:
    place = category("Printers")

    def queries() -> int:
        search.drain()
        asked.clear()
        assert inbox.items(who("curator")[0], limit=20)
        return len(asked)

    def add_some(count: int) -> None:
        for number in range(count):
            add(f"Toner {number}", category_id=place, tags=(f"tag{number}",))
            add(f"Toner is empty {number}", tags=(f"tag{number}",))

    add_some(2)
    few = queries()
    add_some(12)
    assert queries() == few
