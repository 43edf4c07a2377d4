"""Who types the start of a title finds that first."""

from collections.abc import Callable

import pytest

from kb.accounts.rules import Viewer
from kb.search import actions
from kb.search.answers import answer
from kb.search.asked import Asked
from tests.search.conftest import Make

Find = Callable[..., list[str]]


@pytest.fixture
def find(as_author: Viewer) -> Find:
    def titles(typed: str, **pages: int) -> list[str]:
        return [hit.screencast.title for hit in answer(as_author, Asked(typed), **pages).hits]

    return titles


@pytest.mark.parametrize(
    "typed",
    ["what is the pr", "What is the printer qu", "printer queue for", "how do I printer queue", "what is the PrinterQ"],
)
def test_a_title_that_begins_as_typed_comes_before_what_says_the_words_more_often(
    make: Make, find: Find, typed: str
) -> None:
    make("What is the printer queue for?", description="Paper and ink, and many other things that an office has.")
    make("A queue", description="printer queue, printer queue: a queue of a printer")
    make("Printer", description="the printer queue and the queue of another printer")
    actions.rebuild()
    assert find(typed)[0] == "What is the printer queue for?"


def test_how_a_compound_is_written_is_all_one(make: Make, find: Find) -> None:
    make("Class DataFlavor", description="of what is dragged")
    make("A class", description="data, data flavor, a class of data")
    actions.rebuild()
    for typed in ("class data fl", "class dataflavor", "Class Data-Flav"):
        assert find(typed)[0] == "Class DataFlavor"


def test_one_word_begins_too_many_titles_to_say_which_is_meant(make: Make, find: Find) -> None:
    make("Printer paper and what else is in the cupboard of the office on the third floor beside the stairs")
    make("The printer", description="our printer")
    actions.rebuild()
    assert find("printer")[0] == "The printer"


def test_it_must_pass_the_filters_as_any_hit(make: Make, find: Find) -> None:
    make("Printer queue for all")
    make("The queue of a printer", "office")
    actions.rebuild()
    assert find("printer queue tag:office") == ["The queue of a printer"]
    assert find('"printer queue"') == ["Printer queue for all"]


def test_pages_still_fit_together(make: Make, find: Find) -> None:
    for n in range(45):
        make(f"Printers {n}", description="printer queue " * (n % 5 + 1))
    make("Printer queue for all of us and the guests of the house, whoever they are and whatever they came for today")
    actions.rebuild()
    pages = [find("printer queue", offset=offset, limit=7) for offset in range(0, 46, 7)]
    every = [title for page in pages for title in page]
    assert every[0].startswith("Printer queue")
    assert len(every) == len(set(every)) == 46
    assert every == find("printer queue", limit=46)
