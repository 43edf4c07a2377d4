"""Event streams with a real Redis: who hears what, how many may listen, and what ends them."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kb.accounts import actions as accounts
from kb.accounts.models import ApiToken, Person, Role
from kb.app import create_app
from kb.db import db
from kb.live import Teller
from kb.screencasts.pipeline import progress_api
from kb.web import live
from kb.web.live import MOST_BATCHES, MOST_STREAMS, Hub, NoStream, Stream
from tests.redises import RedisServer, redis_server
from tests.web.actors import KINDS, SIGNED_IN, World

WAIT_S = 30


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def hub(redis: RedisServer) -> Iterator[Hub[list[str]]]:
    """What it passes on of a change is the ids themselves."""
    hub = Hub(Flask("nothing"), redis.url, read=list)
    yield hub
    hub.end()
    wait_for(lambda: listeners() == 0)


@pytest.fixture
def listening(world: World, redis: RedisServer) -> Iterator[World]:
    """The world, with a Redis."""
    site = world.site
    before = {name: site.extensions[name] for name in ("kb.hub", "kb.live")}
    live.init(site, site.extensions["kb.settings"].model_copy(update={"redis_url": redis.url}), progress_api.read)
    site.extensions["kb.live"] = Teller(redis.url)
    yield world
    site.extensions["kb.hub"].end()
    site.extensions |= before
    wait_for(lambda: listeners() == 0)


def test_all_streams_hear_by_one_listener(hub: Hub[list[str]], redis: RedisServer) -> None:
    streams = [hub.open("ann") for _ in range(3)]
    assert listeners() == 1
    tell(redis, "screencast one")
    assert [take(stream) for stream in streams] == [["one"]] * 3


def test_what_changes_many_times_a_second_is_passed_on_once(hub: Hub[list[str]], redis: RedisServer) -> None:
    stream = hub.open("ann")
    for _ in range(50):
        tell(redis, "screencast one")
    tell(redis, "screencast last")
    seen = take(stream)
    while "last" not in seen:
        seen += take(stream)
    assert seen.count("one") <= 2


def test_nobody_listens_when_the_last_stream_is_closed_and_somebody_when_one_is_opened_again(
    hub: Hub[list[str]], redis: RedisServer
) -> None:
    for _ in range(2):
        stream = hub.open("ann")
        tell(redis, "screencast one")
        assert take(stream) == ["one"]
        hub.close(stream)
        wait_for(lambda: listeners() == 0)
    assert len(hub) == 0


def test_who_comes_above_the_cap_is_refused_at_once_until_one_goes(hub: Hub[list[str]]) -> None:
    streams = [hub.open("ann") for _ in range(MOST_STREAMS)]
    with pytest.raises(NoStream):
        hub.open("ben")
    hub.close(streams[0])
    hub.open("ben")


def test_a_client_that_takes_nothing_loses_the_oldest_and_costs_no_more(hub: Hub[list[str]]) -> None:
    stream = hub.open("ann")
    for number in range(MOST_BATCHES + 5):
        stream.put([str(number)])
    taken = stream.wait(0)
    assert (len(taken), taken[-1]) == (MOST_BATCHES, [str(MOST_BATCHES + 4)])


def test_a_client_that_hangs_up_is_noticed_before_anything_is_sent(hub: Hub[list[str]]) -> None:
    ours, theirs = socket.socketpair()
    stream = hub.open("ann", ours)
    theirs.close()
    assert stream.wait(WAIT_S) == []
    assert stream.is_over
    ours.close()


def test_a_listener_is_done_with_only_its_own_person(hub: Hub[list[str]], redis: RedisServer) -> None:
    ann, ben = hub.open("ann"), hub.open("ben")
    tell(redis, "person ann")
    assert ann.wait(WAIT_S) == []
    assert (ann.is_over, ben.is_over) == (True, False)


def test_without_redis_nobody_is_kept_waiting(hub: Hub[list[str]], redis: RedisServer) -> None:
    redis.kill()
    with pytest.raises(NoStream):
        hub.open("ann")


def test_a_redis_that_takes_connections_and_says_nothing_is_as_good_as_none(
    hub: Hub[list[str]], redis: RedisServer
) -> None:
    redis.hang()
    with pytest.raises(NoStream):
        hub.open("ann")


def test_a_killed_redis_ends_the_streams_and_one_that_is_back_serves_new_ones(
    hub: Hub[list[str]], redis: RedisServer
) -> None:
    stream = hub.open("ann")
    redis.kill()
    assert stream.wait(WAIT_S) == []
    assert stream.is_over
    hub.close(stream)
    redis.start()
    again = hub.open("ann")
    tell(redis, "screencast one")
    assert take(again) == ["one"]


def test_what_can_not_be_read_now_leaves_the_streams_open(redis: RedisServer, site: Flask) -> None:
    broken = [True]

    def read(ids: list[str]) -> list[str]:
        if broken.pop():
            db.session.scalar(select(db.text("no_such_column")))
        broken.append(False)
        return ids

    hub = Hub(site, redis.url, read)
    stream = hub.open("ann")
    tell(redis, "screencast one")
    wait_for(lambda: not broken)
    broken.append(False)
    tell(redis, "screencast two")
    assert take(stream) == ["two"]
    hub.end()


@pytest.mark.parametrize("actor", sorted(SIGNED_IN))
def test_only_who_may_see_a_screencast_hears_of_it(listening: World, redis: RedisServer, actor: str) -> None:
    events = events_of(listening, actor)
    tell(redis, *(f"screencast {listening.items[kind]}" for kind in KINDS))
    heard = {item["id"] for item in next_items(events)}
    assert heard == {listening.items[kind] for kind in KINDS if listening.may_see(actor, kind, public=False)}


def test_what_is_told_is_what_is_asked_for_by_the_call(listening: World, redis: RedisServer) -> None:
    events = events_of(listening, "author")
    item_id = listening.items["private"]
    tell(redis, f"screencast {item_id}")
    asked = listening.call("author", "GET", f"/api/v1/progress?ids={item_id}").json
    assert next_items(events) == asked["items"]


def test_who_leaves_the_team_hears_no_more_of_it(listening: World, redis: RedisServer) -> None:
    team, everyone = listening.items["team"], listening.items["everyone"]
    with listening.put_back():
        events = events_of(listening, "mate")
        tell(redis, f"screencast {team}")
        assert [item["id"] for item in next_items(events)] == [team]
        change(listening, "mate", active=True)
        tell(redis, f"screencast {team}", f"screencast {everyone}")
        assert [item["id"] for item in next_items(events)] == [everyone]


def revoke(world: World, actor: str) -> None:
    person = db.session.get_one(Person, world.people[actor])
    token = db.session.scalars(select(ApiToken).where(ApiToken.person_id == person.id)).one()
    accounts.revoke_token(person, token.id)


def switch_off(world: World, actor: str) -> None:
    change(world, actor, active=False)


def sign_out(world: World, actor: str) -> None:
    assert world.call(actor, "POST", "/sign-out").status_code == 302


@pytest.mark.parametrize("end", [revoke, switch_off, sign_out])
def test_a_stream_ends_with_the_right_to_it(listening: World, end: Callable[[World, str], None]) -> None:
    with listening.put_back():
        events = events_of(listening, "other")
        with listening.site.app_context():
            end(listening, "other")
        assert list(events) == []


def test_who_was_switched_off_hears_nothing_though_the_word_of_it_was_lost(
    listening: World, redis: RedisServer
) -> None:
    with listening.put_back():
        events = events_of(listening, "other")
        listening.site.extensions["kb.live"] = Teller("unix:///nowhere/redis.sock")
        with listening.site.app_context():
            switch_off(listening, "other")
        tell(redis, f"screencast {listening.items['everyone']}")
        assert list(events) == []


def test_a_stream_keeps_no_connection_to_the_database(listening: World, redis: RedisServer) -> None:
    with listening.site.app_context():
        pool = db.engine.pool
    before = pool.checkedout()
    events = [events_of(listening, "author") for _ in range(5)]
    tell(redis, f"screencast {listening.items['everyone']}")
    assert all(next_items(each) for each in events)
    assert pool.checkedout() == before


def test_the_call_answers_304_while_nothing_has_changed(world: World) -> None:
    url = f"/api/v1/progress?ids={world.items['everyone']}"
    first = world.call("other", "GET", url)
    again = world.call("other", "GET", url, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_the_call_says_nothing_of_what_its_asker_may_not_see(world: World) -> None:
    hidden, unknown = world.items["private"], "no-such-id"
    answers = [world.call("other", "GET", f"/api/v1/progress?ids={each}") for each in (hidden, unknown)]
    assert [each.json for each in answers] == [{"items": []}] * 2


def test_making_a_site_starts_no_thread_and_asks_no_redis(settings: Any, migrated: Any) -> None:
    # One of an earlier test may end meanwhile.
    before = set(threading.enumerate())
    create_app(migrated.settings_for(settings))
    # The limiter's memory starts a timer, which is over at once, as it is made.
    started = {each for each in threading.enumerate() if not isinstance(each, threading.Timer)}
    assert started <= before


def tell(redis: RedisServer, *messages: str) -> None:
    assert Teller(redis.url).tell(list(messages))


def take(stream: Stream[list[str]]) -> list[str]:
    return [each for batch in stream.wait(WAIT_S) for each in batch]


def events_of(world: World, actor: str) -> Iterator[str]:
    answer = world.call(actor, "GET", "/api/v1/events")
    assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
    events = iter(answer.response)
    assert next(events).startswith(b"retry: ")  # type: ignore[arg-type]
    return events  # type: ignore[return-value]


def next_items(events: Iterator[Any]) -> list[dict[str, Any]]:
    lines = next(events).decode().splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def change(world: World, actor: str, *, active: bool) -> None:
    """Out of every team."""
    with world.site.app_context():
        admin = db.session.get_one(Person, world.people["admin"])
        accounts.change_person(world.people[actor], by=admin, role=Role.member, active=active, team_ids=[])


def listeners() -> int:
    return sum(thread.name == "live-listener" for thread in threading.enumerate())


def wait_for(holds: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)
