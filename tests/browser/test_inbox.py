"""The inbox, emptied with two keys: Enter files, an arrow goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from kb.accounts.actions import access_changed
from kb.categories import actions as categories
from kb.db import db, now, writing
from kb.screencasts.models import Screencast
from kb.search import actions as search
from tests.browser.conftest import open_as, serve
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser

TITLES = ("Change the toner", "Zebra crossing", "Toner is empty again")


@pytest.fixture
def world(tmp_path: Path, migrated: Path, clip: Path) -> World:
    """Of three without a category, two sound like what lies in Printers, and one like nothing."""
    world = make_world(tmp_path, migrated, clip)
    with world.site.app_context():
        printers = categories.add("Printers", by=world.people["admin"]).id
        with writing() as session:
            for title in TITLES:
                session.add(_row(title, world))
            session.add(_row("Order toner for the printers", world, category_id=printers))
            access_changed()
        search.rebuild()
    return world


def _row(title: str, world: World, **columns: str) -> Screencast:
    return Screencast(
        title=title,
        author_id=world.people["author"],
        published_at=now(),
        state="ready",
        visibility="everyone",
        **columns,
    )


@pytest.fixture
def curator(browser: Browser, world: World) -> Iterator[Page]:
    with serve(world.site) as address:
        context = open_as(browser, world, "curator", address)
        yield context.new_page()
        context.close()


def test_enter_files_where_the_words_suggest_and_nothing_where_they_suggest_nothing(
    curator: Page, world: World
) -> None:
    curator.goto("/inbox")
    expect(curator.locator("#inbox-left")).to_have_text("3")
    expect(curator.get_by_role("button", name="Printers").first).to_be_focused()
    curator.keyboard.press("Enter")
    expect(curator.locator("[data-filed]")).to_have_count(1)
    # The next one sounds like nothing: its list of all categories waits.
    expect(curator.locator("article", has_text="Zebra crossing").get_by_role("combobox")).to_be_focused()
    curator.locator("article", has_text="Toner is empty").get_by_role("button", name="Printers").focus()
    curator.keyboard.press("Enter")
    expect(curator.locator("#inbox-left")).to_have_text("1")
    with world.site.app_context():
        left = db.session.scalars(select(Screencast.title).where(Screencast.category_id.is_(None))).all()
    assert left == ["Zebra crossing"]


def test_arrows_go_from_item_to_item_and_what_was_filed_is_taken_back(curator: Page) -> None:
    curator.goto("/inbox")
    expect(curator.get_by_role("button", name="Printers").first).to_be_focused()
    curator.keyboard.press("ArrowUp")
    expect(curator.locator("article", has_text=TITLES[0]).get_by_role("button", name="Printers")).to_be_focused()
    curator.keyboard.press("1")
    curator.locator("[data-filed]").get_by_role("button", name="Undo").click()
    expect(curator.get_by_text("Taken back for 1 screencast")).to_be_visible()
    expect(curator.locator("#inbox-left")).to_have_text("3")
