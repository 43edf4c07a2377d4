import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kb import db
from kb.app import create_app
from kb.config import Settings
from kb.demo.screens.acts import click, wait
from kb.demo.screens.desk import Desk
from kb.demo.screens.page import Button, Field, Heading, Page
from kb.demo.script import Beat, Recipe, Script
from kb.index.memory import MemoryIndex
from tests.conftest import Sent


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
        db.db.session.remove()
        db.db.engine.dispose()


def short_script() -> Script:
    page = Page("Devices", [Heading("Lights"), Field("Room", "B12"), Button("On")])
    return Script(
        Desk(page, "sea"),
        (
            Beat("The garden is beautiful in the morning.", (click("On"),)),
            Beat("My brother has two yellow horses.", (page.fill("Room", "B13"), wait(2))),
        ),
    )


@pytest.fixture
def short() -> Recipe:
    return Recipe(
        key="lights",
        title="Switch on",
        purpose="see something",
        description="",
        category=("Software", "Git"),
        tags=("git", "electricity"),
        author="ada",
        days=40,
        play=short_script,
    )
