"""What is in the trash can't be read, comes back as it was, and is erased by nobody before its time but its author."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from kb.accounts.models import Person
from kb.categories import tending
from kb.db import db, now, writing
from kb.errors import NotFound
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.files.cleaning import TRASH_DAYS, clean
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People

Add = Callable[..., str]


def is_there(screencast_id: str) -> bool:
    db.session.rollback()
    return db.session.get(Screencast, screencast_id) is not None


def throw_away(screencast_id: str, by: str, *, days_ago: int = 0) -> None:
    screencast = db.session.get_one(Screencast, screencast_id)
    screencasts.trash(screencast, by=db.session.get_one(Person, by))
    with writing():
        screencast.trashed_at = now() - timedelta(days=days_ago)


def test_a_curator_throws_away_and_restores_and_leaves_erasing_to_its_author_and_admins(
    add: Add, people: People, call_as: Callable[[str | None], Caller], category: Callable[[str], str]
) -> None:
    branch = category("Branch")
    tending.choose_curators(branch, [people.other], by=people.admin)
    item = add("Not theirs", category_id=branch)
    for name in (people.other, people.curator):
        caller = call_as(name)
        caller.post(f"/screencasts/{item}/delete")
        page = caller.get("/trash").text
        assert (f"/trash/{item}/restore" in page, f"/trash/{item}/erase" in page) == (True, False)
        assert caller.post(f"/trash/{item}/erase").status_code == 403
        assert is_there(item)
        assert caller.post(f"/trash/{item}/restore").status_code == 302
    admin = call_as(people.admin)
    admin.post(f"/screencasts/{item}/delete")
    assert f"/trash/{item}/erase" in admin.get("/trash").text
    assert admin.post(f"/trash/{item}/erase").status_code == 302
    assert not is_there(item)


def test_what_was_taken_out_meanwhile_is_not_erased(add: Add, people: People) -> None:
    item, author = add("Back in time"), db.session.get_one(Person, people.author)
    asked_at = now()
    throw_away(item, people.author, days_ago=1)
    screencasts.restore(db.session.get_one(Screencast, item), by=author)
    with pytest.raises(NotFound):
        erasing.erase(item, by=author, trashed_before=asked_at)
    throw_away(item, people.author)
    with pytest.raises(NotFound):
        erasing.erase(item, trashed_before=asked_at)
    assert is_there(item)


def test_after_its_days_it_is_erased_and_not_before(add: Add, people: People) -> None:
    old, young, alive = add("Old"), add("Young"), add("Alive")
    throw_away(old, people.author, days_ago=TRASH_DAYS + 1)
    throw_away(young, people.author, days_ago=TRASH_DAYS - 1)
    clean()
    assert [is_there(each) for each in (old, young, alive)] == [False, True, True]


def test_nothing_of_what_is_in_the_trash_is_told_to_anybody(
    add: Add, people: People, call_as: Callable[[str | None], Caller], category: Callable[[str], str]
) -> None:
    printers = category("Printers")
    item = add("Peculiar", category_id=printers, tags=("zyzzyva",))
    throw_away(item, people.author)
    for name in (people.author, people.curator, people.admin, people.mate):
        caller = call_as(name)
        for path in ("", "/transcripts/en"):
            assert caller.get(f"/api/v1/screencasts/{item}{path}").status_code == 404
        for path in ("", "/edit", "/status", "/original", "/still", "/storyboard.vtt", "/captions/en.vtt",
                     "/files/video.mp4", "/files/poster-1.webp"):  # fmt: skip
            assert caller.get(f"/screencasts/{item}{path}").status_code == 404, path
        assert caller.get("/api/v1/tags?q=zyzzyva").json["items"] == []
        assert [each["count"] for each in caller.get("/api/v1/categories").json["items"]] == [0]
        assert caller.post("/api/v1/bulk", json={"ids": [item], "add_tags": ["x"]}).json["changed"] == []
