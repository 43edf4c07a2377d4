"""What docs/searching.md says can be written finds what it says."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import kb
from kb.accounts import actions as accounts
from kb.accounts.models import Role
from kb.categories import actions as categories
from kb.categories.tags import tags_named
from kb.db import now, writing
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People

PAGE = Path(kb.__file__).parent.parent / "docs" / "searching.md"
# Example → which of the shelf it finds, and first of all of those.
FINDS = {
    "reset vpn": {"vpn"},
    '"access denied"': {"denied"},
    "printer -driver": {"printer"},
    "in:speech token": {"said"},
    "tag:vpn": {"vpn"},
    'category:"Mail and calendar"': {"mail"},
    "by:ann": {"ann"},
    "lang:de": {"said"},
    "after:2026-05": {"vpn"},
    "before:2026": {"denied"},
}


@pytest.fixture
def shelf(people: People) -> dict[str, str]:
    ann = accounts.add_person("ann@test.example", "Ann Example", Role.member, None).id
    mail = categories.add("Mail and calendar", by=people.admin).id
    in_march = datetime(2026, 3, 1, tzinfo=UTC)
    with writing() as session:
        rows: dict[str, dict[str, Any]] = {
            "vpn": {
                "title": "Reset the VPN",
                "tags": tags_named(["vpn"]),
                "created_at": datetime(2026, 5, 1, tzinfo=UTC),
            },
            "denied": {"title": "Access denied", "created_at": datetime(2025, 12, 31, 23, tzinfo=UTC)},
            "apart": {"title": "Denied without access"},
            "printer": {"title": "Printer"},
            "driver": {"title": "Driver of a printer"},
            "said": {"title": "x"},
            "token": {"title": "Token"},
            "mail": {"title": "y", "category_id": mail},
            "ann": {"title": "z", "author_id": ann},
        }
        made = {
            name: Screencast(**{"author_id": people.author, "published_at": now(), "created_at": in_march} | row)
            for name, row in rows.items()
        }
        session.add_all(made.values())
    transcripts.put(made["said"].id, "de", [TimedText(0, 900, "das token bitte")], source=WordsFrom.upload)
    actions.rebuild()
    return {each.id: name for name, each in made.items()}


def test_each_example_of_the_page_is_tried_here() -> None:
    table = PAGE.read_text().partition("| write | for |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE) == list(FINDS)


@pytest.mark.parametrize("example", FINDS)
def test_each_example_finds_what_the_page_says(author: Caller, shelf: dict[str, str], example: str) -> None:
    answer = author.get("/api/v1/search", query_string={"q": example}).json
    assert {shelf[hit["screencast"]["id"]] for hit in answer["hits"]} == FINDS[example]
    assert answer["notes"] == []


@pytest.mark.parametrize("word", ["std::vector", "http://example.org", "foo:bar"])
def test_what_has_a_colon_and_is_no_filter_is_words(author: Caller, shelf: dict[str, str], word: str) -> None:
    understood = author.get("/api/v1/search", query_string={"q": word}).json["understood"]
    assert (understood["words"], understood["filters"]) == ([word], [])
