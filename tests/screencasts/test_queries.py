"""Lists of screencasts: their order, page by page, forwards and back."""

from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask

from kb.accounts.rules import Viewer
from kb.db import now, writing
from kb.screencasts import queries
from kb.screencasts.models import Screencast, title_key
from tests.conftest import People

# Case, accents, ligatures, right to left, emoji, nothing that has a key, the same twice, longer than a key.
TITLES = (
    *(
        "Zoo",
        "zebra",
        "Ärger",
        "argon",
        "Arzt",
        "öffnen",
        "Ost",
        "ﬁx it",
        "fix at",
        "ÉCOLE",
        "ecole",
        "STRASSE",
        "Straße",
    ),
    *(
        "كيف أعيد التشغيل",
        "איך מתחילים",
        "日本",
        "🙂 smile",
        "🚀",
        "\u0301",
        "same",
        "same",
        "same",
        "ﷺ" * 200,
        "%_\\'\"",
    ),
)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Ärger", "argon"), ("argon", "Zoo"), ("zebra", "Zoo"), ("ﬁx at", "fix it"), ("Ost", "öt"), ("Zoo", "日本")],
)
def test_titles_stand_in_the_order_of_their_letters(first: str, second: str) -> None:
    assert title_key(first) < title_key(second)


def test_case_and_accents_make_no_difference_and_no_key_is_longer_than_its_column() -> None:
    assert title_key("ÉCOLE") == title_key("école") == title_key("e\u0301cole") == "ecole"
    assert title_key("STRASSE") == title_key("Straße")
    assert max(len(title_key(title)) for title in TITLES) == 200


def test_a_new_title_brings_a_new_key(in_site: Flask, people: People) -> None:
    with writing() as session:
        item = Screencast(title="Öl", author_id=people.author)
        session.add(item)
    assert item.title_key == "ol"
    with writing():
        item.title = "Zoo"
    assert item.title_key == "zoo"


@pytest.fixture
def odd(in_site: Flask, people: People) -> Viewer:
    """All of TITLES, many at the same time and with as many solves. Returns who sees them."""
    with writing() as session:
        for n, title in enumerate(TITLES):
            made = {"published_at": now(), "created_at": now() - timedelta(days=n % 2), "solved_count": n % 3}
            session.add(Screencast(title=title, author_id=people.author, **made))
    return Viewer(people.other)


def pages(viewer: Viewer, sort: str, limit: int) -> list[queries.Page]:
    found = [queries.page(viewer, queries.Wanted(sort=sort), cursor=None, limit=limit)]
    while found[-1].next:
        found.append(queries.page(viewer, queries.Wanted(sort=sort), cursor=found[-1].next, limit=limit))
    return found


@pytest.mark.parametrize("sort", queries.SORTS)
@pytest.mark.parametrize("limit", [1, 5])
def test_pages_hold_every_odd_title_once_in_the_order_of_the_whole_list(odd: Viewer, sort: str, limit: int) -> None:
    whole = queries.page(odd, queries.Wanted(sort=sort), cursor=None, limit=100)
    walked = [item.id for page in pages(odd, sort, limit) for item in page.items]
    assert walked == [item.id for item in whole.items]
    assert len(walked) == len(set(walked)) == len(TITLES)
    if sort == "title":
        keys = [item.title_key for item in whole.items]
        assert keys == sorted(keys)


@pytest.mark.parametrize("sort", queries.SORTS)
def test_every_page_leads_back_to_the_one_before(odd: Viewer, sort: str) -> None:
    found = pages(odd, sort, 5)
    assert found[0].previous is None
    for before, page in pairwise(found):
        back = queries.page(odd, queries.Wanted(sort=sort), cursor=page.previous, limit=5)
        assert back.items == before.items
        assert back.next
        assert bool(back.previous) == (before is not found[0])


def test_back_at_the_start_is_a_whole_page_with_what_was_added_meanwhile(odd: Viewer, people: People) -> None:
    second = pages(odd, "newest", 5)[1]
    with writing() as session:
        session.add(Screencast(title="New", author_id=people.author, published_at=now()))
    # Six stand before the second page now: the five next to it, then the new one on a whole first page.
    back = queries.page(odd, queries.Wanted(), cursor=second.previous, limit=5)
    start = queries.page(odd, queries.Wanted(), cursor=back.previous, limit=5)
    assert start.previous is None
    assert start.items[0].title == "New"
    assert len(start.items) == 5


def test_counts_are_kept_until_somebody_may_see_other_things(in_site: Flask, people: People) -> None:
    from kb.accounts.actions import access_changed
    from kb.categories import actions as categories

    viewer, category = Viewer(people.other), categories.add("Network", by=people.admin).id

    def add(visibility: str) -> None:
        with writing() as session:
            made = {"author_id": people.author, "published_at": now(), "category_id": category}
            session.add(Screencast(title="One", visibility=visibility, **made))
            access_changed()

    assert queries.counts_by_category(viewer) == {}
    add("everyone")
    add("private")
    assert queries.counts_by_category(viewer) == {category: 1}
    assert queries.counts_by_category(Viewer(people.author)) == {category: 2}
