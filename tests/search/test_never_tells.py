"""Search tells nobody a word of what they may not see, however they ask and however far the index is behind.

Each field of each kind of screencast holds a word that stands nowhere else (see tests/web/actors.py). To whom it is not
shown, every way of asking for it answers exactly as for a word that stands nowhere at all.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kb.db import db, now, writing
from kb.index.whoosh import WhooshIndex
from kb.screencasts.models import Screencast
from kb.search.models import SavedSearch, Search
from tests.databases import Migrated
from tests.web.actors import FIELDS, KINDS, World, make_world, word

# With what was hidden of a recording, which its own author does not find either.
PLACES = (*FIELDS, "hidden")
NOT_INDEXED = {"proposal", "filename", "version", "hidden"}
# As long as the planted ones, and like none of them.
NOWHERE = "zuckerbrotundpeitsche"
# With KB_PUBLIC, which gives somebody who is not signed in the most.
READERS = ("nobody", "other", "mate", "curator", "admin")


# Each in a part of the index of its own.
PARTS = ("title", "description", "caption", "screen", "solve")


def guesses(meant: str) -> Iterator[str]:
    """What somebody types who guesses at a word."""
    yield meant
    yield f"{meant[:-2]}{meant[-1]}{meant[-2]} reset"


def more_guesses(meant: str) -> Iterator[str]:
    yield meant[:-1]
    yield f'"{meant}" reset'
    yield f"reset -{meant}"
    yield f"in:screen {meant} after:2020"
    yield f"{meant} tag:dns sort"
    yield f"KeyError: {meant}\nTraceback of the reset clip"


def hidden_from(world: World, actor: str) -> list[str]:
    return [kind for kind in KINDS if not world.may_see(actor, kind, public=True)]


def answered(world: World, actor: str, typed: str, meant: str, **query: str) -> str:
    """All of the answer but what differs for every search, and the guessed word itself where it only is an echo."""
    response = world.call(actor, "GET", "/api/v1/search", public=True, query_string={"q": typed} | query)
    assert response.status_code == 200, typed
    answer = response.json | {"took_ms": 0, "search_id": None}
    text = json.dumps(answer, sort_keys=True, ensure_ascii=False)
    for form in (meant, meant[:-1], f"{meant[:-2]}{meant[-1]}{meant[-2]}"):
        text = re.sub(rf"\b{form}\b", "…", text)
    return text


def told(text: str, world: World, kinds: list[str]) -> list[str]:
    """Which words and ids of these kinds stand in a text."""
    secrets = [word(kind, place) for kind, place in product(kinds, PLACES)] + [world.items[kind] for kind in kinds]
    return [each for each in secrets if each in text]


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated, clip: Path) -> World:
    folder = tmp_path_factory.mktemp("current")
    return make_world(folder, migrated, clip, index=WhooshIndex(folder / "index"))


@pytest.fixture(scope="module")
def stale(tmp_path_factory: pytest.TempPathFactory, migrated: Migrated, clip: Path) -> World:
    """Its index still holds as everybody's what was taken away from them since, or thrown away."""
    folder = tmp_path_factory.mktemp("stale")
    world = make_world(folder, migrated, clip, index=WhooshIndex(folder / "index"))
    for kind in ("everyone", "public"):
        item = f"/api/v1/screencasts/{world.items[kind]}"
        assert world.call("author", "PATCH", item, json={"visibility": "private"}).status_code == 200
    assert world.call("author", "DELETE", f"/api/v1/screencasts/{world.items['team']}").status_code == 204
    return world


def test_its_author_finds_every_word_that_is_indexed(current: World) -> None:
    """Without this the others here would prove nothing."""
    for kind, place in product(("private", "team", "draft"), PLACES):
        # With a space after it, for a word that is still being typed is also the beginning of others.
        total = current.call("author", "GET", f"/api/v1/search?q={word(kind, place)}+").json["total"]
        assert total == (place not in NOT_INDEXED), (kind, place)


@pytest.mark.parametrize("actor", READERS)
def test_a_word_that_is_not_for_somebody_is_as_one_that_stands_nowhere(current: World, actor: str) -> None:
    kinds = hidden_from(current, actor)
    assert {"private", "draft", "trashed"} <= set(kinds)
    is_as_nowhere(current, actor, kinds, PLACES if actor == "other" else PARTS, guesses)


def test_no_way_of_asking_tells_of_such_a_word(current: World) -> None:
    is_as_nowhere(current, "other", ["private", "trashed"], PARTS, more_guesses)


@pytest.mark.parametrize("actor", ["other", "mate", "admin"])
def test_what_was_taken_away_is_as_if_it_stood_nowhere_though_the_index_still_holds_it(
    stale: World, actor: str
) -> None:
    is_as_nowhere(stale, actor, ["everyone", "team"], PARTS, guesses)


