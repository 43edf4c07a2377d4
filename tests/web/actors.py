"""People of every kind, a screencast of every kind, and calls made as each of them."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from kb import db as database
from kb.accounts import actions as accounts
from kb.accounts import links
from kb.accounts.models import ApiToken, Person, Role
from kb.accounts.rules import Viewer
from kb.app import create_app
from kb.categories import actions as categories
from kb.categories.tags import tags_named
from kb.config import Settings
from kb.db import db, new_id, now, writing
from kb.index.contract import Index
from kb.index.memory import MemoryIndex
from kb.screencasts import actions as screencasts
from kb.screencasts import erasing
from kb.screencasts.fields import Upload
from kb.screencasts.models import Screencast, Source, Step, Version
from kb.screencasts.pipeline.work import probe, quick, rendition
from kb.screencasts.uploads import actions as uploads
from kb.screentext.scripted import Scripted as Unread
from kb.search import actions as search
from kb.search import saved
from kb.search.asked import Asked
from kb.solves.models import Solve
from kb.speech.scripted import Scripted
from kb.storage.contract import made, made_folder, original
from kb.transcripts import actions as transcripts
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.cues import TimedText
from kb.transcripts.hearing import step as hearing
from kb.transcripts.models import Proposal, ScreenHiding, WordsFrom
from kb.transcripts.screen import text as screen_text
from tests.compiled_once import TEMPLATES
from tests.databases import Migrated

ACTORS = ("nobody", "other", "mate", "author", "curator", "admin")
SIGNED_IN = set(ACTORS) - {"nobody"}
# Who may see what, said here a second time and in the plainest way. Nobody sees more only where KB_PUBLIC is on.
MAY_SEE = {
    "private": {"author"},
    "team": {"author", "mate"},
    "everyone": SIGNED_IN,
    "public": SIGNED_IN,
    "draft": {"author"},
    "trashed": set(),
}
KINDS = tuple(MAY_SEE)
FIELDS = (
    *("title", "purpose", "description", "tag", "caption", "proposal", "screen", "chapter", "filename", "version"),
    "solve",
)


def word(kind: str, place: str) -> str:
    """A word that stands in this field of this screencast and nowhere else."""
    return f"zebra{kind}{place}"


class Browser(FlaskClient):
    """Each request gets an app context of its own, as it does when it is served; `g` must not outlive it."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **options)


def prepare(site: Flask) -> Flask:
    site.testing, site.test_client_class = True, Browser
    site.jinja_env.bytecode_cache = TEMPLATES
    return site


@pytest.fixture
def site(site: Flask) -> Flask:
    return prepare(site)


