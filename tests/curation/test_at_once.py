"""Several who put in order at the same moment: each act is done whole, once, or refused in words."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.categories import tags
from kb.categories.models import Synonym, Tag
from kb.curation import actions
from kb.curation.models import BulkChange
from kb.db import db
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.fields import Words
from kb.screencasts.models import Screencast
from tests.conftest import People
from tests.curation.test_bulk import change, tags_of

Add = Callable[..., str]
Refused = Callable[..., list[str]]
ROUNDS = 6


@pytest.fixture
def bulk(people: People) -> Callable[..., Callable[[], object]]:
    """(ids, what is asked …) -> a curator's act."""

    def asked(ids: Sequence[str], **what: object) -> Callable[[], object]:
        def act() -> object:
            curator = db.session.get_one(Person, people.curator)
            viewer = Viewer(curator.id, is_curator=True)
            return actions.apply(viewer, list(ids), change(**what), by=curator)

        return act

    return asked


def test_a_change_that_is_sent_twice_is_done_once(add: Add, refused: Refused, bulk: Callable[..., object]) -> None:
    for number in range(ROUNDS):
        items = [add(f"Item {number} {each}", tags=("old",)) for each in range(3)]
        before = db.session.scalar(select(func.count()).select_from(BulkChange)) or 0
        again = bulk(items, remove_tags=["old"], add_tags=["new"])
        assert refused(again, again, again) == []
        assert [tags_of(each) for each in items] == [["new"]] * 3
        assert db.session.scalar(select(func.count()).select_from(BulkChange)) == before + 1


def test_two_who_change_the_same_ones_in_another_order_get_in_nobodys_way(
    add: Add, refused: Refused, bulk: Callable[..., object], people: People
) -> None:
    def retitle(screencast_id: str) -> Callable[[], object]:
        return lambda: screencasts.change(
            db.session.get_one(Screencast, screencast_id),
            Words(title="New"),
            by=db.session.get_one(Person, people.author),
        )

    for number in range(ROUNDS):
        items = [add(f"Item {number} {each}") for each in range(12)]
        acts = [bulk(items, add_tags=["one"]), bulk(items[::-1], add_tags=["two"]), *map(retitle, items[::4])]
        assert refused(*acts) == []
        assert [tags_of(each) for each in items] == [["one", "two"]] * 12
        assert db.session.get_one(Screencast, items[4]).title == "New"


def test_a_change_that_is_taken_back_twice_is_taken_back_once(
    add: Add, refused: Refused, bulk: Callable[..., Callable[[], BulkChange]], people: People
) -> None:
    def undo(change_id: str) -> Callable[[], object]:
        def act() -> object:
            curator = db.session.get_one(Person, people.curator)
            return actions.undo(Viewer(curator.id, is_curator=True), change_id, by=curator)

        return act

    for number in range(ROUNDS):
        item = add(f"Item {number}", tags=("kept",))
        done = bulk([item], add_tags=["gone"])().id
        assert refused(*[undo(done)] * 3) == ["This was taken back already."] * 2
        assert tags_of(item) == ["kept"]


def test_two_tags_that_are_merged_into_each_other_leave_one(add: Add, refused: Refused, people: People) -> None:
    viewer = Viewer(people.curator, is_curator=True)

    def merge(name: str, into: str) -> Callable[[], object]:
        return lambda: tags.merge(viewer, [name], into, by=people.curator)

    for number in range(ROUNDS):
        one, two = f"one {number}", f"two {number}"
        items = [add("One", tags=(one,)), add("Two", tags=(two,))]
        refused(merge(one, two), merge(two, one))
        names = set(db.session.scalars(select(Tag.name).where(Tag.name.in_([one, two]))))
        assert len(names) == 1
        assert [tags_of(each) for each in items] == [sorted(names)] * 2
        assert set(db.session.scalars(select(Synonym.word).where(Synonym.word.in_([one, two])))) == {one, two} - names


def test_what_is_erased_and_restored_at_once_is_either_there_or_gone(
    add: Add, refused: Refused, people: People
) -> None:
    viewer = Viewer(people.author)

    def restore(screencast_id: str) -> Callable[[], object]:
        def act() -> None:
            screencast = screencasts.get_from_trash(viewer, screencast_id)
            screencasts.restore(screencast, by=db.session.get_one(Person, people.author))

        return act

    def erase(screencast_id: str) -> Callable[[], object]:
        def act() -> None:
            screencast = screencasts.get_from_trash(viewer, screencast_id)
            erasing.erase(screencast.id, trashed_before=screencast.trashed_at)

        return act

    for number in range(ROUNDS):
        item = add(f"Item {number}")
        screencasts.trash(db.session.get_one(Screencast, item), by=db.session.get_one(Person, people.author))
        assert refused(restore(item), erase(item)) == ["This is not in the trash any more."]
