"""The trash is emptied of one's own at once; of what others threw away, by admins, as far as they see it."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from kb.accounts.models import Person
from kb.audit import AuditEntry
from kb.curation import actions, trash
from kb.db import db, now, writing
from kb.screencasts import actions as screencasts
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People
from tests.curation.test_trash import Add, is_there, throw_away

CallAs = Callable[[str | None], Caller]


def test_ones_own_goes_with_its_files_and_what_others_threw_away_stays(
    receive: Callable[..., str], people: People, call_as: CallAs, in_site: Flask
) -> None:
    mine, alive, theirs = receive(), receive(), receive(by=people.other)
    for each, by in ((mine, people.author), (theirs, people.other)):
        throw_away(each, by)
    root: Path = in_site.extensions["kb.hands"].storage.root
    assert list((root / "originals").glob(f"{mine}*"))
    assert call_as(people.author).delete("/api/v1/trash").json == {"screencasts": 1, "bytes": 0}
    assert [is_there(each) for each in (mine, alive, theirs)] == [False, True, True]
    assert not list((root / "originals").glob(f"{mine}*"))
    assert db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first().act == "erased"  # type: ignore[union-attr]


def test_only_admins_take_along_what_others_threw_away_and_only_what_they_see(
    add: Add, people: People, call_as: CallAs
) -> None:
    shown, private = add("For all"), add("Private", visibility="private")
    for each in (shown, private):
        throw_away(each, people.author)
    for name in (people.other, people.curator, people.author):
        assert call_as(name).delete("/api/v1/trash?whose=all").status_code == 403
    assert call_as(people.curator).delete("/api/v1/trash").json["screencasts"] == 0
    assert is_there(shown)
    assert call_as(people.admin).delete("/api/v1/trash?whose=all").json["screencasts"] == 1
    assert (is_there(shown), is_there(private)) == (False, True)


def test_what_came_into_the_trash_after_the_question_stays(add: Add, people: People) -> None:
    before, after = add("Before"), add("After")
    author = db.session.get_one(Person, people.author)
    throw_away(before, people.author, days_ago=1)
    asked = trash.Emptying(until=now())
    throw_away(after, people.author)
    viewer = trash.Viewer(people.author)
    assert list(actions.empty_trash(viewer, asked, by=author).sizes) == [before]
    assert is_there(after)
    screencasts.restore(db.session.get_one(Screencast, after), by=author)


def test_the_page_says_how_many_go_and_how_much_room_that_frees(add: Add, people: People, call_as: CallAs) -> None:
    for title, by in (("One", people.author), ("Two", people.author), ("Three", people.admin)):
        item = add(title, author_id=by)
        throw_away(item, by)
        with writing() as session:
            session.get_one(Screencast, item).stored_bytes = 2_100_000
    author = call_as(people.author)
    assert 'href="/trash/empty"' in author.get("/trash").text
    page = author.get("/trash/empty").text
    assert "2 screencasts of yours go for good" in page
    assert "4.2 MB" in page
    assert 'value="all"' not in page
    everything = call_as(people.admin).get("/trash/empty").text
    assert "1 screencast, 2.1 MB" in everything
    assert "3 screencasts, 6.3 MB" in everything
    assert 'href="/trash/empty"' not in call_as(people.other).get("/trash").text
    assert "Nothing in the trash is yours" in call_as(people.curator).get("/trash/empty").text


def test_the_form_erases_what_it_said(add: Add, people: People, signed_in: Callable[[str], FlaskClient]) -> None:
    item = add("One")
    throw_away(item, people.author)
    browser = signed_in(people.author)
    page = browser.get("/trash/empty").text
    values = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf_token", "until", "whose")}
    later = add("Thrown away meanwhile")
    throw_away(later, people.author)
    answer = browser.post("/trash/empty", data=values, follow_redirects=True)
    assert "1 screencast is gone for good." in answer.text
    assert (is_there(item), is_there(later)) == (False, True)
