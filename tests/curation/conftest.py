"""Screencasts that are rows alone: what is curated needs no recording."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from kb.accounts.models import Person
from kb.accounts.rules import Viewer
from kb.categories import actions as categories
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.screencasts.placing import Place, place_all
from tests.conftest import People


@pytest.fixture
def add(in_site: Flask, people: People) -> Callable[..., str]:
    """(title, columns …, tags=[…]) -> id; published, for everyone, by author, unless said otherwise."""

    def added(title: str, *, tags: tuple[str, ...] = (), **columns: Any) -> str:
        with writing() as session:
            values = {"author_id": people.author, "visibility": "everyone", "published_at": now(), "state": "ready"}
            screencast = Screencast(title=title, **(values | columns))
            session.add(screencast)
            session.flush()
            place_all({screencast: Place(category_id=screencast.category_id, tags=list(tags), trashed=False)})
        return screencast.id

    return added


@pytest.fixture
def category(people: People) -> Callable[[str], str]:
    return lambda name: categories.add(name, by=people.curator).id


@pytest.fixture
def who(people: People) -> Callable[[str], tuple[Viewer, Person]]:
    """(name in People) -> what actions want to know of who asks."""

    def asked(name: str) -> tuple[Viewer, Person]:
        person = db.session.get_one(Person, getattr(people, name))
        teams = frozenset(team.id for team in person.teams)
        return Viewer(person.id, teams, is_curator=person.is_curator, sees_public=True), person

    return asked
