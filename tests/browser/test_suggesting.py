"""The search box in real Chromium: suggestions below it by keyboard, mouse and finger."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kb.accounts.actions import access_changed
from kb.categories import actions as categories
from kb.config import ROOT
from kb.db import writing
from kb.screencasts.models import Screencast
from kb.search import actions as search
from kb.search.models import Search
from tests.browser.conftest import page_as
from tests.databases import Migrated
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture
def world(tmp_path: Path, migrated: Migrated, clip: Path) -> World:
    """Three things begin with "print": a search that helped, a recording, a category."""
    world = make_world(tmp_path, migrated, clip)
    with world.site.app_context():
        with writing() as session:
            item = session.get_one(Screencast, world.items["everyone"])
            item.title = "Print on both sides"
            words = {"words": "printing both sides", "key": "printing both sides", "total": 1, "took_ms": 1}
            session.add(Search(**words, solved_id=item.id))
            access_changed()
        categories.add("Printers", by=world.people["admin"])
        search.rebuild()
    return world


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with page_as(browser, world, "other") as page:
        page.goto("/")
        yield page


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search what was said or shown")


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggestions").get_by_role("option")


def active(page: Page) -> str | None:
    """The text of the option that a screen reader reads."""
    return box(page).evaluate(  # type: ignore[no-any-return]
        "box => document.getElementById(box.getAttribute('aria-activedescendant'))?.textContent.trim() ?? null"
    )


def suggest(page: Page) -> None:
    page.keyboard.press("/")
    box(page).press_sequentially("print")
    expect(options(page)).to_have_text([re.compile(text) for text in ("printing both", "Print on both", "Printers")])


def test_arrows_go_through_three_groups_and_back_to_what_is_typed(page: Page, world: World) -> None:
    suggest(page)
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox", name="Suggestions").get_by_role("group")).to_have_count(3)
    expect(page.get_by_role("status").filter(has_text="3 suggestions, use the arrow keys")).to_have_count(1)
    seen = []
    for _ in range(4):
        box(page).press("ArrowDown")
        seen.append(active(page))
    assert seen == ["printing both sides", "Print on both sides", "Printers", None]
    box(page).press("ArrowUp")
    assert active(page) == "Printers"
    page.evaluate(AXE)
    assert [each["id"] for each in page.evaluate("axe.run(document)")["violations"]] == []
    box(page).press("ArrowUp")
    box(page).press("Enter")
    page.wait_for_url(f"**/screencasts/{world.items['everyone']}")


def test_enter_without_a_choice_searches_for_what_is_typed(page: Page) -> None:
    suggest(page)
    box(page).press("Enter")
    page.wait_for_url("**/search?q=print")


def test_a_search_that_helped_is_searched_at_a_click(page: Page) -> None:
    suggest(page)
    options(page).first.click()
    page.wait_for_url("**/search?q=printing+both+sides")
    expect(box(page)).to_have_value("printing both sides")


def test_escape_closes_the_list_first_and_keeps_what_is_typed(page: Page) -> None:
    suggest(page)
    box(page).press("Escape")
    expect(options(page)).to_have_count(0)
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("print")
    box(page).press("ArrowDown")
    expect(options(page)).to_have_count(3)


def test_tab_leaves_and_an_empty_box_suggests_nothing(page: Page) -> None:
    suggest(page)
    box(page).press("Tab")
    expect(options(page)).to_have_count(0)
    expect(box(page)).not_to_be_focused()
    page.keyboard.press("/")
    box(page).press("ArrowDown")
    expect(options(page)).to_have_count(3)
    box(page).fill("")
    expect(options(page)).to_have_count(0)


def test_nothing_moves_when_the_list_opens(page: Page) -> None:
    before = page.locator("main").bounding_box()
    suggest(page)
    assert page.locator("main").bounding_box() == before


def test_a_finger_has_room_on_a_phone(browser: Browser, world: World) -> None:
    with page_as(browser, world, "other", viewport={"width": 390, "height": 844}, has_touch=True) as page:
        page.goto("/")
        suggest(page)
        for option in options(page).all():
            place = option.bounding_box()
            assert place
            assert place["height"] >= 44
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        options(page).nth(1).tap()
        page.wait_for_url(f"**/screencasts/{world.items['everyone']}")


def test_without_scripts_the_box_is_a_plain_form(browser: Browser, world: World) -> None:
    with page_as(browser, world, "other", java_script_enabled=False) as page:
        page.goto("/")
        plain = page.get_by_role("searchbox", name="Search what was said or shown")
        plain.fill("both sides")
        plain.press("Enter")
        page.wait_for_url("**/search?q=both+sides")
        expect(page.locator("#suggestions")).to_be_hidden()
