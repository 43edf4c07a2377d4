"""Tags in real Chromium: the field that suggests them, with the keyboard alone, and the curators' list."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kb.accounts.actions import access_changed
from kb.accounts.rules import Viewer
from kb.categories import tags
from kb.config import ROOT
from kb.db import db, writing
from kb.screencasts.models import Screencast
from kb.search import actions as search
from tests.browser.conftest import open_as, page_as, serve
from tests.databases import Migrated
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture
def world(tmp_path: Path, migrated: Migrated, clip: Path) -> World:
    """What everybody may see has four tags; k8s means one of them."""
    world = make_world(tmp_path, migrated, clip)
    with world.site.app_context():
        with writing() as session:
            item = session.get_one(Screencast, world.items["everyone"])
            item.tags = tags.tags_named(["kubernetes", "printer", "printers", "privacy"])
            access_changed()
        curator = Viewer(world.people["curator"], is_curator=True, sees_public=True)
        tags.say_same(curator, "kubernetes", ["k8s"], by=world.people["curator"])
    return world


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with page_as(browser, world, "curator") as page:
        yield page


@pytest.fixture
def field(page: Page, world: World) -> Locator:
    """The field of something without tags."""
    page.goto(f"/screencasts/{world.items['public']}/edit")
    field = page.get_by_role("combobox", name="Tags")
    while page.locator(".tag-chip").count():
        field.press("Backspace")
    return field


def chips(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".tag-chip").all_inner_texts()]


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Suggested tags").get_by_role("option")


def active(field: Locator) -> str | None:
    """The text of the option that a screen reader reads."""
    return field.evaluate(  # type: ignore[no-any-return]
        "field => document.getElementById(field.getAttribute('aria-activedescendant'))?.firstChild.textContent ?? null"
    )


def stored(world: World, kind: str) -> list[str]:
    with world.site.app_context():
        db.session.rollback()
        return [tag.name for tag in db.session.get_one(Screencast, world.items[kind]).tags]


def test_arrows_and_enter_take_a_suggestion_and_what_is_saved_is_what_stood_there(
    page: Page, field: Locator, world: World
) -> None:
    field.press_sequentially("pri")
    expect(options(page)).to_have_count(3)
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    assert active(field) == "printer"
    field.press("ArrowUp")
    assert active(field) == "privacy"
    page.evaluate(AXE)
    assert [each["id"] for each in page.evaluate("axe.run(document)")["violations"]] == []
    field.press("Enter")
    assert chips(page) == ["privacy"]
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_be_focused()
    field.press_sequentially("Brand new, second")
    assert chips(page) == ["privacy", "brand new"]
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/screencasts/\w+$"), wait_until="commit")
    assert stored(world, "public") == ["brand new", "privacy", "second"]


def test_a_synonym_becomes_its_tag(page: Page, field: Locator) -> None:
    field.press_sequentially("k8s")
    expect(options(page)).to_have_text(re.compile("kubernetes.*“k8s”"))
    field.press(",")
    assert chips(page) == ["kubernetes"]


def test_escape_closes_the_list_and_keeps_what_is_typed_and_enter_takes_it(page: Page, field: Locator) -> None:
    field.press_sequentially("print")
    expect(options(page)).to_have_count(2)
    field.press("Escape")
    expect(page.get_by_role("listbox", name="Suggested tags")).to_be_hidden()
    expect(field).to_have_value("print")
    field.press("Enter")
    assert chips(page) == ["print"]
    assert "/edit" in page.url


def test_backspace_takes_the_last_away_and_its_button_any(page: Page, field: Locator) -> None:
    field.press_sequentially("one,two,three,")
    field.press("Backspace")
    assert chips(page) == ["one", "two"]
    page.get_by_role("button", name="Remove one").click()
    assert chips(page) == ["two"]
    expect(field).to_be_focused()


def test_what_is_chosen_is_not_offered_again(page: Page, field: Locator) -> None:
    field.press_sequentially("printer,")
    field.press_sequentially("pri")
    expect(options(page)).to_have_count(2)
    assert not options(page).filter(has_text=re.compile(r"^printer\d")).count()


def test_a_suggested_tag_goes_into_the_field_when_it_is_pressed(page: Page, world: World) -> None:
    with world.site.app_context():
        with writing() as session:
            session.get_one(Screencast, world.items["public"]).title = "A privacy kubernetes"
        search.rebuild()
    page.goto(f"/screencasts/{world.items['public']}/edit")
    offered = page.get_by_role("group", name="Suggested tags")
    offered.get_by_role("button", name="Add kubernetes").click()
    expect(page.locator(".tag-chip").filter(has_text="kubernetes")).to_have_count(1)
    expect(offered.get_by_role("button", name="Add privacy")).to_be_focused()
    page.keyboard.press("Enter")
    expect(offered.get_by_role("button", name="Add privacy")).to_have_count(0)
    expect(page.locator(".tag-chip").filter(has_text="privacy")).to_have_count(1)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("list", name="Tags").get_by_role("link", name="kubernetes")).to_be_visible()


def test_an_upload_shows_which_tags_were_taken(page: Page, world: World, clip: Path) -> None:
    with world.site.app_context():
        curator = Viewer(world.people["curator"], is_curator=True, sees_public=True)
        tags.retire(curator, "privacy", by=world.people["curator"])
    page.goto("/upload")
    page.get_by_role("combobox", name="Tags").first.press_sequentially("privacy, printer,")
    page.locator(".drop-zone input[type=file]").set_input_files(clip)
    row = page.locator(".upload-row")
    expect(row.get_by_text("Taken: printer.")).to_be_visible()
    expect(row.locator(".tag-chip")).to_have_text("printer")
    row.get_by_role("combobox", name="Tags").press_sequentially("k8s,")
    expect(row.get_by_text("Saved")).to_be_visible()
    expect(row.locator(".tag-chip")).to_have_text(["kubernetes", "printer"])


def test_without_scripts_the_field_takes_words_with_commas(browser: Browser, world: World) -> None:
    with serve(world.site) as address:
        context = open_as(browser, world, "curator", address, java_script_enabled=False)
        page = context.new_page()
        page.goto(f"/screencasts/{world.items['public']}/edit")
        field = page.get_by_label("Tags", exact=True)
        field.fill("K8s, fresh")
        page.get_by_role("button", name="Save").click()
        assert stored(world, "public") == ["fresh", "kubernetes"]
        page.goto("/tags")
        page.get_by_label("Choose printer", exact=True).check()
        page.get_by_label("Merge the chosen tags into").fill("printers")
        page.get_by_role("button", name="Merge").click()
        expect(page.get_by_role("heading", name="Merge into “printers”?")).to_be_visible()
        page.get_by_role("button", name="Merge").click()
        context.close()
    assert stored(world, "everyone") == ["kubernetes", "printers", "privacy"]


def test_the_list_is_filtered_while_typing_and_the_chosen_are_merged(page: Page, world: World) -> None:
    page.goto("/tags")
    expect(page.get_by_role("button", name="Merge")).to_be_hidden()
    page.get_by_role("searchbox", name="Show tags with these letters").press_sequentially("print")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    page.get_by_label("Choose printer", exact=True).check()
    into = page.get_by_role("combobox", name="Merge the chosen tags into")
    into.press_sequentially("printers")
    options(page).filter(has_text=re.compile("^printers")).click()
    expect(into).to_have_value("printers")
    page.get_by_role("button", name="Merge").click()
    page.get_by_role("button", name="Merge").click()
    page.wait_for_url(re.compile(r"/tags/edit\?tag=printers"))
    assert stored(world, "everyone") == ["kubernetes", "printers", "privacy"]
