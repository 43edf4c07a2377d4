from collections.abc import Callable
from typing import Any

import pytest

from kb.accounts.rules import Viewer
from kb.categories.tags import tags_named
from kb.db import now, writing
from kb.screencasts.models import Screencast
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
