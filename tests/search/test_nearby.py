"""Where a search that found nothing leads to, and what it says about filters that name nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from kb.categories import actions as categories
from kb.categories.tags import tags_named
from kb.db import now, writing
from kb.index.contract import IndexBroken
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.search.asked import Asked
from tests.conftest import Caller, People


@pytest.fixture
def shelf(people: People) -> dict[str, str]:
    network = categories.add("Network", by=people.admin)
    mail = categories.add("Mail", by=people.admin)
    with writing() as session:
        for author, title, category, tag in (
            (people.author, "Renew the certificate", network, "tls"),
            (people.author, "Renew a printer's certificate", network, "print"),
            (people.mate, "Certificate for mail", mail, "tls"),
        ):
            item = Screencast(title=title, author_id=author, category_id=category.id, published_at=now())
            item.tags = tags_named([tag])
            session.add(item)
        hidden = Screencast(title="Kerberos keytabs", author_id=people.other, visibility="private")
        session.add(hidden)
    actions.rebuild()
    return {"network": network.id, "mail": mail.id}


def answer(caller: Caller, typed: str, **query: Any) -> Any:
    return caller.get("/api/v1/search", query_string={"q": typed} | query).json


def test_each_filter_can_be_left_out_with_as_many_hits_as_it_says(author: Caller, shelf: dict[str, str]) -> None:
    found = answer(author, "printer tag:tls", category=shelf["mail"])
    assert found["total"] == 0
    assert [(each["label"], each["total"]) for each in found["nearby"]["broader"]] == [("all filters", 1)]
    found = answer(author, "renew by:Mate", category=shelf["network"])
    assert [(each["label"], each["total"]) for each in found["nearby"]["broader"]] == [
        ("Test Mate", 2),
        ("all filters", 2),
    ]
    for each in found["nearby"]["broader"]:
        assert author.get(f"/api/v1/search?{each['query']}").json["total"] == each["total"]


def test_of_many_filters_only_the_first_are_looked_at_one_by_one(author: Caller, shelf: dict[str, str]) -> None:
    found = answer(author, "certificate", tag=[f"made-up-{number}" for number in range(12)])
    assert found["total"] == 0
    assert found["notes"] == [f"Nothing that you can see has the tag “made-up-{number}”." for number in range(8)]
    assert [each["label"] for each in found["nearby"]["broader"]] == ["all filters"]


def test_quotes_and_left_out_words_can_be_given_up(author: Caller, shelf: dict[str, str]) -> None:
    found = answer(author, '"certificate renew" -printer')
    assert [(each["label"], each["total"]) for each in found["nearby"]["broader"]] == [("the quotes", 2)]
    found = answer(author, "printer -renew")
    assert [(each["label"], each["total"]) for each in found["nearby"]["broader"]] == [("“-renew”", 1)]


def test_a_word_that_nobody_says_comes_with_the_nearest_that_somebody_does(
    author: Caller, shelf: dict[str, str]
) -> None:
    assert answer(author, '"renw certificate"')["nearby"]["words"] == {"renw": ["renew"]}


def test_people_who_have_shown_things_close_to_it_are_named(
    author: Caller, shelf: dict[str, str], people: People
) -> None:
    close = [
        {"id": people.author, "name": "Test Author", "count": 2},
        {"id": people.mate, "name": "Test Mate", "count": 1},
    ]
    assert answer(author, '"certificate nowhere"')["nearby"]["people"] == close
    assert answer(author, "certifications")["nearby"]["people"] == close


def test_what_was_found_needs_no_way_on(author: Caller, shelf: dict[str, str]) -> None:
    assert answer(author, "renew")["nearby"] is None
    assert answer(author, "")["nearby"] is None


@pytest.mark.parametrize(
    ("typed", "note"),
    [
        ("category:nowhere", "There is no category called “nowhere”."),
        ("renew by:nobody", "Nothing that you can see was shown by anybody called “nobody”."),
        ("renew tag:nowhere", "Nothing that you can see has the tag “nowhere”."),
        ("renew lang:french", "Nothing that you can see is in “French”."),
        ("renew in:kitchen", "“in:kitchen” was left out. Write in: with one of title, notes, speech, screen."),
        (
            "renew after:lunch",
            "“after:lunch” was left out. Write a date as after:2026, after:2026-05 or after:2026-05-03.",
        ),
        ("renew lang:klingonish", "“lang:klingonish” was left out. Write a language as lang:de or lang:german."),
        ("category:network category:mail", "Nothing lies in two categories at once. Take one of these filters away."),
        (
            "renew after:2025 after:2027-03 before:2028 before:2020",
            "Nothing was made both since 2027-03 and before 2020. Take one of these filters away.",
        ),
        (
            "after:2026-01 before:2026",
            "Nothing was made both since 2026-01 and before 2026. Take one of these filters away.",
        ),
        ("renew before:2001", "Nothing that you can see was made before 2001."),
        ("after:2901", "Nothing that you can see was made since 2901."),
        ("by:author by:mate", "Nothing is by two people. Take one of these filters away."),
    ],
)
def test_a_filter_that_can_not_hold_is_told_of_in_a_sentence(
    author: Caller, shelf: dict[str, str], typed: str, note: str
) -> None:
    assert note in answer(author, typed)["notes"]


def test_dates_that_exclude_each_other_can_be_given_up_one_by_one(author: Caller, shelf: dict[str, str]) -> None:
    found = answer(author, "renew after:2020 before:2010")
    assert [(each["label"], each["total"]) for each in found["nearby"]["broader"]] == [
        ("Before 2010", 2),
        ("all filters", 2),
    ]


def test_what_is_left_out_does_not_keep_the_rest_from_being_found(author: Caller, shelf: dict[str, str]) -> None:
    assert answer(author, "renew in:kitchen before:soon")["total"] == 2


def test_a_name_that_several_have_is_one_of_them_and_says_so(
    author: Caller, shelf: dict[str, str], people: People
) -> None:
    found = answer(author, "by:test")
    assert [(each["name"], each["value"]) for each in found["understood"]["filters"]] == [("author", people.author)]
    assert found["notes"] == ["“by:test” was taken for Test Author. Others are called so, too: by:“Test Mate”."]


def test_people_and_words_of_what_others_hide_are_nowhere(
    author: Caller, shelf: dict[str, str], people: People, call_as: Callable[[str], Caller]
) -> None:
    for typed in ("kerberso", '"kerberos nowhere"', "by:other", "kerber", "keytabs tag:tls"):
        text = author.get("/api/v1/search", query_string={"q": typed}).text.replace(typed, "")
        assert people.other not in text
        assert "Test Other" not in text
        assert "keytabs" not in text.replace("keytabs", "", 2 if "keytabs" in typed else 0)
    assert answer(call_as(people.other), "kerberso")["total"] == 1


def test_an_index_that_breaks_meanwhile_is_no_error(author: Caller, shelf: dict[str, str], in_site: Any) -> None:
    index = in_site.extensions["kb.hands"].index
    search = index.search

    def once(*args: Any, **options: Any) -> Any:
        index.search = broken
        return search(*args, **options)

    def broken(*_args: Any, **_options: Any) -> Any:
        raise IndexBroken("torn")

    index.search = once
    found = answer(author, "nowhere tag:tls")
    assert (found["total"], found["nearby"]) == (0, None)


def test_an_address_is_one_for_one_search() -> None:
    asked = Asked("größe & co", tags=("b", "a"), length="1m", sort="newest")
    assert asked.address() == "q=gr%C3%B6%C3%9Fe+%26+co&tag=b&tag=a&length=1m&sort=newest"
    assert Asked.from_args(asked.address()) == asked
    assert Asked.from_args("sort=best&q=x&unknown=1").address() == "q=x"
    assert Asked("\ud800x").address() == "q=%3Fx"
