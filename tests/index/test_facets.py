"""What every engine counts of the documents found, and narrows them by."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kb.index.contract import Document, Found, Index, Query

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SHELF = [
    Document(
        "printer",
        "Set up the printer",
        about="driver for the basement",
        spoken="now press print",
        category_path=("it", "devices", "printers"),
        tags=("printing", "windows"),
        author="anna",
        language="en-GB",
        duration_ms=60_000,
        created_at=NOW - 7 * DAY,
    ),
    Document(
        "drucker",
        "Drucker einrichten",
        screen="Print spooler printer",
        category_path=("it", "devices"),
        tags=("printing",),
        author="bert",
        language="de",
        translations=(("en", "the printer is offline"),),
        duration_ms=60_001,
        created_at=NOW - 8 * DAY,
    ),
    Document("scan", "Scan instead", spoken="no printer", author="anna", created_at=NOW - 400 * DAY),
    Document("live", "Printer hall, live", duration_ms=0, created_at=NOW + 2 * DAY),
    Document("hidden", "Printer secrets", category_path=("hr",), tags=("hush",), author="boss", language="fi"),
]
SEEN = frozenset({"printer", "drucker", "scan", "live"})


@pytest.fixture
def index(make_index: Callable[[], Index]) -> Index:
    index = make_index()
    index.rebuild(SHELF[:2])
    # Another part of the index, in which values meet again.
    index.write(SHELF[2:])
    return index


def search(index: Index, *words: str, visible: frozenset[str] = SEEN, **asked: Any) -> Found:
    return index.search(Query(words, **asked), visible=visible, facets=True, now=NOW, limit=1)


def ids(index: Index, *words: str, **asked: Any) -> set[str]:
    return set(search(index, *words, **asked).matched)


def test_each_value_is_counted_over_all_hits_and_not_over_a_page(index: Index) -> None:
    found = search(index, "printer")
    assert (found.total, len(found.hits)) == (4, 1)
    assert found.facets == {
        "category": {"it": 2, "devices": 2, "printers": 1},
        "tag": {"printing": 2, "windows": 1},
        "author": {"anna": 2, "bert": 1},
        "language": {"en": 2, "de": 1},
        "length": {"0": 2, "1": 1},
        "age": {"0": 2, "1": 1, "3": 1},
        "source": {"title": 2, "spoken": 2, "screen": 1},
    }


def test_without_words_all_is_counted_but_no_field(index: Index) -> None:
    found = search(index, tags=("printing",))
    assert found.facets["author"] == {"anna": 1, "bert": 1}
    assert found.facets["source"] == {}


def test_nothing_is_counted_that_was_not_asked_for_or_not_found(index: Index) -> None:
    assert index.search(Query(("printer",)), visible=SEEN).facets == {}
    assert not any(search(index, "zebra").facets.values())
    assert not any(search(index, "printer", visible=frozenset()).facets.values())


def test_what_is_hidden_is_never_counted(index: Index) -> None:
    for asked in ({}, {"tags": ("hush",)}):
        counts = search(index, **asked).facets
        assert "hush" not in counts["tag"]
        assert "hr" not in counts["category"]
        assert "boss" not in counts["author"]
        assert "fi" not in counts["language"]


def test_a_replaced_or_deleted_document_is_counted_no_more(index: Index) -> None:
    index.write([Document("printer", "Printer", author="carl", created_at=NOW)], deleted=["scan"])
    found = search(index, "printer")
    assert (found.total, found.facets["author"]) == (3, {"carl": 1, "bert": 1})


def test_words_are_looked_for_in_the_fields_asked_for_alone(index: Index) -> None:
    assert ids(index, "printer", fields=("title",)) == {"printer", "live"}
    assert ids(index, "printer", fields=("screen",)) == {"drucker"}
    assert ids(index, "printer", fields=("spoken", "screen")) == {"drucker", "scan"}
    assert search(index, "printer", fields=("spoken",)).facets["source"] == {"spoken": 2}
    assert ids(index, "inst", fields=("title",), last_is_prefix=True) == {"scan"}
    assert ids(index, "inst", fields=("spoken",), last_is_prefix=True) == set()
    assert ids(index, fields=("spoken",), phrases=(("the", "printer"),)) == {"drucker"}
    assert ids(index, fields=("title",), phrases=(("the", "printer"),)) == {"printer"}
    assert ids(index, "printer", fields=("spoken",), excluded=("driver",)) == {"drucker", "scan"}


def test_a_language_is_found_whatever_its_region_and_in_a_translation(index: Index) -> None:
    assert ids(index, language="en") == ids(index, language="en-US") == {"printer", "drucker"}
    assert ids(index, language="DE") == {"drucker"}
    assert ids(index, language="fi") == set()


def test_since_is_in_and_until_is_not(index: Index) -> None:
    assert ids(index, since=NOW - 7 * DAY) == {"printer", "live"}
    assert ids(index, until=NOW - 7 * DAY) == {"drucker", "scan"}
    assert ids(index, since=NOW - 8 * DAY, until=NOW) == {"printer", "drucker"}
    assert ids(index, since=datetime(2026, 5, 25, 12)) == {"printer", "live"}


@pytest.mark.parametrize("name", ["length", "age"])
def test_a_counted_value_finds_as_many_as_were_counted(index: Index, name: str) -> None:
    counts = search(index).facets[name]
    assert {value: len(ids(index, **{name: int(value)})) for value in counts} == counts
    assert sum(counts.values()) == (3 if name == "length" else 4)


def test_ages_are_counted_from_the_present_unless_another_is_given(index: Index) -> None:
    today = index.search(Query(), visible=frozenset({"new"}), facets=True)
    assert today.facets["age"] == {}
    index.write([Document("new", "New", created_at=datetime.now(UTC) - DAY)])
    assert index.search(Query(age=0), visible=frozenset({"new"}), facets=True).facets["age"] == {"0": 1}
