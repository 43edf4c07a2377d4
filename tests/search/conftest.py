from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from kb.accounts.rules import Viewer
from kb.categories.tags import tags_named
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.conftest import People
from tests.screencasts.conftest import author as author
from tests.screencasts.conftest import world as world
from tests.web.actors import site as site

Make = Callable[..., Screencast]


@pytest.fixture
def make(people: People) -> Make:
    """(title, tags, and the rest of its columns) -> a screencast of the author's that everybody sees."""

    def made(title: str, *tags: str, **columns: Any) -> Screencast:
        with writing() as session:
            usual = {"author_id": people.author, "published_at": now(), "visibility": "everyone"}
            found = Screencast(title=title, tags=tags_named(tags), **usual | columns)
            session.add(found)
        return found

    return made


@pytest.fixture
def as_author(people: People) -> Viewer:
    return Viewer(person_id=people.author)


@pytest.fixture
def forty(in_site: Flask, people: People) -> list[str]:
    """Found by the same word, told apart by when they were made and how often they solved something."""
    with writing() as session:
        for n in range(40):
            session.add(
                Screencast(
                    title=f"Reset number {n}",
                    author_id=people.author,
                    published_at=now(),
                    created_at=now() - timedelta(days=n),
                    solved_count=n % 5,
                )
            )
    ids = [each.id for each in db.session.query(Screencast).order_by(Screencast.created_at.desc())]
    for at, screencast_id in enumerate(ids[:10]):
        cues = [TimedText(1000 * at, 1000 * at + 900, "reset it now")]
        transcripts.put(screencast_id, "en", cues, source=WordsFrom.upload)
    actions.rebuild()
    return ids
