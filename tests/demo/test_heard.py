import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from kb.app import create_app
from kb.config import Settings
from kb.db import db, now
from kb.demo.actions import fill, progress, workshop
from kb.demo.script import Recipe
from kb.index.memory import MemoryIndex
from kb.screencasts.models import Screencast
from tests.conftest import Caller, People, Sent


@pytest.fixture
def site(migrated: Path, settings: Settings, sent: Sent) -> Iterator[Flask]:
    """As everywhere, but it hears with the real engine."""
    settings = settings.model_copy(update={"speech": "pocketsphinx"})
    settings.make_folders()
    shutil.copy(migrated, settings.private_dir / "kb.sqlite3")
    site = create_app(settings, send=sent, index=MemoryIndex())
    site.testing = True
    yield site
    with site.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def found_by(call_as: Callable[[str | None], Caller]) -> Callable[..., list[Any]]:
    """(person's id, words) -> the moments of what they find."""

    def search(person_id: str, words: str) -> list[Any]:
        hits = call_as(person_id).get("/api/v1/search", query_string={"q": words}).json["hits"]
        return [moment for hit in hits for moment in hit["moments"]]

    return search


def test_what_a_demo_person_says_is_found_at_its_second(
    people: People, short: Recipe, run_jobs: Callable[[], list[str]], found_by: Callable[..., list[Any]]
) -> None:
    with workshop() as folder:
        fill([short], folder, lambda made: None)
    assert progress([short]).playable == 0
    run_jobs()
    assert progress([short]).is_over
    moments = found_by(people.other, "yellow horses")
    assert moments[0]["source"] == "speech"
    assert 2 < moments[0]["start"] < 6
    screencast = db.session.scalars(select(Screencast)).one()
    assert screencast.external_id == "demo:lights"
    assert [tag.name for tag in screencast.tags] == ["electricity", "git"]
    assert screencast.published_at
    assert timedelta(days=39) < now() - screencast.published_at < timedelta(days=42)
