"""What is told to open pages, when, and what a Redis that is away costs a write."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis.client import PubSub

from kb import live
from kb.config import Settings
from kb.db import db, writing
from kb.outbox import Outbox
from tests.redises import RedisServer, redis_server


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as server:
        yield server


@pytest.fixture
def telling(make_site: Callable[..., Flask], settings: Settings, redis: RedisServer) -> Iterator[Flask]:
    site = make_site(settings.model_copy(update={"redis_url": redis.url}))
    with site.app_context():
        yield site


@pytest.fixture
def heard(telling: Flask, redis: RedisServer) -> Iterator[PubSub]:
    with live.listening(redis.url) as heard:
        yield heard


def test_what_changed_is_told_after_the_commit_and_once(heard: PubSub) -> None:
    with writing():
        live.changed("one")
        live.changed("one")
        live.signed_out("ann")
        assert _told(heard) == []
    assert _told(heard) == ["screencast one", "person ann"]


def test_what_was_rolled_back_is_not_told(heard: PubSub) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        live.changed("one")
        raise ZeroDivisionError
    with writing():
        live.changed("two")
    assert _told(heard) == ["screencast two"]


def test_a_dead_redis_fails_no_write_and_is_left_alone_for_a_while(telling: Flask, redis: RedisServer) -> None:
    redis.kill()
    for _ in range(3):
        with writing() as session:
            session.add(Outbox(screencast_id="one"))
            live.changed("one")
    assert db.session.query(Outbox).count() == 3


def test_one_that_hangs_is_asked_once_in_a_while(redis: RedisServer) -> None:
    passed_s = 100.0
    teller = live.Teller(redis.url, clock=lambda: passed_s)
    redis.hang()
    assert not teller.tell(["screencast one"])
    redis.go_on()
    assert not teller.tell(["screencast one"]), "it was asked again at once"
    passed_s += live.REST_S
    assert teller.tell(["screencast one"])


def test_it_is_told_again_when_redis_is_back(redis: RedisServer) -> None:
    passed_s = 100.0
    teller = live.Teller(redis.url, clock=lambda: passed_s)
    assert teller.tell(["screencast one"])
    redis.kill()
    assert not teller.tell(["screencast one"])
    redis.start()
    passed_s += live.REST_S
    with live.listening(redis.url) as heard:
        assert teller.tell(["screencast two"])
        assert _told(heard) == ["screencast two"]


def _told(heard: PubSub) -> list[str]:
    """What has come until nothing more comes."""
    messages = []
    while message := heard.get_message(timeout=0.3):
        messages.append(message["data"].decode())
    return messages
