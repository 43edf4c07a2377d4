"""A screencast in the API, as the public contract has it: its fields, its changes, its lists."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.audit import AuditEntry
from kb.categories import actions as categories
from kb.categories import tending
from kb.db import db, now, writing
from kb.outbox import Outbox
from kb.screencasts.models import Screencast, title_key
from tests.conftest import Caller, People
from tests.screencasts.test_upload import refused
from tests.web.actors import World, word

HERE = "http://127.0.0.1:8000"
SCREENCAST = {
    "id": str, "url": str, "title": str, "purpose": str, "description": str, "category": dict, "tags": list,
    "author": dict, "language": str | None, "visibility": str, "team": dict | None, "draft": bool, "state": str,
    "playable": bool, "progress": float, "time_left": int | None, "steps": list, "error": dict | None,
    "duration": float, "width": int, "height": int, "sources": list, "poster": str, "storyboard": str, "captions": list,
    "chapters": list, "solved_count": int, "external_id": str | None, "created_at": str, "published_at": str,
}  # fmt: skip


def test_a_screencast_has_the_fields_of_the_contract_and_no_others(world: World) -> None:
    found = world.call("author", "GET", f"/api/v1/screencasts/{world.items['team']}").json
    assert set(found) == set(SCREENCAST)
    assert not [name for name, kind in SCREENCAST.items() if not isinstance(found[name], kind)]
    assert found["url"] == f"{HERE}/screencasts/{found['id']}"
    assert found["category"] == {"id": world.category, "name": "Network"}
    assert found["author"] == {"id": world.people["author"], "name": "Test Author"}
    assert found["team"] == {"id": world.team, "name": "Blue"}
    assert (found["state"], found["playable"], found["progress"], found["error"]) == ("ready", True, 1.0, None)
    assert (found["duration"], found["width"], found["height"]) == (pytest.approx(2, abs=0.1), 320, 180)
    assert found["chapters"] == [
        {"start": 0.0, "title": "How to reset it"},
        {"start": 1.0, "title": word("team", "chapter")},
    ]


def test_its_steps_are_named_as_in_the_contract_and_each_says_how_it_went(world: World) -> None:
    found = world.call("author", "GET", f"/api/v1/screencasts/{world.items['team']}").json
    names = ["probe", "quick", "rendition", "speech", "screen", "chapters", "index"]
    assert [step["name"] for step in found["steps"]] == names
    for step in found["steps"]:
        assert set(step) == {"name", "state", "progress", "error"}
        assert step["state"] in ("done", "skipped")
        if step["error"]:
            assert set(step["error"]) == {"type", "title", "status", "detail", "code"}


def test_its_sources_stand_best_first_with_what_they_are(world: World) -> None:
    found = world.call("author", "GET", f"/api/v1/screencasts/{world.items['team']}").json
    best = found["sources"][0]
    assert set(best) == {"url", "type", "width", "height", "bytes"}
    assert best["type"] == "video/mp4"
    fetched = world.call("author", "GET", best["url"].removeprefix(HERE))
    assert len(fetched.data) == best["bytes"]


def test_its_times_are_iso_8601_in_utc(world: World) -> None:
    found = world.call("author", "GET", f"/api/v1/screencasts/{world.items['team']}").json
    with world.site.app_context():
        screencast = db.session.get_one(Screencast, world.items["team"])
        for field in ("created_at", "published_at"):
            assert found[field].endswith("Z")
            assert datetime.fromisoformat(found[field]) == getattr(screencast, field).replace(microsecond=0)


def test_every_address_in_it_takes_the_same_credentials(world: World) -> None:
    found = world.call("mate", "GET", f"/api/v1/screencasts/{world.items['team']}").json
    urls = [found["url"], found["poster"], found["storyboard"]]
    urls += [each["url"] for each in (*found["sources"], *found["captions"])]
    for url in urls:
        assert url.startswith(HERE)
        assert world.call("mate", "GET", url.removeprefix(HERE)).status_code == 200
        assert world.call("other", "GET", url.removeprefix(HERE)).status_code == 404


def test_one_that_can_not_be_played_says_why(receive: Callable[..., str], author: Caller) -> None:
    from kb.errors import ToolFailed
    from kb.screencasts.pipeline import leasing

    screencast_id = receive()

    def fail(_lease: object) -> None:
        raise ToolFailed("The picture stops in the middle. Export it again.", permanent=True, code="broken")

    leasing.perform(screencast_id, "probe", fail)
    found = author.get(f"/api/v1/screencasts/{screencast_id}").json
    assert (found["state"], found["playable"]) == ("failed", False)
    assert found["error"] == {
        "type": "about:blank",
        "title": "This recording can't be played",
        "status": 422,
        "detail": "The picture stops in the middle. Export it again.",
        "code": "broken",
    }


# -- changes ------------------------------------------------------------------------------------------------


@pytest.fixture
def item(receive: Callable[..., str]) -> str:
    return receive(title="Before", purpose="reset it", tags=["vpn"])


def test_a_change_takes_what_is_given_and_leaves_the_rest(author: Caller, item: str) -> None:
    changed = author.patch(f"/api/v1/screencasts/{item}", json={"title": "After", "unknown": 1})
    assert (changed.json["title"], changed.json["purpose"], changed.json["tags"]) == ("After", "reset it", ["vpn"])
    changed = author.patch(f"/api/v1/screencasts/{item}", json={"purpose": None, "tags": None})
    assert (changed.json["title"], changed.json["purpose"], changed.json["tags"]) == ("After", "", [])
    assert author.get(f"/api/v1/screencasts/{item}").json == changed.json


def test_a_change_is_written_down_and_asks_for_the_index(author: Caller, item: str) -> None:
    with writing() as session:
        session.query(Outbox).delete()
    version = db.session.get_one(Screencast, item).version
    author.patch(f"/api/v1/screencasts/{item}", json={"title": "After"})
    db.session.rollback()
    assert [each.screencast_id for each in db.session.scalars(select(Outbox))] == [item]
    assert db.session.get_one(Screencast, item).version > version
    assert db.session.scalar(
        select(AuditEntry.details).where(AuditEntry.act == "changed", AuditEntry.kind == "screencast")
    )


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"title": ""}, "title"),
    ({"title": 5}, "title"),
    ({"tags": 5}, "tags"),
    ({"draft": "perhaps"}, "draft"),
    ({"visibility": "all"}, "visibility"),
    ({"visibility": "team", "team": "x"}, "team"),
    ({"category": "x"}, "category"),
    ({"category": 7}, "category"),
    ({"description": ["a"]}, "description"),
)


def test_a_wrong_field_of_a_change_is_named_and_nothing_is_changed(author: Caller, item: str) -> None:
    before = author.get(f"/api/v1/screencasts/{item}").json
    for body, field in WRONG:
        refused(author.patch(f"/api/v1/screencasts/{item}", json=body | {"purpose": "other"}), 422, "invalid", field)
    assert author.get(f"/api/v1/screencasts/{item}").json == before


NO_OBJECTS = (
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"title=x",
    b"[" * 100_000,
    b'{"title": "\xff\xfe"}',
    b'{"title": "\\ud800"}',
)


def test_a_body_that_is_no_object_is_refused(author: Caller, item: str) -> None:
    before = author.get(f"/api/v1/screencasts/{item}").json
    for body in NO_OBJECTS:
        answer = author.patch(f"/api/v1/screencasts/{item}", data=body, content_type="application/json")
        assert answer.status_code in (400, 422), body[:20]
        refused(answer, answer.status_code, answer.json["code"])
    assert author.get(f"/api/v1/screencasts/{item}").json == before


def test_a_draft_is_published_and_its_time_stays(author: Caller, receive: Callable[..., str]) -> None:
    item = receive(draft=True)
    published = author.patch(f"/api/v1/screencasts/{item}", json={"draft": False}).json
    assert (published["draft"], bool(published["published_at"])) == (False, True)
    again = author.patch(f"/api/v1/screencasts/{item}", json={"draft": False}).json
    assert again["published_at"] == published["published_at"]
    assert author.patch(f"/api/v1/screencasts/{item}", json={"draft": True}).json["published_at"] is None


def test_what_goes_to_the_trash_is_gone_for_everybody_and_kept_on_the_disk(
    author: Caller, item: str, in_site: Flask, people: People, call_as: Callable[[str], Caller]
) -> None:
    original = in_site.extensions["kb.settings"].data_dir / "originals" / f"{item}.mp4"
    deleted = author.delete(f"/api/v1/screencasts/{item}")
    assert (deleted.status_code, deleted.data) == (204, b"")
    for caller in (author, call_as(people.admin)):
        refused(caller.get(f"/api/v1/screencasts/{item}"), 404, "not-found")
        refused(caller.delete(f"/api/v1/screencasts/{item}"), 404, "not-found")
        assert caller.get("/api/v1/screencasts").json["items"] == []
    assert original.is_file()


def test_a_curator_changes_what_everyone_sees_and_it_stays_its_authors(
    people: People, call_as: Callable[[str], Caller], item: str
) -> None:
    curator = call_as(people.curator)
    changed = curator.patch(f"/api/v1/screencasts/{item}", json={"title": "Tidied", "tags": ["one"]}).json
    assert (changed["title"], changed["author"]["id"]) == ("Tidied", people.author)


@pytest.mark.parametrize(
    "fields",
    [{"visibility": "public"}, {"visibility": "private"}, {"draft": True}],
    ids=["widen", "narrow", "unpublish"],
)
def test_who_may_see_it_is_its_authors_to_say_and_no_curators(
    fields: dict[str, Any],
    author: Caller,
    receive: Callable[..., str],
    people: People,
    call_as: Callable[[str], Caller],
) -> None:
    item = receive(title="Before", visibility="team", category=categories.add("Branch", by=people.admin).id)
    category = author.get(f"/api/v1/screencasts/{item}").json["category"]["id"]
    tending.choose_curators(category, [people.mate], by=people.admin)
    tender = call_as(people.mate)
    refused(tender.patch(f"/api/v1/screencasts/{item}", json={"title": "Tidied", **fields}), 403, "not-allowed")
    found = author.get(f"/api/v1/screencasts/{item}").json
    assert (found["title"], found["visibility"], found["draft"]) == ("Before", "team", False)
    as_it_is = {"title": "Tidied", "visibility": "team", "team": people.team, "draft": False}
    assert tender.patch(f"/api/v1/screencasts/{item}", json=as_it_is).json["title"] == "Tidied"


def test_more_tags_than_it_may_have_are_refused_however_many_there_are(author: Caller, item: str) -> None:
    words = [f"word {number}" for number in range(100_000)]
    refused(author.patch(f"/api/v1/screencasts/{item}", json={"tags": words}), 422, "invalid", "tags")
    bulk = {"ids": [item], "add_tags": words}
    refused(author.post("/api/v1/bulk", json=bulk), 422, "invalid", "tags")


def test_to_make_it_private_hides_it_at_once(
    author: Caller, item: str, people: People, call_as: Callable[[str], Caller]
) -> None:
    other = call_as(people.other)
    assert other.get(f"/api/v1/screencasts/{item}").status_code == 200
    author.patch(f"/api/v1/screencasts/{item}", json={"visibility": "private"})
    for url in (f"/api/v1/screencasts/{item}", f"/screencasts/{item}/status", f"/screencasts/{item}"):
        assert other.get(url).status_code == 404
    assert other.get("/api/v1/search?q=before").json["total"] == 0


def test_who_leaves_a_team_is_out_of_what_it_sees_at_once(
    people: People, receive: Callable[..., str], call_as: Callable[[str], Caller]
) -> None:
    item, mate = receive(visibility="team"), call_as(people.mate)
    urls = (f"/api/v1/screencasts/{item}", f"/screencasts/{item}/status", f"/screencasts/{item}")
    assert {mate.get(url).status_code for url in urls} == {200}
    admin = db.session.get_one(Person, people.admin)
    accounts.change_person(people.mate, by=admin, role=Role.member, active=True, team_ids=[])
    assert {mate.get(url).status_code for url in urls} == {404}
    assert mate.get("/api/v1/screencasts").json["items"] == []


# -- lists --------------------------------------------------------------------------------------------------


@pytest.fixture
def sixty(in_site: Flask, people: People) -> list[str]:
    """With times, titles and solves that are often the same, so that the order hangs on the id."""
    with writing() as session:
        for n, title in product(range(20), ("alpha", "Beta", "ärger %_\\")):
            session.add(
                Screencast(
                    title=title,
                    author_id=people.author,
                    published_at=now(),
                    created_at=now() - timedelta(microseconds=n % 7, days=n % 3),
                    solved_count=n % 4,
                )
            )
    return list(db.session.scalars(select(Screencast.id)))


def walk(caller: Caller, url: str) -> Iterator[list[dict[str, Any]]]:
    cursor = ""
    for _ in range(100):
        answer = caller.get(f"{url}&cursor={cursor}").json
        yield answer["items"]
        cursor = answer["next"]
        if cursor is None:
            return
    pytest.fail("it never ends")


@pytest.mark.parametrize("sort", ["newest", "solved", "title"])
def test_a_list_is_walked_with_no_item_twice_and_none_missing(author: Caller, sixty: list[str], sort: str) -> None:
    pages = list(walk(author, f"/api/v1/screencasts?sort={sort}&limit=7"))
    assert [len(page) for page in pages] == [7] * 8 + [4]
    found = [item["id"] for page in pages for item in page]
    assert sorted(found) == sorted(sixty)
    whole = author.get(f"/api/v1/screencasts?sort={sort}&limit=100").json
    assert [item["id"] for item in whole["items"]] == found
    assert whole["next"] is None
    key = {
        "newest": lambda item: [-datetime.fromisoformat(item["created_at"]).timestamp()],
        "solved": lambda item: [-item["solved_count"]],
        "title": lambda item: [title_key(item["title"])],
    }[sort]
    keys = [key(item) for item in whole["items"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize("sort", ["newest", "solved", "title"])
def test_a_list_goes_on_where_it_was_when_its_last_item_has_gone(author: Caller, sixty: list[str], sort: str) -> None:
    first = author.get(f"/api/v1/screencasts?sort={sort}&limit=10").json
    whole = [item["id"] for item in author.get(f"/api/v1/screencasts?sort={sort}&limit=100").json["items"]]
    with writing() as session:
        session.execute(update(Screencast).where(Screencast.id == whole[9]).values(trashed_at=now(), title="zzz"))
    second = author.get(f"/api/v1/screencasts?sort={sort}&limit=10&cursor={first['next']}").json
    assert [item["id"] for item in second["items"]] == whole[10:20]


@pytest.mark.parametrize("sort", ["newest", "solved", "title"])
def test_a_cursor_that_we_did_not_make_is_refused(author: Caller, sixty: list[str], sort: str) -> None:
    import base64
    import json

    def encoded(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()

    good = author.get(f"/api/v1/screencasts?sort={sort}&limit=5").json["next"]
    nested = base64.urlsafe_b64encode(b"[" * 2_000).decode()
    values = ("x", "%00", "AAAA", good[:-3], nested, "a" * 3000, *map(encoded, (5, [], [5], ["x", 1], [None], {}, "a")))
    for cursor in values:
        answer = author.get("/api/v1/screencasts", query_string={"sort": sort, "cursor": cursor})
        refused(answer, 422, "invalid", "cursor")
    # And one of another order.
    other = "title" if sort != "title" else "newest"
    answer = author.get("/api/v1/screencasts", query_string={"sort": other, "cursor": good})
    refused(answer, 422, "invalid", "cursor")


def test_a_limit_is_a_number_from_1_to_100(author: Caller, sixty: list[str]) -> None:
    assert len(author.get("/api/v1/screencasts?limit=1").json["items"]) == 1
    assert len(author.get("/api/v1/screencasts").json["items"]) == 24
    for limit in ("0", "101", "-1", "1.5", "x", "²", "9" * 3000, "%00", "1e1"):
        refused(author.get(f"/api/v1/screencasts?limit={limit}"), 422, "invalid", "limit")


def test_a_list_is_narrowed_by_category_tag_and_author(
    author: Caller, people: People, receive: Callable[..., str]
) -> None:
    from kb.categories import actions as categories

    parent = categories.add("Network", by=people.admin)
    child = categories.add("VPN", by=people.admin, parent_id=parent.id)
    in_child = receive(category=child.id, tags=["one two"])
    by_other = receive(by=people.other, tags=["three"])

    def ids(**query: str) -> set[str]:
        return {item["id"] for item in author.get("/api/v1/screencasts", query_string=query).json["items"]}

    assert ids(category=parent.id) == ids(category="network") == ids(category=child.id) == {in_child}
    assert ids(tag="One Two") == ids(tag="#one two") == {in_child}
    assert ids(author=people.other) == {by_other}
    assert ids(author=people.other, tag="one two") == ids(author="x") == ids(tag="x") == set()
    refused(author.get("/api/v1/screencasts?category=none"), 404, "not-found")
    refused(author.get("/api/v1/screencasts?sort=best"), 422, "invalid", "sort")


def test_links_lead_where_the_asker_came_from_unless_an_address_is_set(receive, people, call_as) -> None:  # type: ignore[no-untyped-def]
    screencast_id = receive(title="Linked")
    answer = call_as(people.author).get(f"/api/v1/screencasts/{screencast_id}", base_url="http://desk-7:8000")
    assert answer.json["url"] == f"http://desk-7:8000/screencasts/{screencast_id}"