@dataclass
class World:
    """The same data behind two sites: `site` with KB_PUBLIC off, `public` with it on."""

    site: Flask
    public: Flask
    migrated: Migrated
    people: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    team: str = ""
    category: str = ""
    # What else the names in the URLs of the route table stand for: {token}, {upload}, {invitation}, {empty_team} ...
    names: dict[str, str] = field(default_factory=dict)

    def may_see(self, actor: str, kind: str, *, public: bool) -> bool:
        return actor in MAY_SEE[kind] or (actor == "nobody" and kind == "public" and public)

    def fill(self, url: str, kind: str = "everyone") -> str:
        """A URL of the route table with its {names} filled in. kind: of the screencast that is meant."""
        return url.format(
            id=self.items[kind],
            trashed=self.items["trashed"],
            ids=",".join(self.items.values()),
            category=self.category,
            author=self.people["author"],
            person=self.people["other"],
            team=self.team,
            tag=word(kind, "tag"),
            version=f"version-{kind}",
            proposal=f"proposal-{kind}",
            hiding=f"hiding-{kind}",
            **self.names,
        )

    def call(self, actor: str, method: str, url: str, *, public: bool = False, **options: Any) -> TestResponse:
        headers = options.pop("headers", {})
        if actor in self.tokens:
            headers = headers | {"Authorization": f"Bearer {self.tokens[actor]}"}
        site = self.public if public else self.site
        return site.test_client().open(url, method=method, headers=headers, **options)

    def rows(self) -> dict[str, list[Any]]:
        """Everything in the database but the times at which tokens were last used."""
        with self.site.app_context():
            tables = database.Base.metadata.sorted_tables
            hidden = {"last_used_at"}
            return {
                table.name: sorted(
                    map(repr, db.session.execute(select(*(c for c in table.c if c.name not in hidden))).all())
                )
                for table in tables
            }

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Whatever happens inside, database and files are afterwards what they were."""
        settings = settings_of(self)
        kept = self.migrated.settings_for(Settings(data_dir=settings.data_dir.parent / "kept"))
        self.close()
        self.copy_all(settings, kept)
        try:
            yield
        finally:
            self.close()
            self.copy_all(kept, settings)
            shutil.rmtree(kept.data_dir)
            self.migrated.forget(kept)

    def copy_all(self, source: Settings, target: Settings) -> None:
        shutil.rmtree(target.data_dir)
        shutil.copytree(source.data_dir, target.data_dir)
        self.migrated.copy(source, target)

    def close(self) -> None:
        """Leave nothing of the database in another file or in a connection."""
        for site in (self.site, self.public):
            with site.app_context():
                if db.engine.dialect.name == "sqlite":
                    db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
                db.session.remove()
                db.engine.dispose()


def make_world(folder: Path, migrated: Migrated, clip: Path, index: Index | None = None) -> World:
    """A site with one processed recording for each kind in KINDS, all of the same author, with words of their own."""
    if not _MADE:
        _MADE.append(_make_first(folder / "first", migrated, clip))
    first = _MADE[0]
    world = replace(first, **_sites(folder, migrated, index or MemoryIndex()))
    world.copy_all(settings_of(first), settings_of(world))
    with world.site.app_context():
        search.rebuild()
    return world


# Made once in a test run, and copied for each module that reads or changes it.
_MADE: list[World] = []


def _make_first(folder: Path, migrated: Migrated, clip: Path) -> World:
    world = World(**_sites(folder, migrated, MemoryIndex()), migrated=migrated)
    with world.site.app_context():
        _add_people(world)
        world.category = categories.add("Network", by=world.people["admin"]).id
        first = _processed(world, clip)
        for kind in KINDS:
            world.items[kind] = _like(first, kind, world)
        world.names = _names(world)
        erasing.erase(first)
        search.drain()
    world.close()
    return world


def _sites(folder: Path, migrated: Migrated, index: Index) -> dict[str, Flask]:
    settings = Settings(data_dir=folder / "data", redis_url="unix:///nowhere/redis.sock", speech="none")
    settings = migrated.settings_for(settings)
    return {
        name: prepare(create_app(each, send=lambda *_: None, index=index, speech=Scripted(()), screen_text=Unread()))
        for name, each in (("site", settings), ("public", settings.model_copy(update={"public": True})))
    }


def settings_of(world: World) -> Settings:
    found: Settings = world.site.extensions["kb.settings"]
    return found


def _add_people(world: World) -> None:
    roles = {"curator": Role.curator, "admin": Role.admin}
    for actor in sorted(SIGNED_IN):
        person = accounts.add_person(
            f"{actor}@test.example", f"Test {actor.title()}", roles.get(actor, Role.member), None
        )
        world.people[actor] = person.id
        world.tokens[actor] = accounts.add_token(person, "test")
    admin = db.session.get_one(Person, world.people["admin"])
    world.team = accounts.add_team("Blue", by=admin).id
    for actor in ("author", "mate"):
        accounts.change_person(world.people[actor], by=admin, role=Role.member, active=True, team_ids=[world.team])


def _processed(world: World, clip: Path) -> str:
    landed = world.site.extensions["kb.settings"].tmp_dir / "landing-clip"
    shutil.copy(clip, landed)
    author = db.session.get_one(Person, world.people["author"])
    screencast_id = screencasts.receive(landed, "clip.mp4", Upload(title="First"), by=author).id
    for step in (probe, quick, rendition, hearing.hear, screen_text.read_screen, chapters.find):
        step(screencast_id)
    return screencast_id


def _names(world: World) -> dict[str, str]:
    admin = db.session.get_one(Person, world.people["admin"])
    _, invitation = links.invite(Role.member, by=admin)
    token = db.session.scalars(select(ApiToken.id).where(ApiToken.person_id == world.people["author"])).one()
    return {
        "token": token,
        "saved": saved.save(Asked("reset"), by=db.session.get_one(Person, world.people["author"])).id,
        "upload": uploads.begin(Viewer(), 10, {}, "", by=db.session.get_one(Person, world.people["author"])),
        "invitation": invitation,
        "empty_team": accounts.add_team("Empty", by=admin).id,
        # Of the same moment of copies of one recording.
        "poster": db.session.get_one(Screencast, world.items["everyone"]).poster_key or "",
    }


def _like(first_id: str, kind: str, world: World) -> str:
    """A copy of a processed recording, of this kind, with its own words in every field."""
    first = db.session.get_one(Screencast, first_id)
    storage = world.site.extensions["kb.hands"].storage
    screencast_id = new_id()
    key = original(screencast_id, "mp4")
    shutil.copy(storage.root / first.original_key, storage.root / key)
    shutil.copytree(storage.root / made_folder(first_id), storage.root / made_folder(screencast_id))
    shutil.copy(storage.root / first.original_key, storage.root / original(f"version-{kind}", "mp4"))
    with writing() as session:
        author = session.get_one(Person, world.people["author"])
        session.add(
            Screencast(
                **_columns(first)
                | {
                    "id": screencast_id,
                    "title": f"{word(kind, 'title')} clip",
                    "purpose": word(kind, "purpose"),
                    "description": word(kind, "description"),
                    "filename": f"{word(kind, 'filename')}.mp4",
                    "original_key": key,
                    "category_id": world.category,
                    "visibility": kind if kind in ("private", "team") else "public" if kind != "everyone" else kind,
                    "team_id": world.team if kind == "team" else None,
                    "published_at": None if kind == "draft" else now(),
                    "trashed_at": now() - timedelta(hours=1) if kind == "trashed" else None,
                },
                tags=tags_named([word(kind, "tag")]),
                steps=[Step(**_columns(step) | {"screencast_id": screencast_id}) for step in first.steps],
                sources=[
                    Source(**_columns(each) | {"screencast_id": screencast_id, "id": new_id()})
                    for each in first.sources
                ],
                versions=[_version(kind)],
            )
        )
        session.flush()
        cues = [TimedText(0, 900, "How to reset it"), TimedText(1000, 1900, f"then {word(kind, 'caption')} here")]
        transcripts.put(
            screencast_id, "en", cues, source=WordsFrom.upload, by=session.get_one(Person, world.people["author"])
        )
        session.add(_proposal(screencast_id, kind, world.people["mate"]))
        session.add(ScreenHiding(id=f"hiding-{kind}", screencast_id=screencast_id, text=word(kind, "hidden")))
        screen = [TimedText(500, 1500, f"Error: {word(kind, 'screen')}"), TimedText(500, 1500, word(kind, "hidden"))]
        screen_text.put(screencast_id, screen)
        wanted = [chapters.Wanted(0, "How to reset it"), chapters.Wanted(1000, word(kind, "chapter"))]
        chapters.put(session.get_one(Screencast, screencast_id), wanted, by=author)
        mate = world.people["mate"]
        session.add(Solve(screencast_id=screencast_id, person_id=mate, note=f"the {word(kind, 'solve')} at last"))
        session.get_one(Screencast, screencast_id).solved_count = 1
        accounts.access_changed()
    assert (storage.root / made(screencast_id, "video.mp4")).is_file()
    return screencast_id


def _proposal(screencast_id: str, kind: str, by_id: str) -> Proposal:
    own = {"id": f"proposal-{kind}", "screencast_id": screencast_id, "language": "en", "by_id": by_id}
    return Proposal(**own, start_ms=0, before="How to reset it", after=f"How to {word(kind, 'proposal')} it")


def _version(kind: str) -> Version:
    """An earlier recording."""
    filename = f"{word(kind, 'version')}.mp4"
    key = original(f"version-{kind}", "mp4")
    return Version(
        id=f"version-{kind}", take=2, filename=filename, kind="mp4", original_key=key, original_bytes=1, words=[]
    )


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in type(row).__mapper__.column_attrs}
