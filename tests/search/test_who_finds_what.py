"""Who finds what: while the index is behind, in a process with two sites, and with the engine that people search."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path

from flask import Flask

from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.db import db, now, writing
from kb.index.whoosh import WhooshIndex
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.search import actions
from tests.conftest import Caller, People
from tests.web.actors import make_world, word


def test_an_index_that_is_behind_shows_nothing_that_was_taken_away(
    author: Caller, forty: list[str], people: People, call_as: Callable[[str], Caller]
) -> None:
    other = call_as(people.other)
    assert other.get("/api/v1/search?q=reset").json["total"] == 40
    for screencast_id in forty[:30]:
        author.patch(f"/api/v1/screencasts/{screencast_id}", json={"visibility": "private"})
    author.delete(f"/api/v1/screencasts/{forty[30]}")
    # The index was not drained since.
    answer = other.get("/api/v1/search?q=reset").json
    assert (answer["total"], len(answer["hits"])) == (9, 9)
    assert author.get("/api/v1/search?q=reset").json["total"] == 39


def drain(site: Flask) -> None:
    with site.app_context():
        actions.drain()


def test_words_taken_out_before_others_may_see_it_are_never_found_by_them(
    author: Caller, people: People, call_as: Callable[[str], Caller], forty: list[str], site: Flask
) -> None:
    other = call_as(people.other)
    item = f"/api/v1/screencasts/{forty[0]}"
    author.patch(item, json={"visibility": "private", "description": "quokka"})
    drain(site)
    author.patch(item, json={"description": "nothing any more"})
    author.patch(item, json={"visibility": "everyone"})
    # The index still holds the word.
    assert other.get("/api/v1/search?q=quokka").json["total"] == 0
    drain(site)
    assert other.get("/api/v1/search?q=nothing").json["total"] == 1


def test_words_taken_out_before_somebody_joins_the_team_are_never_found_by_them(
    author: Caller, people: People, call_as: Callable[[str], Caller], forty: list[str], site: Flask
) -> None:
    other = call_as(people.other)
    item = f"/api/v1/screencasts/{forty[0]}"
    author.patch(item, json={"visibility": "team", "team": people.team, "description": "quokka"})
    drain(site)
    author.patch(item, json={"description": "nothing any more"})
    with site.app_context():
        admin = db.session.get_one(Person, people.admin)
        accounts.change_person(people.other, by=admin, role=Role.member, active=True, team_ids=[people.team])
    # The index still holds the word.
    assert other.get("/api/v1/search?q=quokka").json["total"] == 0
    drain(site)
    assert other.get("/api/v1/search?q=nothing").json["total"] == 1


def test_what_one_site_knows_of_its_visitors_another_does_not(make_site, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Visitors of two sites in one process are the same value."""
    from kb.accounts.rules import Viewer

    sites = [make_site(settings.model_copy(update={"data_dir": tmp_path / name})) for name in ("one", "two")]
    with sites[0].app_context():
        from kb.accounts.actions import add_person
        from kb.accounts.models import Role

        person = add_person("a@test.example", "A", Role.member, None)
        with writing() as session:
            session.add(Screencast(title="t", author_id=person.id, visibility="public", published_at=now()))
    seen = []
    for site in sites:
        with site.app_context():
            seen.append(len(queries.visible_ids(Viewer(sees_public=True))))
    assert seen == [1, 0]


def test_the_index_that_people_search_corrects_and_counts_by_what_each_may_see(
    tmp_path: Path, migrated: Path, clip: Path
) -> None:
    """The same as in test_who_sees_what, with the engine that runs and not the one of the tests."""
    world = make_world(tmp_path, migrated, clip, index=WhooshIndex(tmp_path / "index"))
    for kind in ("private", "draft", "team", "trashed"):
        for place in ("title", "tag", "caption", "description"):
            meant = word(kind, place)
            for typed in (meant, f"{meant[:-2]}{meant[-1]}{meant[-2]} clip", meant[:-1], f"{meant}x reset"):
                answer = world.call("other", "GET", "/api/v1/search", query_string={"q": typed})
                told = reduce(lambda text, said: text.replace(said, ""), [typed, *typed.split()], answer.text)
                assert meant not in told, typed
                assert world.items[kind] not in answer.text
    title = word("private", "title")
    typed = f"{title[:-2]}el clip"
    assert world.call("author", "GET", f"/api/v1/search?q={typed}").json["did_you_mean"] == f"{title} clip"
    assert world.call("other", "GET", "/api/v1/search?q=reset").json["total"] == 2
