"""Each route, as each kind of person, for each kind of screencast: no word and no byte goes to whom it is not for."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from kb.accounts.models import Invitation
from kb.db import db
from kb.index.contract import IndexBroken
from kb.index.memory import MemoryIndex
from kb.web import limits
from tests.web.access import EDITORS, Acts, Lists, Open, Shows
from tests.web.actors import ACTORS, FIELDS, KINDS, World, make_world, word
from tests.web.routes import ROUTES, STORAGE, TRASH

# KB_PUBLIC means nothing to who is signed in; they are asked where it could give them most.
EVERYWHERE = [("nobody", False), *((actor, True) for actor in ACTORS)]
# Without KB_PUBLIC nobody who is not signed in gets any list; the tests of lists see to that.
READERS = EVERYWHERE[1:]
CSRF = re.compile(r'(content|value)="[\w.-]{60,}"')


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same people ask more within a minute here than anybody may."""
    monkeypatch.setattr(limits, "READS", "1000000 per minute")
    monkeypatch.setattr(limits, "WRITES", "1000000 per minute")


def rules(site: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in site.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def of_kind(kind: type) -> list[str]:
    return [route for route, what in ROUTES.items() if isinstance(what, kind)]


def is_refused(response: TestResponse, *, is_page: bool) -> bool:
    """Sent to sign in (a page) or told to (the rest), told no, or told that there is nothing."""
    if is_page and response.status_code == 302:
        return response.location.startswith("/sign-in?next=")
    return response.status_code in (401, 403, 404)


def test_every_route_has_its_line_in_the_table(world: World) -> None:
    assert rules(world.site) == set(ROUTES)


@pytest.mark.parametrize("route", of_kind(Shows))
def test_something_of_a_screencast_is_shown_to_those_who_may_see_it_and_to_nobody_else(
    world: World, route: str
) -> None:
    what = ROUTES[route]
    assert isinstance(what, Shows)
    wrong = []
    for kind, url, (actor, public) in product(KINDS, what.urls, EVERYWHERE):
        response = world.call(actor, "GET", world.fill(url, kind), public=public)
        if world.may_see(actor, kind, public=public):
            fine = response.status_code == 200 and len(response.data) > 10
        elif actor == "nobody":
            fine = is_refused(response, is_page=what.is_page) and response.status_code != 403
        else:
            fine = response.status_code == 404
        if not fine:
            wrong.append((actor, kind, url, public, response.status))
    assert not wrong


@pytest.mark.parametrize("route", of_kind(Shows))
def test_what_is_not_for_somebody_looks_as_if_it_were_not_there(world: World, route: str) -> None:
    """No difference in the answer tells whether an id is a screencast."""
    what = ROUTES[route]
    assert isinstance(what, Shows)
    for actor, url in product(("nobody", "other"), what.urls):
        there = world.fill(url, "private")
        not_there = there.replace(world.items["private"], "b" * 14)
        answers = [world.call(actor, "GET", each, public=True) for each in (there, not_there)]
        told = [
            (each.status_code, CSRF.sub("", each.text).replace(world.items["private"], "b" * 14)) for each in answers
        ]
        assert told[0] == told[1], (actor, url)


@pytest.mark.parametrize("route", of_kind(Lists))
def test_a_list_holds_exactly_what_its_reader_may_see(world: World, route: str) -> None:
    what = ROUTES[route]
    assert isinstance(what, Lists)
    wrong = []
    for url, (actor, public) in product(what.urls, EVERYWHERE):
        response = world.call(actor, "GET", world.fill(url), public=public)
        if actor == "nobody" and not public:
            if not is_refused(response, is_page=what.is_page):
                wrong.append((actor, url, public, response.status))
            continue
        expected = {kind for kind in KINDS if world.may_see(actor, kind, public=public)}
        if "mine=1" in url and actor != "nobody":
            expected = expected if actor == "author" else set()
        # A page has no drafts to offer to somebody who is not signed in, and shows what it has.
        if "draft=true" in url or ("draft=1" in url and actor != "nobody"):
            expected &= {"draft"}
        if "/categories" in url:
            fine = response.json.get("items", [response.json])[0]["count"] == len(expected)
        elif "/tags" in url:
            fine = {tag["name"] for tag in response.json["items"]} == {word(kind, "tag") for kind in expected}
        else:
            found = {kind for kind in KINDS if world.items[kind] in response.text}
            fine = found == expected
        if response.status_code != 200 or not fine:
            wrong.append((actor, url, public, response.status))
    assert not wrong


@pytest.mark.parametrize(("actor", "public"), READERS)
def test_totals_and_facets_count_what_their_reader_may_see(world: World, actor: str, public: bool) -> None:
    expected = sum(world.may_see(actor, kind, public=public) for kind in KINDS)
    answer = world.call(actor, "GET", "/api/v1/search?q=reset", public=public).json
    assert answer["total"] == len(answer["hits"]) == expected
    assert [facet["count"] for facet in answer["facets"]["category"]] == [expected]
    page = world.call(actor, "GET", "/search?q=reset", public=public).text
    assert f"{expected} screencast" in page


def queries(kind: str) -> Iterator[tuple[str, str]]:
    """(field, what somebody types who guesses at its word): whole, its beginning, misspelt, as a phrase, as a tag."""
    for place in FIELDS:
        planted = word(kind, place)
        yield place, planted
        if place in ("title", "tag", "caption", "screen"):
            yield place, planted[:-1]
            yield place, planted[:-2] + planted[-1] + planted[-2] + " reset"
            yield place, f'"{planted}"'
    yield "tag", f"tag:{word(kind, 'tag')}"


@pytest.mark.parametrize(("actor", "public"), READERS)
def test_no_query_finds_counts_or_corrects_to_a_word_that_is_not_for_its_reader(
    world: World, actor: str, public: bool
) -> None:
    guesses = [(kind, *each) for kind in KINDS for each in queries(kind)]
    for kind, place, query in guesses:
        if world.may_see(actor, kind, public=public):
            continue
        secret = word(kind, place)
        answer = world.call(actor, "GET", "/api/v1/search", public=public, query_string={"q": query})
        # What was typed comes back; the word itself only if it was typed.
        assert secret in query or secret not in answer.text, query
        assert world.items[kind] not in answer.text, query
        if secret in query:
            assert (answer.json["total"], answer.json["did_you_mean"]) == (0, None), query
        else:
            page = world.call(actor, "GET", "/search", public=public, query_string={"q": query})
            assert secret not in page.text, query


def test_the_misspelt_word_is_corrected_for_who_may_see_it(world: World) -> None:
    """Else the test above could not fail."""
    meant = word("private", "title")
    typed = f"{meant[:-2]}el clip"
    assert world.call("author", "GET", f"/api/v1/search?q={typed}").json["did_you_mean"] == f"{meant} clip"
    assert world.call("other", "GET", f"/api/v1/search?q={typed}").json["did_you_mean"] is None


@pytest.mark.parametrize(("actor", "public"), EVERYWHERE)
def test_no_word_of_a_screencast_stands_anywhere_for_who_may_not_see_it(world: World, actor: str, public: bool) -> None:
    secrets = {
        word(kind, place): kind
        for kind, place in product(KINDS, FIELDS)
        if not world.may_see(actor, kind, public=public)
    }
    anything = re.compile("|".join(secrets)) if secrets else re.compile("(?!)")
    asked = set()
    for route, what in ROUTES.items():
        if route.startswith("GET ") and not (route in TRASH and actor in EDITORS):
            each = (what.url,) if isinstance(what, Acts) else what.urls
            parts = ("", "part") if getattr(what, "is_page", False) else ("",)
            asked |= {(world.fill(url, kind), part) for url, kind, part in product(each, KINDS, parts)}
    for url, part in sorted(asked):
        response = world.call(actor, "GET", url, public=public, headers={"HX-Request": "true"} if part else {})
        found = set(anything.findall(response.get_data().decode("latin-1") + str(response.headers)))
        # What was asked for by name comes back.
        allowed = {word("trashed", "title")} if url in STORAGE and actor == "admin" else set()
        assert not {each for each in found - allowed if each not in url}, (url, part, found)


@pytest.mark.parametrize("route", TRASH)
def test_the_trash_shows_what_its_reader_could_take_out_of_it(world: World, route: str) -> None:
    for actor in ACTORS[1:]:
        text = world.call(actor, *route.split()).text
        assert (word("trashed", "title") in text) is (actor in EDITORS), actor
        assert not any(word(kind, "title") in text for kind in KINDS if kind != "trashed")


def test_without_an_index_all_that_is_looked_through_is_what_the_reader_may_see(
    tmp_path: Path, migrated: Path, clip: Path
) -> None:
    class Broken(MemoryIndex):
        def search(self, *_args: object, **_options: object):  # type: ignore[no-untyped-def]
            raise IndexBroken("torn")

    world = make_world(tmp_path, migrated, clip, index=Broken())
    for (actor, public), kind, place in product(EVERYWHERE, KINDS, ("title", "caption", "screen", "hidden")):
        response = world.call(actor, "GET", f"/api/v1/search?q={word(kind, place)}", public=public)
        if actor == "nobody" and not public:
            assert response.status_code == 401
            continue
        assert response.json["degraded"]
        sees = place != "hidden" and world.may_see(actor, kind, public=public)
        assert response.json["total"] == len(response.json["hits"]) == int(sees), (actor, kind, place)


# -- changes ---------------------------------------------------------------------------------------------


def may_act(world: World, what: Acts, actor: str, kind: str) -> bool:
    return actor in what.by and ("{id}" not in what.url or world.may_see(actor, kind, public=False))


@pytest.mark.parametrize("route", of_kind(Acts))
def test_nobody_changes_what_is_not_theirs(world: World, route: str) -> None:
    what = ROUTES[route]
    assert isinstance(what, Acts)
    method = route.split()[0]
    kinds = KINDS if "{id}" in what.url else ("everyone",)
    before = world.rows()
    for kind, actor, public in product(kinds, ACTORS, (False, True)):
        if may_act(world, what, actor, kind):
            continue
        response = world.call(actor, method, world.fill(what.url, kind), public=public, **what.options)
        assert is_refused(response, is_page=what.is_page), (actor, kind, response.status)
        if actor != "nobody" and "{id}" in what.url:
            expected = 403 if world.may_see(actor, kind, public=public) else 404
            assert response.status_code == expected, (actor, kind)
    assert world.rows() == before


@pytest.mark.parametrize("route", of_kind(Acts))
def test_who_may_change_it_can(world: World, route: str) -> None:
    """The same request as above, so that what was refused there was refused for its person."""
    what = ROUTES[route]
    assert isinstance(what, Acts)
    actor = sorted(what.by)[0]
    kind = "everyone"
    with world.put_back():
        response = world.call(actor, route.split()[0], world.fill(what.url, kind), **what.options)
    assert response.status_code == what.succeeds, response.text


def test_a_curator_can_not_open_what_is_private_by_changing_it(world: World) -> None:
    before = world.rows()
    for actor, kind in product(("curator", "admin"), ("private", "draft", "team")):
        url = f"/api/v1/screencasts/{world.items[kind]}"
        assert world.call(actor, "PATCH", url, json={"visibility": "everyone", "draft": False}).status_code == 404
    assert world.rows() == before


def test_open_routes_change_nothing_for_who_sends_nothing(world: World) -> None:
    before = world.rows()
    for route in of_kind(Open):
        what = ROUTES[route]
        assert isinstance(what, Open)
        for url in what.urls:
            response = world.call("nobody", route.split()[0], url)
            assert response.status_code < 500 or url == "/readyz", url
    assert world.rows() == before


def test_the_invitation_of_the_table_is_there(world: World) -> None:
    with world.site.app_context():
        assert db.session.scalars(select(Invitation)).all()
