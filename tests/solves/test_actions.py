"""Who says that it solved it or did not help, and what is counted of that."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from kb.accounts.erasing import erase_person
from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.accounts.sessions import viewer_of
from kb.db import db, writing
from kb.errors import Invalid, NotAllowed, NotFound
from kb.outbox import Outbox
from kb.screencasts.models import Screencast
from kb.solves import actions, queries
from kb.solves.models import InsteadOf, Reason, Solve, Unhelped
from tests.conftest import People
from tests.solves.conftest import LENGTH_MS


def counts(item: Screencast) -> tuple[int, int]:
    """As the screencast has them; they have to be those of the rows."""
    db.session.expire_all()
    rows = [
        db.session.scalar(select(func.count()).where(model.screencast_id == item.id)) for model in (Solve, Unhelped)
    ]
    assert [item.solved_count, item.unhelped_count] == rows
    return item.solved_count, item.unhelped_count


def told(item: Screencast) -> list[tuple[Any, ...]]:
    db.session.expire_all()
    return [
        (each.person_id, each.at_ms, each.minutes_saved, each.instead_of, each.note) for each in queries.of(item.id)
    ]


def test_who_says_it_again_says_it_anew(item: Screencast, person: Callable[[str], Person], people: People) -> None:
    actions.solve(item, by=person("mate"), at_ms=41_200)
    actions.solve(item, by=person("mate"), at_ms=50_000, minutes_saved=30, instead_of=InsteadOf.course, note="the VAT")
    assert told(item) == [(people.mate, 50_000, 30, "course", "the VAT")]
    actions.solve(item, by=person("other"))
    assert counts(item) == (2, 0)


def test_undoing_leaves_nothing_and_can_be_done_twice(item: Screencast, person: Callable[[str], Person]) -> None:
    actions.solve(item, by=person("mate"), note="the VAT")
    for _ in range(2):
        actions.undo(item, by=person("mate"))
        assert (told(item), counts(item)) == ([], (0, 0))
    actions.say_unhelped(item, Reason.wrong, by=person("mate"))
    for _ in range(2):
        actions.take_back_unhelped(item, by=person("mate"))
        assert counts(item) == (0, 0)


def test_a_person_says_one_of_the_two(item: Screencast, person: Callable[[str], Person]) -> None:
    actions.solve(item, by=person("mate"))
    actions.solve(item, by=person("other"))
    actions.say_unhelped(item, Reason.unclear, by=person("mate"))
    actions.say_unhelped(item, Reason.outdated, by=person("mate"))
    assert counts(item) == (1, 1)
    assert queries.reasons(item.id) == {Reason.outdated: 1}
    actions.solve(item, by=person("mate"))
    assert counts(item) == (2, 0)


def test_an_author_does_not_count(item: Screencast, person: Callable[[str], Person]) -> None:
    author = person("author")
    for act in (
        lambda: actions.get_to_judge(viewer_of(author), item.id),
        lambda: actions.solve(item, by=author),
        lambda: actions.say_unhelped(item, Reason.wrong, by=author),
    ):
        with pytest.raises(NotAllowed, match="yours"):
            act()
    assert counts(item) == (0, 0)


def test_nobody_judges_what_they_can_not_see(item: Screencast, person: Callable[[str], Person]) -> None:
    with writing():
        item.visibility = "private"
    with pytest.raises(NotFound):
        actions.get_to_judge(viewer_of(person("mate")), item.id)
    with pytest.raises(NotFound):
        actions.get_to_judge(Viewer(person_id="unknown"), item.id)


def test_a_moment_lies_within_the_recording(item: Screencast, person: Callable[[str], Person]) -> None:
    with pytest.raises(Invalid) as refused:
        actions.solve(item, by=person("mate"), at_ms=LENGTH_MS + 1_001)
    assert refused.value.errors == {"at": ["The recording is over at 2:00."]}
    assert counts(item) == (0, 0)
    # Where a player stops at the end.
    actions.solve(item, by=person("mate"), at_ms=LENGTH_MS + 40)
    assert told(item)[0][1] == LENGTH_MS


def test_all_who_say_it_at_once_are_counted(
    item: Screencast, people: People, at_once: Callable[..., list[Any]]
) -> None:
    names = ("mate", "other", "curator", "admin")
    item_id = item.id

    def say(name: str, round_: int) -> Callable[[], object]:
        def act() -> None:
            found = db.session.get_one(Screencast, item_id)
            who = db.session.get_one(Person, getattr(people, name))
            if (round_ + names.index(name)) % 2:
                actions.solve(found, by=who)
            else:
                actions.say_unhelped(found, Reason.wrong, by=who)

        return act

    for round_ in range(3):
        assert at_once(*(say(name, round_) for name in names for _ in range(2))) == [None] * 8
        found = db.session.get_one(Screencast, item_id)
        assert counts(found) == (2, 2)


def test_who_leaves_was_helped_all_the_same(item: Screencast, person: Callable[[str], Person], people: People) -> None:
    actions.solve(item, by=person("mate"), at_ms=1_000, note="the VAT")
    actions.say_unhelped(item, Reason.wrong, by=person("other"))
    for gone in (people.mate, people.other):
        erase_person(gone, by=people.admin)
    assert told(item) == [(None, 1_000, None, None, "the VAT")]
    assert counts(item) == (1, 1)
    actions.solve(item, by=person("curator"))
    assert counts(item) == (2, 1)


def test_a_page_names_the_latest(item: Screencast, person: Callable[[str], Person], people: People) -> None:
    for name in ("other", "curator", "mate"):
        actions.solve(item, by=person(name))
    assert [each.person_id for each in queries.of(item.id, limit=2)] == [people.mate, people.curator]


def test_the_index_is_told_of_notes_and_of_nothing_else(item: Screencast, person: Callable[[str], Person]) -> None:
    def entries() -> int:
        return db.session.scalar(select(func.count()).select_from(Outbox)) or 0

    before, version = entries(), item.version
    actions.solve(item, by=person("mate"), at_ms=5_000, minutes_saved=10)
    actions.say_unhelped(item, Reason.wrong, by=person("other"))
    actions.undo(item, by=person("mate"))
    assert (entries(), item.version) == (before, version)
    for act in (
        lambda: actions.solve(item, by=person("mate"), note="the VAT"),
        lambda: actions.solve(item, by=person("mate"), note="the VAT of March"),
        lambda: actions.undo(item, by=person("mate")),
    ):
        known = entries()
        act()
        assert entries() == known + 1
    assert item.version == version + 3


def test_a_moment_stays_with_its_recording(item: Screencast, person: Callable[[str], Person], people: People) -> None:
    actions.solve(item, by=person("mate"), at_ms=41_000, note="the VAT")
    actions.solve(item, by=person("other"))
    with writing():
        kept = actions.set_aside(item.id)
    assert [row[1] for row in told(item)] == [None, None]
    assert counts(item) == (2, 0)
    actions.undo(item, by=person("other"))
    with writing():
        assert actions.set_aside(item.id) == []
        actions.bring_back(item.id, kept)
    assert told(item) == [(people.mate, 41_000, None, None, "the VAT")]
