"""The outbox into the index: once each, by one at a time, and never an older state over a newer one."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from kb.accounts.models import Person
from kb.app import create_app
from kb.config import Settings
from kb.db import db
from kb.index.contract import Document
from kb.index.memory import MemoryIndex
from kb.outbox import Outbox
from kb.screencasts import actions
from kb.screencasts.fields import Words
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.search.documents import documents
from kb.seed import read, seed
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import People
from tests.databases import Migrated


class Slow(MemoryIndex):
    """Its first write takes until it is told to go on; counts the documents that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.is_writing, self.go_on = threading.Event(), threading.Event()
        self.healthy: str | None = None
        self.written: list[str] = []

    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        documents = list(documents)
        if not self.is_writing.is_set():
            self.is_writing.set()
            self.go_on.wait()
        self.written += [document.id for document in documents]
        super().write(documents, deleted)

    def rebuild(self, documents: Iterable[Document]) -> None:
        documents = list(documents)
        self.healthy = None
        self.written += [document.id for document in documents]
        super().rebuild(documents)

    def is_healthy(self) -> str | None:
        return self.healthy


@pytest.fixture
def index() -> Slow:
    return Slow()


@pytest.fixture
def site(migrated: Migrated, settings: Settings, index: Slow) -> Iterator[Flask]:
    site = create_app(migrated.settings_for(settings), send=lambda *_: None, index=index)
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()
    migrated.forget(site.extensions["kb.settings"])


def test_of_two_that_drain_none_puts_back_what_it_read_before_the_other_wrote(
    in_site: Flask, index: Slow, people: People, receive: Callable[..., str]
) -> None:
    screencast_id = receive(title="Old title")

    def drain() -> None:
        with in_site.app_context():
            search.drain()

    first, second = threading.Thread(target=drain), threading.Thread(target=drain)
    first.start()
    index.is_writing.wait()
    by = db.session.get_one(Person, people.author)
    actions.change(db.session.get_one(Screencast, screencast_id), Words(title="New title"), by=by)
    second.start()
    # Time for the second to get ahead, were there nothing that holds it.
    second.join(timeout=2)
    index.go_on.set()
    first.join()
    second.join()
    version = db.session.get_one(Screencast, screencast_id).version
    assert index.versions() == {screencast_id: version}
    assert db.session.scalars(select(Outbox)).all() == []


def test_what_a_new_index_covers_is_not_written_a_second_time(
    in_site: Flask, index: Slow, receive: Callable[..., str]
) -> None:
    ids = {receive(title=f"Number {number}") for number in range(3)}
    index.healthy = "There is no search index yet; it has to be built."
    index.go_on.set()
    assert search.drain() == 3
    assert sorted(index.written) == sorted(ids)
    assert db.session.scalars(select(Outbox)).all() == []


def test_what_the_engine_was_not_sure_of_goes_into_the_index_as_doubtful(receive: Callable[..., str]) -> None:
    item = receive()
    said = {0: [[0, 400, "restart", 0.9], [400, 600, "the", None], [600, 900, "pond", 0.2]]}
    cues = [TimedText(0, 900, "restart the pond"), TimedText(1_000, 1_500, "then wait")]
    transcripts.put(item, "en", cues, source=WordsFrom.speech, draft=True, words=said)
    [document] = documents([item])
    assert (document.spoken, document.doubtful) == ("restart the pond\nthen wait", "pond")


def test_what_is_said_in_the_language_of_the_recording_and_what_is_translated_are_told_apart(
    receive: Callable[..., str],
) -> None:
    item = receive()
    transcripts.put(item, "de", [TimedText(0, 900, "zwei Drucker")], source=WordsFrom.upload)
    transcripts.put(item, "en", [TimedText(0, 900, "two printers")], source=WordsFrom.speech, draft=True)
    [document] = documents([item])
    assert (document.language, document.spoken) == ("en", "two printers")
    assert document.translations == (("de", "zwei Drucker"),)

    db.session.get_one(Screencast, item).language = "de"
    [document] = documents([item])
    assert (document.language, document.spoken) == ("de", "zwei Drucker")
    assert document.translations == (("en", "two printers"),)


def test_a_change_waits_for_no_more_than_one_commit_behind_hundreds_and_they_wait_no_longer_for_changes(
    in_site: Flask, index: Slow, people: People, receive: Callable[..., str]
) -> None:
    index.go_on.set()
    screencast_id = receive(title="Old title")
    search.drain()
    by = db.session.get_one(Person, people.author)
    rows = (json.dumps({"id": f"row-{number}", "title": f"Number {number}"}).encode() for number in range(500))
    seed(read(rows), by=by)
    waiting = db.session.scalars(select(Outbox.screencast_id).order_by(Outbox.id)).all()
    actions.change(db.session.get_one(Screencast, screencast_id), Words(title="New title"), by=by)
    version = db.session.get_one(Screencast, screencast_id).version
    commits: list[int] = []

    def look(screencasts: int) -> None:
        commits.append(screencasts)
        assert index.versions()[screencast_id] == version
        assert index.versions().keys() >= set(waiting[: 40 * len(commits)])

    assert search.drain(look) == 501
    assert commits == [200, 200, 101]
