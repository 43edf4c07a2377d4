"""What is pasted is searched by the few lines of it that tell which error it is."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.db import now, writing
from kb.index.memory import ANALYSER
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.search.pasted import LONGEST_LINE, MOST_LINES, Line, is_pasted, lines, stems_of, telling
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.conftest import Caller, People

TRACE = """2026-11-22 08:14:12,503 ERROR [http-nio-8080] request failed
Traceback (most recent call last):
  File "/home/ann/jobs/nightly.py", line 611, in <module>
  File "/home/ann/jobs/ledger_import.py", line 97, in load
KeyError: 'ledger_month'"""


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        (TRACE, True),
        (" ".join(TRACE.split()), True),
        ("restart the pod", False),
        ("\nrestart the pod\n\n", False),
        ("how do I find out which of our many printers in the office on the second floor is broken", False),
        ("kubectl -n team get pods", False),
        ("", False),
    ],
)
def test_several_lines_or_a_long_one_with_code_in_it_are_a_paste(typed: str, is_one: bool) -> None:
    assert is_pasted(typed) is is_one


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("2026-11-22T08:14:12.503Z FATAL no listener", "FATAL no listener"),
        ("Nov 22 08:14:12 srv systemd[1]: failed", "srv systemd : failed"),
        ('File "/home/ann/jobs/ledger.py", line 97, in load', 'File "ledger.py", in load'),
        ("C:\\Users\\ann\\Documents\\ledger.xlsx is locked", "ledger.xlsx is locked"),
        ("at org.acme.Ledger.load(Ledger.java:42)", "at org.acme.Ledger.load(Ledger.java)"),
        ("ann@srv-04:~/src$ git push --force-with-lease", "git push --force-with-lease"),
        ("segfault at 0x00007ff6a1b2c3d4", "segfault at"),
        ("Install error - 0x80070005", "Install error - 0x80070005"),
        ("request 5f2b1c3e-8d4a-4b6e-9f10-2a3b4c5d6e7f from 10.0.0.7:5432", "request from"),
        ("HTTP 404 after 3 tries", "HTTP 404 after tries"),
        ("see https://docs.example.org/errors/vpn", "see https://docs.example.org/errors/vpn"),
        ("feature/ledger-month is stale", "feature/ledger-month is stale"),
    ],
)
def test_what_differs_each_time_is_dropped_and_what_names_the_error_stays(line: str, kept: str) -> None:
    assert lines(line) == [kept]


def told(pasted: str, library: Iterable[str]) -> list[Line]:
    """By what these texts, a document each, hold."""
    documents = list(library)
    spread = Counter(stem for text in documents for stem in set(stems_of([text], ANALYSER.analyse)))
    return telling(lines(pasted), spread, len(documents), ANALYSER.analyse)


def test_the_rarest_lines_come_first_and_words_that_stand_nowhere_are_not_searched() -> None:
    common = ["Traceback most recent call last File module load", "ERROR request failed"]
    library = [*common * 10, "KeyError: 'ledger_month'"]
    best, *others = told(TRACE, library)
    assert best == Line("KeyError: 'ledger_month'", ("KeyError", "ledger_month"))
    assert not any("Traceback" in line.text for line in others)


def test_a_name_that_stands_nowhere_as_a_whole_is_searched_by_the_parts_that_do() -> None:
    library = ["the pod web-frontend restarts", *["the pod is fine"] * 9]
    (line,) = told("web-frontend-77f-x2 0/1 CrashLoopBackOff", library)
    assert set(line.words) == {"web", "frontend"}


def test_the_error_at_the_end_of_a_log_of_any_length_is_read() -> None:
    log = "\n".join(f"waiting for job {n * 7919}" for n in range(20_000))
    assert "TunnelBrokenError" in lines(f"{log}\nTunnelBrokenError")
    assert "TunnelBrokenError" in lines(f"TunnelBrokenError\n{log}")


def test_a_long_line_is_cut_and_of_very_many_the_first_and_the_last_are_read() -> None:
    pieces = lines(" ".join(f"word{n}" for n in range(100)))
    assert all(len(piece.split()) <= LONGEST_LINE for piece in pieces)
    assert " ".join(pieces).split() == [f"word{n}" for n in range(100)]
    many = lines("\n".join(f"step{n} done" for n in range(1_000, 1_300)))
    assert len(many) == MOST_LINES
    assert (many[0], many[-1]) == ("step1000 done", "step1299 done")


@given(st.text(max_size=400) | st.text("ab1:/\\.-[]@$ \n\t\x00'\"", max_size=400))
def test_nothing_that_is_pasted_fails(text: str) -> None:
    is_pasted(text)
    told(text, [text])


# -- in a search ----------------------------------------------------------------------------------------------------


@pytest.fixture
def library(people: People) -> dict[str, str]:
    """Which recording is about the error of TRACE: on the screen of one, in a word or two of the others."""
    made = {
        name: Screencast(title="When it stops", author_id=people.author, published_at=now(), duration_ms=60_000)
        for name in ("shown", "said", *(f"other{n}" for n in range(30)))
    }
    with writing() as session:
        session.add_all(made.values())
    transcripts.put(
        made["said"].id, "en", [TimedText(0, 900, "load the ledger month after month")], source=WordsFrom.upload
    )
    with writing():
        screen_text.put(made["shown"].id, [TimedText(20_000, 30_000, "KeyError: 'ledger_month'")])
        for n in range(30):
            text = "Traceback (most recent call last): File nightly.py request failed"
            screen_text.put(made[f"other{n}"].id, [TimedText(0, 900, text)])
    actions.rebuild()
    return {name: each.id for name, each in made.items()}


def pasted(author: Caller, text: str, **query: Any) -> Any:
    return author.get("/api/v1/search", query_string={"q": text} | query).json


def test_a_pasted_trace_leads_to_the_second_at_which_its_error_is_on_the_screen(
    author: Caller, library: dict[str, str]
) -> None:
    answer = pasted(author, TRACE)
    assert answer["understood"]["lines"][0] == "KeyError: 'ledger_month'"
    best = answer["hits"][0]
    assert best["screencast"]["id"] == library["shown"]
    assert (best["moments"][0]["start"], best["moments"][0]["source"]) == (20.0, "screen")


def test_all_that_a_paste_finds_is_reached_by_paging(author: Caller, library: dict[str, str]) -> None:
    trace = "Traceback (most recent call last):\nFile nightly.py\nrequest failed"
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = pasted(author, trace, limit=7, cursor=cursor)
        assert answer["total"] == 30
        found += [hit["screencast"]["id"] for hit in answer["hits"]]
        cursor = answer["next"]
    assert sorted(found) == sorted(library[f"other{n}"] for n in range(30))


def test_signs_of_a_filter_in_a_paste_are_none(author: Caller, library: dict[str, str]) -> None:
    answer = pasted(author, "in:nightly -failed\nKeyError by:root")
    assert (answer["understood"]["filters"], answer["notes"]) == ([], [])
    assert answer["hits"][0]["screencast"]["id"] == library["shown"]


def test_a_paste_of_which_nothing_is_known_is_searched_as_typed(author: Caller, library: dict[str, str]) -> None:
    answer = pasted(author, "qwxyz\nvbnmq")
    assert (answer["total"], answer["understood"]["lines"]) == (0, [])
    assert answer["understood"]["words"] == ["qwxyz", "vbnmq"]
