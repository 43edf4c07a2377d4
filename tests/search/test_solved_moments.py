"""Moments that solved it: found by what is said there, or by what those whom it helped wrote."""

from collections.abc import Callable

import pytest

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import actions as pipeline
from kb.search import actions as search
from kb.search.marks import Passage, Passages, together
from kb.search.moments import Moment
from kb.search.solved_moments import with_solved
from kb.solves import actions as solves
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import Caller, People

MOMENTS = [Moment(40_000, 47_000, "speech", "a", 2.0), Moment(90_000, 95_000, "screen", "b", 1.0)]


def solved(*at_ms: int) -> list[Passages]:
    return together(Passage(at, at, "", "solved") for at in at_ms)


def told(*at_ms: int) -> list[tuple[str, int]]:
    return [(moment.kind, moment.solved) for moment in with_solved(MOMENTS, solved(*at_ms))]


def test_a_solve_is_of_the_moment_that_it_follows() -> None:
    assert told(35_000, 43_000, 77_000) == [("solved", 3), ("screen", 0)]
    assert told(34_999, 77_001) == [("speech", 0), ("screen", 0)]
    assert told(85_000, 125_000, 41_000) == [("solved", 1), ("solved", 2)]


def test_of_two_moments_the_nearer_one_solved_it() -> None:
    near = [MOMENTS[0], Moment(60_000, 62_000, "speech", "b", 1.0)]
    assert [moment.solved for moment in with_solved(near, solved(58_000, 49_000))] == [1, 1]


def test_what_is_found_by_its_title_alone_opens_where_it_helped_most() -> None:
    title = [Moment(0, 0, "title", "a", 1.0)]
    assert with_solved(title, []) == title
    (moment,) = with_solved(title, solved(95_000, 5_000, 90_000, 119_000, 121_000))
    assert (moment.start_ms, moment.end_ms, moment.solved, moment.html) == (90_000, 119_000, 3, "a")
    (moment,) = with_solved(title, solved(80_000, 5_000))
    assert (moment.start_ms, moment.solved, moment.kind) == (5_000, 1, "solved")


@pytest.fixture
def item(people: People) -> Screencast:
    with writing() as session:
        found = Screencast(title="Close the month", author_id=people.author, published_at=now(), duration_ms=120_000)
        session.add(found)
        pipeline.start(found)
    cues = [TimedText(0, 9_000, "Open the ledger."), TimedText(60_000, 69_000, "Now export the invoices.")]
    transcripts.put(found.id, "en", cues, source=WordsFrom.upload)
    search.drain()
    return found


@pytest.fixture
def moments(call_as: Callable[[str | None], Caller], people: People) -> Callable[[str], list[tuple[float, str, int]]]:
    caller = call_as(people.other)

    def found(query: str) -> list[tuple[float, str, int]]:
        search.drain()
        hits = caller.get(f"/api/v1/search?q={query}").json["hits"]
        return [(each["start"], each["source"], each["solved_count"]) for hit in hits for each in hit["moments"]]

    return found


def test_where_somebody_was_helped_what_is_said_there_is_a_solved_moment(
    item: Screencast, people: People, moments: Callable[[str], list[tuple[float, str, int]]]
) -> None:
    assert moments("export invoices") == [(60.0, "speech", 0)]
    for who in (people.mate, people.curator):
        solves.solve(item, by=db.session.get_one(Person, who), at_ms=71_000)
    assert moments("export invoices") == [(60.0, "solved", 2)]
    assert moments("ledger") == [(0.0, "speech", 0)]
    assert moments("month") == [(71.0, "solved", 2)]
    solves.undo(item, by=db.session.get_one(Person, people.mate))
    assert moments("export invoices") == [(60.0, "solved", 1)]


def test_what_it_solved_is_found_at_the_second_that_did(
    item: Screencast, people: People, moments: Callable[[str], list[tuple[float, str, int]]]
) -> None:
    mate = db.session.get_one(Person, people.mate)
    assert moments("quarterly audit") == []
    solves.solve(item, by=mate, at_ms=71_000, note="Our quarterly audit")
    assert moments("quarterly audit") == [(71.0, "solved", 1)]
    solves.solve(item, by=mate, note="Our quarterly audit")
    assert moments("quarterly audit") == [(0.0, "title", 0)]
    solves.undo(item, by=mate)
    assert moments("quarterly audit") == []


def test_among_equals_search_puts_first_what_helped(
    item: Screencast, people: People, call_as: Callable[[str | None], Caller]
) -> None:
    with writing() as session:
        twin = Screencast(title=item.title, author_id=people.author, published_at=now(), duration_ms=120_000)
        session.add(twin)
        pipeline.start(twin)
    cues = [TimedText(0, 9_000, "Open the ledger."), TimedText(60_000, 69_000, "Now export the invoices.")]
    transcripts.put(twin.id, "en", cues, source=WordsFrom.upload)
    search.drain()
    caller = call_as(people.other)

    def first() -> str:
        return str(caller.get("/api/v1/search?q=export invoices").json["hits"][0]["screencast"]["id"])

    last = twin if first() == item.id else item
    solves.solve(last, by=db.session.get_one(Person, people.mate))
    solves.solve(last, by=db.session.get_one(Person, people.curator))
    assert first() == last.id
