"""The glossary in real Chromium: a word written down, what it would change in older transcripts, and the way back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.db import db
from kb.search import actions as search
from kb.transcripts import actions as transcripts
from tests.browser.conftest import page_as
from tests.databases import Migrated
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser
# What every screencast of the world says that the curator can see, beside a word of its own.
SAID = "How to reset it"


@pytest.fixture
def world(tmp_path: Path, migrated: Migrated, clip: Path) -> World:
    world = make_world(tmp_path, migrated, clip)
    with world.site.app_context():
        search.rebuild()
    return world


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with page_as(browser, world, "curator") as page:
        yield page


def said(world: World) -> dict[str, str]:
    """Of each kind of screencast what it says first."""
    with world.site.app_context():
        db.session.rollback()
        return {kind: transcripts.find(own, "en").cues[0].text for kind, own in world.items.items()}


def test_a_word_is_written_down_tried_on_older_transcripts_and_taken_back(page: Page, world: World) -> None:
    page.goto("/glossary")
    page.get_by_label("What is heard").fill("reset it")
    page.get_by_label("How we write it").fill("ReSet-It")
    page.get_by_role("button", name="Add").click()
    seen = {kind for kind in world.items if kind != "trashed" and world.may_see("curator", kind, public=False)}
    expect(page.get_by_text(f"{len(seen)} screencasts say it otherwise.")).to_be_visible()
    expect(page.get_by_role("link", name=f"{len(seen)} to put right")).to_be_visible()

    page.get_by_role("link", name="See what would change").click()
    boxes = page.locator("input[name=cue]")
    expect(page.get_by_text(f"{len(seen)} of {len(seen)} chosen")).to_be_visible()
    boxes.first.uncheck()
    expect(page.get_by_text(f"{len(seen) - 1} of {len(seen)} chosen")).to_be_visible()
    every = page.get_by_role("checkbox", name="chosen")
    assert every.evaluate("box => box.indeterminate")
    every.check()
    expect(boxes.first).to_be_checked()
    boxes.first.uncheck()
    page.get_by_role("button", name="Put them right").click()

    changed = [kind for kind, text in said(world).items() if text == "How to ReSet-It"]
    assert len(changed) == len(seen) - 1 and set(changed) < seen
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back for")).to_be_visible()
    assert set(said(world).values()) == {SAID}


def test_a_word_is_changed_in_place_by_keyboard_and_a_deleted_one_comes_back(page: Page) -> None:
    page.goto("/glossary")
    page.get_by_label("What is heard").fill("kuber netties → Kubernetes")
    page.get_by_label("What is heard").press("Enter")
    word = page.get_by_role("listitem").filter(has_text="Kubernetes")
    word.locator("summary").focus()
    page.keyboard.press("Enter")
    word.get_by_label("What is heard").fill("kuber netties, cuba netties")
    word.get_by_label("What is heard").press("Enter")
    expect(word).to_contain_text("cuba netties")
    word.locator("summary").click()
    word.get_by_role("button", name="Delete").click()
    expect(word).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(word).to_contain_text("cuba netties")