def is_as_nowhere(
    world: World, actor: str, kinds: Iterable[str], places: Iterable[str], ways: Callable[[str], Iterator[str]]
) -> None:
    nowhere = [answered(world, actor, typed, NOWHERE) for typed in ways(NOWHERE)]
    for kind, place in product(kinds, places):
        meant = word(kind, place)
        for typed, expected in zip(ways(meant), nowhere, strict=True):
            assert answered(world, actor, typed, meant) == expected, typed


@pytest.mark.parametrize("actor", READERS)
def test_filters_name_nobody_and_nothing_that_is_not_seen(current: World, actor: str) -> None:
    for kind in hidden_from(current, actor):
        for name, value in (("tag", word(kind, "tag")), ("category", word(kind, "tag"))):
            expected = answered(current, actor, "reset", NOWHERE, **{name: NOWHERE})
            assert answered(current, actor, "reset", value, **{name: value}) == expected


def test_who_has_shown_nothing_to_somebody_is_nobody_to_them(current: World) -> None:
    with current.site.app_context(), writing() as session:
        drafts = Screencast(title="reset", author_id=current.people["mate"], visibility="private")
        session.add(drafts)
    known = answered(current, "other", "reset by:mate", NOWHERE).replace("mate", "…")
    assert known == answered(current, "other", "reset by:nobody", NOWHERE).replace("nobody", "…")


@pytest.mark.parametrize("actor", READERS)
def test_no_list_page_feed_or_suggestion_holds_a_word_of_it(current: World, actor: str) -> None:
    seen = [kind for kind in KINDS if current.may_see(actor, kind, public=True)]
    urls = ["/search?q=reset", "/api/v1/search?q=reset", "/feeds/search?q=reset", "/search?q=zebraprivat+reset"]
    urls += [f"/api/v1/suggest?q={start}" for start in ("z", "ze", "zebra", "zebraprivate", "clip", "reset")]
    urls += [f"{base}/screencasts/{current.items[kind]}/similar" for kind in seen for base in ("", "/api/v1")]
    answers = {url: current.call(actor, "GET", url, public=True) for url in urls}
    if actor != "nobody":
        assert {response.status_code for response in answers.values()} == {200}
    for url, response in answers.items():
        assert not told(response.text, current, hidden_from(current, actor)), url


@pytest.fixture
def logged(current: World) -> None:
    """Searches of the author: one led to what is the author's alone, one by a word of that to what others see, too."""
    secret = word("private", "title")
    with current.site.app_context(), writing() as session:
        for words, kind in (
            (f"{secret} clip", "private"),
            (f"{secret} reset", "everyone"),
            ("clip reset", "everyone"),
        ):
            by = current.people["author"]
            row = Search(person_id=by, words=words, key=words, total=1, took_ms=1.0, solved_id=current.items[kind])
            session.add(row)
    for site in (current.site, current.public):
        site.extensions.pop("kb.helpful", None)


def test_searches_of_others_are_offered_only_in_words_that_their_reader_may_read(current: World, logged: None) -> None:
    def offered(actor: str, typed: str) -> Any:
        return current.call(actor, "GET", f"/api/v1/suggest?q={typed}").json["queries"]

    secret = word("private", "title")
    assert offered("author", "zebrap") == [f"{secret} clip", f"{secret} reset"]
    for actor in ("other", "mate", "curator", "admin"):
        assert offered(actor, "zebrap") == []
        assert offered(actor, "cli") == ["clip reset"]


def test_a_saved_search_counts_as_new_only_what_its_keeper_may_see(current: World) -> None:
    long_ago = now() - timedelta(days=1)
    with current.site.app_context(), writing() as session:
        for words in ("reset", word("private", "title"), word("team", "caption"), word("draft", "screen")):
            for actor in ("other", "admin"):
                address = f"q={words}"
                by = current.people[actor]
                session.add(SavedSearch(person_id=by, address=address, words=words, seen_at=long_ago))
    for actor in ("other", "admin"):
        kept = current.call(actor, "GET", "/api/v1/searches").json["items"]
        assert {each["words"]: each["new"] for each in kept if each["words"] == "reset"} == {"reset": 2}
        assert {each["new"] for each in kept if each["words"] != "reset"} == {0}


def test_what_was_searched_for_is_shown_to_nobody_else(current: World, logged: None) -> None:
    """The words are in the log; no page of those who run the site has them."""
    secret = word("private", "title")
    with current.site.app_context():
        assert db.session.scalar(select(Search.words).where(Search.words.contains(secret)))
    for url in ("/audit", "/api/v1/audit", "/tasks", "/", "/storage"):
        assert secret not in current.call("admin", "GET", url).text
