"""The address of a search holds all of it, however long the text was."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask

from kb.accounts.rules import Viewer
from kb.search.actions import drain
from kb.search.addresses import LONGEST_SEARCHED, fitting, page_url
from kb.search.asked import Asked
from tests.conftest import Caller, People

LOG = "\n".join(f"12:00:{n % 60:02} worker {n} fetched the next job of the queue" for n in range(300))


def test_a_search_that_fits_stays_as_it_is(in_site: Flask) -> None:
    asked = Asked("reset\nthe router", tags=("vpn",), sort="newest")
    assert fitting(Viewer(), asked) == asked


def test_of_a_long_log_the_line_stays_that_tells_which_error_it_is(
    people: People, call_as: Callable[[str], Caller], receive: Callable[..., str]
) -> None:
    item = receive(title="Repair the queue", description="ZebraSpoolerError: the queue of jobs is torn")
    drain()
    pasted = f"{LOG}\nZebraSpoolerError: queue is torn\n{LOG}"
    author = call_as(people.author)
    address = author.post("/search", data={"q": pasted}).headers["Location"]
    assert "ZebraSpoolerError" in address
    assert len(address) < LONGEST_SEARCHED + 100
    assert f"/screencasts/{item}" in author.get(address).text


@pytest.mark.parametrize("text", ["日本語" * 4000, "x" * 20_000, "\ud800" * 9000, "%0A\n" * 5000])
def test_what_no_index_knows_is_cut(in_site: Flask, text: str) -> None:
    fitted = fitting(Viewer(), Asked(text))
    assert 0 < len(fitted.address()) <= LONGEST_SEARCHED


def test_an_address_says_besides_what_the_page_wants(in_site: Flask) -> None:
    with in_site.test_request_context():
        url = urlsplit(page_url(Asked("a b", tags=("vpn",)), cursor="next", select=None))
    assert (url.path, url.query) == ("/search", "q=a+b&tag=vpn&cursor=next")
