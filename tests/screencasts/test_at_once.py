"""What two do at the same moment to one screencast. SQLite lets one write at a time; PostgreSQL does not by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from kb.accounts.models import Person
from kb.db import db
from kb.screencasts import actions
from kb.screencasts.fields import Words
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import leasing
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import People
from tests.workers.conftest import wait_for

ROUNDS = 10


def test_one_worker_alone_gets_a_step(receive: Callable[..., str], at_once: Callable[..., list[Any]]) -> None:
    for _ in range(ROUNDS):
        screencast_id = receive()
        leases = at_once(*[lambda i=screencast_id: leasing.claim(i, "probe")] * 4)
        assert [lease is None for lease in leases].count(False) == 1, leases


@pytest.mark.only_postgresql
def test_no_change_is_lost_on_the_way_to_the_index(
    receive: Callable[..., str], people: People, at_once: Callable[..., list[Any]]
) -> None:
    screencast_id = receive()
    version = db.session.get_one(Screencast, screencast_id).version

    def change() -> None:
        by = db.session.get_one(Person, people.author)
        actions.change(db.session.get_one(Screencast, screencast_id), Words(), by=by)

    with db.engine.connect() as connection:
        connection.execute(select(Screencast.id).where(Screencast.id == screencast_id).with_for_update())

        def let_them_write_once_all_have_read() -> None:
            waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            try:
                wait_for(lambda: connection.execute(waiting).scalar() == 3)
            finally:
                connection.rollback()

        assert at_once(change, change, change, let_them_write_once_all_have_read) == [None] * 4
    assert db.session.get_one(Screencast, screencast_id).version == version + 3


def test_words_in_two_languages_at_once_are_both_offered(
    receive: Callable[..., str], at_once: Callable[..., list[Any]]
) -> None:
    for _ in range(ROUNDS):
        screencast_id = receive()

        def write(language: str, screencast_id: str = screencast_id) -> None:
            cues = [TimedText(0, 1000, f"words in {language}")]
            transcripts.put(screencast_id, language, cues, source=WordsFrom.upload)

        failed = [each for each in at_once(lambda: write("en"), lambda: write("de"), lambda: write("fr")) if each]
        captions = db.session.get_one(Screencast, screencast_id).captions
        assert {each["language"] for each in captions} == {"en", "de", "fr"}, failed


def test_one_language_written_twice_at_once_is_there_once(
    receive: Callable[..., str], at_once: Callable[..., list[Any]]
) -> None:
    for _ in range(ROUNDS):
        screencast_id = receive()

        def write(text: str, screencast_id: str = screencast_id) -> None:
            transcripts.put(screencast_id, "en", [TimedText(0, 1000, text)], source=WordsFrom.upload)

        assert at_once(lambda: write("mine"), lambda: write("yours")) == [None, None]
        [transcript] = transcripts.of(screencast_id)
        assert len(transcript.cues) == 1
