"""What most tests need: a site on a database of its own, people in it, clients signed in as them, recordings."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier
from typing import Any

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from kb import db
from kb.accounts import actions as accounts
from kb.accounts.models import Person
from kb.app import create_app
from kb.config import Settings
from kb.errors import KbError
from kb.index.memory import MemoryIndex
from kb.screentext.scripted import Scripted as Unread
from kb.speech.scripted import Scripted
from tests.compiled_once import TEMPLATES, compile_routes_once, compile_statements_once
from tests.databases import Migrated, Server, migrated_on, running_server
from tests.jobs import Sent, runner
from tests.people import People, add_people

PASSWORD = "a few words in a row"

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")
compile_routes_once()
compile_statements_once()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite", help="what the sites run on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about one database is left out where the tests run on the other."""
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[config.getoption("--database")]
    left_out = [item for item in items if item.get_closest_marker(f"only_{other}")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Migrated:
    path = tmp_path_factory.mktemp("migrated") / "kb.sqlite3"
    db.migrate(f"sqlite:///{path}")
    if request.config.getoption("--database") == "sqlite":
        return Migrated(path)
    return migrated_on(request.getfixturevalue("postgresql"), path)


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # No Redis listens there: limits count in memory, and a test that needs a real one starts it.
    return Settings(data_dir=tmp_path / "data", redis_url="unix:///nowhere/redis.sock", speech="none")


@pytest.fixture
def make_site(migrated: Migrated, sent: Sent) -> Iterator[Callable[..., Flask]]:
    """(settings, a template of the database) -> a site on a copy of it; without one, on empty tables."""
    made: list[Flask] = []

    def make(settings: Settings, template: Migrated = migrated) -> Flask:
        made.append(_app(template.settings_for(settings), sent))
        made[-1].testing = True
        return made[-1]

    yield make
    for site in made:
        _close(site)
        migrated.forget(site.extensions["kb.settings"])


def _close(site: Flask) -> None:
    with site.app_context():
        db.db.session.remove()
        db.db.engine.dispose()


def _app(settings: Settings, sent: Sent) -> Flask:
    site = create_app(settings, send=sent, index=MemoryIndex(), speech=Scripted(()), screen_text=Unread())
    site.jinja_env.bytecode_cache = TEMPLATES
    return site


@pytest.fixture
def site(request: pytest.FixtureRequest, make_site: Callable[..., Flask], settings: Settings) -> Flask:
    if "people" not in request.fixturenames:
        return make_site(settings)
    template, _ = request.getfixturevalue("peopled")
    return make_site(settings, template)


@pytest.fixture
def in_site(site: Flask) -> Iterator[Flask]:
    with site.app_context():
        yield site


@pytest.fixture
def asked(in_site: Flask) -> list[str]:
    """Every statement that the database is asked from now on."""
    statements: list[str] = []
    event.listen(db.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    return statements


@pytest.fixture
def at_once(in_site: Flask) -> Callable[..., list[Any]]:
    """Do these at the same moment, each in a thread with a session of its own. -> what each returned, or its error."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        db.db.session.remove()
        start = Barrier(len(acts))

        def one(act: Callable[[], Any]) -> Any:
            with in_site.app_context():
                start.wait()
                try:
                    return act()
                except Exception as error:
                    return error

        with ThreadPoolExecutor(len(acts)) as threads:
            return list(threads.map(one, acts))

    return run


@pytest.fixture
def refused(at_once: Callable[..., list[Any]]) -> Callable[..., list[str]]:
    """As `at_once`. -> what was refused, in words; any other failure is one of the test."""

    def run(*acts: Callable[[], object]) -> list[str]:
        failures = [failure for failure in at_once(*acts) if isinstance(failure, Exception)]
        for failure in failures:
            if not isinstance(failure, KbError):
                raise failure
        return [failure.detail for failure in failures]

    return run


@pytest.fixture(scope="session")
def peopled(migrated: Migrated, tmp_path_factory: pytest.TempPathFactory) -> tuple[Migrated, People]:
    """A database with the people in it, to be copied: to add them takes as long as all else of a small test."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("peopled"), redis_url="unix:///nowhere/redis.sock")
    site = _app(migrated.settings_for(settings), Sent())
    with site.app_context():
        people = add_people()
    _close(site)
    return migrated.filled(site.extensions["kb.settings"]), people


@pytest.fixture
def people(in_site: Flask, peopled: tuple[Migrated, People]) -> People:
    _, people = peopled
    # A test may have made its site itself, with nobody in it.
    return replace(people) if db.db.session.get(Person, people.admin) else add_people()


@dataclass
class Caller:
    """A client with one person's credentials, or nobody's. By token: what the API takes without CSRF."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, url: str, **options: Any) -> Any:
        return self.client.get(url, headers=self.headers | options.pop("headers", {}), **options)

    def post(self, url: str, **options: Any) -> Any:
        return self.client.post(url, headers=self.headers | options.pop("headers", {}), **options)

    def patch(self, url: str, **options: Any) -> Any:
        return self.client.patch(url, headers=self.headers | options.pop("headers", {}), **options)

    def put(self, url: str, **options: Any) -> Any:
        return self.client.put(url, headers=self.headers | options.pop("headers", {}), **options)

    def delete(self, url: str, **options: Any) -> Any:
        return self.client.delete(url, headers=self.headers | options.pop("headers", {}), **options)


@pytest.fixture
def call_as(in_site: Flask) -> Callable[[str | None], Caller]:
    """(person's id, None for nobody) -> a caller with a token of that person."""

    def caller(person_id: str | None) -> Caller:
        if person_id is None:
            return Caller(in_site.test_client(), {})
        token = accounts.add_token(db.db.session.get_one(Person, person_id), "test")
        return Caller(in_site.test_client(), {"Authorization": f"Bearer {token}"})

    return caller


@pytest.fixture
def signed_in(in_site: Flask) -> Callable[[str], FlaskClient]:
    """(person's id) -> a browser-like client with that person's session cookie; its forms need the CSRF token."""

    def client(person_id: str) -> FlaskClient:
        browser = in_site.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = db.db.session.get_one(Person, person_id).fs_uniquifier
            session["_fresh"] = True
        return browser

    return client


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of H.264 and AAC, 320x180: the smallest recording that goes through every step."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4")


def make_clip(path: Path, *options: str, seconds: float = 2) -> Path:
    sources = ["-f", "lavfi", "-i", f"testsrc2=s=320x180:r=10:d={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=f=440:d={seconds}"]
    usual = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "32k"]
    argv = ["ffmpeg", "-v", "error", "-y", *sources, *sound, *(options or usual), str(path)]
    subprocess.run(argv, check=True)
    return path


@pytest.fixture
def run_jobs(in_site: Flask, sent: Sent) -> Callable[[], list[str]]:
    return runner(sent)


@pytest.fixture
def receive(in_site: Flask, people: People, clip: Path) -> Callable[..., str]:
    """Receive the clip as the author's; keywords as in `Upload`. Returns the screencast's id."""
    from kb.screencasts import actions
    from kb.screencasts.fields import Upload

    def received(file: Path = clip, *, by: str = people.author, **fields: Any) -> str:
        landed = in_site.extensions["kb.settings"].tmp_dir / f"landing-{db.new_id()}"
        shutil.copy(file, landed)
        person = db.db.session.get_one(Person, by)
        return actions.receive(landed, file.name, Upload(**fields), by=person).id

    return received
