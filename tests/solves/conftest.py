from collections.abc import Callable

import pytest

from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.screencasts.pipeline import actions as pipeline
from tests.conftest import People
from tests.screencasts.conftest import author as author
from tests.screencasts.conftest import world as world
from tests.web.actors import site as site

LENGTH_MS = 120_000


@pytest.fixture
def item(people: People) -> Screencast:
    """Two minutes of the author's, for everybody."""
    with writing() as session:
        found = Screencast(title="Close the month", author_id=people.author, published_at=now(), duration_ms=LENGTH_MS)
        session.add(found)
        pipeline.start(found)
    return found


@pytest.fixture
def person(people: People) -> Callable[[str], Person]:
    """(mate, other, ...) -> that person."""
    return lambda name: db.session.get_one(Person, getattr(people, name))
