import time

import pytest
from flask import Flask

from kb import jobs
from kb.db import db, writing
from kb.outbox import Outbox, changed
from tests.conftest import Sent
from tests.redises import redis_server


def test_a_job_leaves_after_the_commit(in_site: Flask, sent: Sent) -> None:
    with writing():
        jobs.later("screencasts.probe", "one")
        assert sent.jobs == []
    assert sent.jobs == [("screencasts.probe", ("one",))]


def test_a_job_is_forgotten_on_rollback(in_site: Flask, sent: Sent) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        jobs.later("screencasts.probe", "one")
        raise ZeroDivisionError
    with writing():
        pass
    assert sent.jobs == []


def test_a_job_leaves_at_once_where_no_transaction_is_open(in_site: Flask, sent: Sent) -> None:
    jobs.later("screencasts.probe", "one")
    assert sent.jobs == [("screencasts.probe", ("one",))]


def test_a_job_leaves_at_once_where_something_was_only_read(in_site: Flask, sent: Sent) -> None:
    db.session.query(Outbox).all()
    jobs.later("screencasts.probe", "one")
    assert sent.jobs == [("screencasts.probe", ("one",))]


def test_a_transaction_inside_another_sends_with_the_outer_one(in_site: Flask, sent: Sent) -> None:
    with writing():
        with writing():
            jobs.later("screencasts.probe", "one")
        assert sent.jobs == []
    assert sent.names() == ["screencasts.probe"]


def test_the_same_job_asked_for_twice_in_a_transaction_leaves_once(in_site: Flask, sent: Sent) -> None:
    with writing():
        changed("one")
        changed("two")
    assert sent.names() == ["search.drain"]


def test_a_job_that_does_not_exist_is_a_mistake(in_site: Flask) -> None:
    with pytest.raises(LookupError):
        jobs.later("screencasts.prope", "one")


def test_without_redis_a_commit_succeeds_all_the_same(make_site, settings) -> None:  # type: ignore[no-untyped-def]
    site = make_site(settings)
    jobs.init(site, settings)  # the real sender; nothing listens at its address
    with site.app_context():
        with writing():
            changed("one")
        assert db.session.query(Outbox).count() == 1


def test_a_redis_that_hangs_holds_a_commit_up_for_a_moment_however_many_jobs_it_sends(  # type: ignore[no-untyped-def]
    make_site, settings, tmp_path
) -> None:
    with redis_server(tmp_path) as server:
        site = make_site(settings.model_copy(update={"redis_url": server.url}))
        server.hang()
        with site.app_context():
            jobs.init(site, settings.model_copy(update={"redis_url": server.url}))
            began = time.monotonic()
            with writing():
                for number in range(1000):
                    jobs.later("screencasts.probe", str(number))
            # One wait for each job would be more than half an hour.
            assert time.monotonic() - began < 60
        server.go_on()
