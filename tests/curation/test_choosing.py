"""Lists in which several can be chosen: only what its reader may change, and the list stays what it was."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kb.search import actions as search
from tests.conftest import People

Add = Callable[..., str]
Browser = Callable[[str], FlaskClient]
CHOICE = re.compile(r'<input [^>]*name="ids" value="(\w+)"[^>]*>')


def choices(page: str) -> dict[str, bool]:
    """By id: whether it can be chosen."""
    return {found[1]: "disabled" not in found[0] for found in CHOICE.finditer(page)}


@pytest.mark.parametrize("url", ["/?select=1", "/search?q=toner&select=1"])
@pytest.mark.parametrize(("who", "expected"), [("other", [True, False]), ("curator", [True, True])])
def test_only_what_its_reader_may_change_can_be_chosen(
    add: Add, people: People, signed_in: Browser, url: str, who: str, expected: list[bool]
) -> None:
    mine, another = add("My toner", author_id=people.other), add("Another toner")
    search.drain()
    found = choices(signed_in(getattr(people, who)).get(url).text)
    assert [found[mine], found[another]] == expected


@pytest.mark.parametrize("url", ["/", "/search?q=toner"])
def test_without_asking_nothing_can_be_chosen(add: Add, people: People, signed_in: Browser, url: str) -> None:
    add("My toner")
    search.drain()
    page = signed_in(people.curator).get(url).text
    assert not choices(page)
    assert "select=1" in page


def test_the_list_stays_narrowed_and_choosable_from_page_to_page(add: Add, people: People, signed_in: Browser) -> None:
    for number in range(30):
        add(f"Item {number}", tags=("paper",))
    page = signed_in(people.curator).get("/?tag=paper&select=1").text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    rest = signed_in(people.curator).get(following[1].replace("&amp;", "&")).text
    assert len(choices(page)) + len(choices(rest)) == 30
    assert "tag=paper" in following[1]


def test_the_bar_offers_what_the_preview_takes(
    add: Add, people: People, signed_in: Browser, category: Callable[[str], str]
) -> None:
    printers, item = category("Printers"), add("Item")
    page = signed_in(people.curator).get("/?select=1").text
    fields = set(re.findall(r'<(?:input|select|button)[^>]* name="(\w+)"', page.partition('id="choosing"')[2]))
    assert {"next", "category", "add_tags", "remove_tags", "trash"} <= fields
    assert f'<option value="{printers}"' in page
    assert '<option value="none">' in page
    assert item in choices(page)
