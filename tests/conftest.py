"""What most tests need: a site on a database of its own, people in it, clients signed in as them, recordings."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kb import db
from kb.accounts import actions as accounts
from kb.accounts.models import Person, Role
from kb.app import create_app
from kb.config import Settings
from kb.index.memory import MemoryIndex
from kb.speech.scripted import Scripted

PASSWORD = "a few words in a row"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, made once by the migrations and copied for each test."""
    path = tmp_path_factory.mktemp("migrated") / "kb.sqlite3"
    db.migrate(f"sqlite:///{path}")
    return path


@dataclass
class Sent:
    """The jobs that left, in order; a test looks at them or runs them."""

    jobs: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, job: str, ids: tuple[str, ...]) -> None:
        self.jobs.append((job, ids))

    def names(self) -> list[str]:
        return [job for job, _ in self.jobs]


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # No Redis listens there: limits count in memory, and a test that needs a real one starts it.
    return Settings(data_dir=tmp_path / "data", redis_url="unix:///nowhere/redis.sock", speech="none")


@pytest.fixture
def make_site(migrated: Path, sent: Sent) -> Iterator[Callable[[Settings], Flask]]:
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        settings.make_folders()
        shutil.copy(migrated, settings.private_dir / "kb.sqlite3")
        made.append(create_app(settings, send=sent, index=MemoryIndex(), speech=Scripted(())))
        made[-1].testing = True
        return made[-1]

    yield make
    for site in made:
        with site.app_context():
            db.db.session.remove()
            db.db.engine.dispose()


@pytest.fixture
def site(make_site: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_site(settings)


@pytest.fixture
def in_site(site: Flask) -> Iterator[Flask]:
    with site.app_context():
        yield site
