"""The search page where there is nothing to find, or not all that was looked for."""

from collections.abc import Callable

import pytest

from kb.screencasts.models import Screencast
from kb.search.actions import rebuild
from tests.conftest import People
from tests.web.actors import Browser, World


@pytest.mark.parametrize("url", ["/search", "/search?q=printer"])
def test_where_nothing_is_shown_yet_the_one_thing_to_do_is_to_show_the_first(
    people: People, signed_in: Callable[[str], Browser], receive: Callable[..., str], url: str
) -> None:
    author = signed_in(people.author)
    empty = author.get(url).text.partition("<main")[2]
    assert "Upload a recording" in empty
    assert "Look around in the library" not in empty
    receive(title="Reset the router")
    assert "Look around in the library" in author.get(url).text


def test_what_is_not_shared_with_somebody_does_not_fill_the_site_for_them(
    people: People, signed_in: Callable[[str], Browser], receive: Callable[..., str]
) -> None:
    receive(title="Reset the router", visibility="private")
    assert "Nobody has shown anything yet" in signed_in(people.admin).get("/search?q=printer").text
    assert "Nobody has shown that yet" in signed_in(people.author).get("/search?q=printer").text


def test_where_no_hit_has_all_words_the_page_says_so_and_which_each_of_them_lacks(
    people: People, signed_in: Callable[[str], Browser], make: Callable[..., Screencast]
) -> None:
    make("A machine")
    rebuild()
    page = signed_in(people.author).get("/search?q=descale+machine").text
    assert "None of these has all of your words." in page
    assert "Not in it: <bdi>descale</bdi>" in page


def test_where_a_hit_has_all_words_only_the_others_say_what_they_lack(
    people: People, signed_in: Callable[[str], Browser], make: Callable[..., Screencast]
) -> None:
    make("A machine")
    make("Descale a machine")
    rebuild()
    page = signed_in(people.author).get("/search?q=descale+machine").text
    assert "None of these has all of your words." not in page
    assert page.count("Not in it: <bdi>descale</bdi>") == 1


def test_a_visitor_can_send_the_form_for_what_stands_there(world: World) -> None:
    form = world.call("nobody", "GET", "/search", public=True).text.partition('name="q" rows')[0].rpartition("<form")[2]
    assert 'method="post"' not in form
    assert 'action="/search"' in form
    assert world.call("nobody", "GET", "/search?q=line%20one%0Aline%20two", public=True).status_code == 200
