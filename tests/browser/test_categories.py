"""The bench of the category tree, by mouse and by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kb.categories import actions as categories
from kb.categories.tree import flat, grow
from kb.config import ROOT
from kb.db import db
from tests.browser.conftest import open_as, page_as, serve
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture
def world(tmp_path: Path, migrated: Path, clip: Path) -> World:
    """Network, which is there, then Devices with Printers and Screens, then Office."""
    world = make_world(tmp_path, migrated, clip)
    admin = world.people["admin"]
    with world.site.app_context():
        devices = categories.add("Devices", by=admin).id
        for name in ("Printers", "Screens"):
            categories.add(name, by=admin, parent_id=devices)
        categories.add("Office", by=admin, description="Rooms and keys.", icon="building-2", default_visibility="team")
    return world


@pytest.fixture
def bench(browser: Browser, world: World) -> Iterator[Page]:
    # Without animations: where a row lies while one runs is nobody's promise.
    with page_as(browser, world, "curator", reduced_motion="reduce") as page:
        page.goto("/categories")
        yield page


def shown(page: Page) -> list[str]:
    return page.locator(".bench-name").all_inner_texts()


def stored(world: World) -> list[str]:
    with world.site.app_context():
        db.session.rollback()
        return ["  " * branch.depth + branch.category.name for branch in flat(grow(categories.every()))]


def row(page: Page, name: str) -> Locator:
    return page.locator(".bench-row", has=page.get_by_role("link", name=name, exact=True))


def grip(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"Move “{name}”", exact=True)


def said(page: Page) -> Locator:
    return page.locator("#announcer")


# Where the gap is into which the row would fall: the name of what it hangs below, and its place there.
GAP = """() => {
  const gap = document.querySelector('.bench-gap');
  const above = gap?.parentElement.closest('li')?.querySelector('.bench-name').innerText ?? '';
  return gap ? [above, [...gap.parentElement.children].indexOf(gap)] : null;
}"""


def drag(page: Page, name: str, to: str, *, part: float, into: tuple[str, int]) -> None:
    """By the mouse, as a hand does it: in steps, and let go once the gap is where it should be.

    part: how far down in the row of the goal. into: what it then hangs below, and at which place.
    """
    start, goal = grip(page, name).bounding_box(), row(page, to).bounding_box()
    assert start and goal
    x, y = goal["x"] + 80, goal["y"] + goal["height"] * part
    page.mouse.move(start["x"] + 10, start["y"] + 15)
    page.mouse.down()
    page.mouse.move(start["x"] + 10, y, steps=15)
    for step in range(50):
        page.mouse.move(x + step % 2, y)
        page.wait_for_timeout(100)
        if page.evaluate(GAP) == list(into):
            break
    page.mouse.up()


def test_a_category_is_dragged_to_its_place_and_stays_there(bench: Page, world: World) -> None:
    drag(bench, "Office", "Network", part=0.3, into=("", 0))
    expect(said(bench)).to_have_text("“Office” is 1 of 3 at the top level.")
    drag(bench, "Network", "Screens", part=0.3, into=("Devices", 1))
    expect(said(bench)).to_have_text("“Network” is 2 of 3 below “Devices”.")
    drag(bench, "Office", "Screens", part=1, into=("Screens", 0))
    expect(said(bench)).to_have_text("“Office” is 1 of 1 below “Screens”.")
    assert stored(world) == ["Devices", "  Printers", "  Network", "  Screens", "    Office"]
    before = shown(bench)
    bench.reload()
    assert shown(bench) == before


def test_arrow_keys_on_the_grip_move_a_category_and_keep_the_keyboard_on_it(bench: Page, world: World) -> None:
    grip(bench, "Office").focus()
    for key, sentence in (
        ("ArrowUp", "“Office” is 2 of 3 at the top level."),
        ("ArrowRight", "“Office” is 1 of 1 below “Network”."),
        ("ArrowRight", "It can't go further that way."),
        ("ArrowLeft", "“Office” is 2 of 3 at the top level."),
    ):
        bench.keyboard.press(key)
        expect(said(bench)).to_have_text(sentence)
        expect(grip(bench, "Office")).to_be_focused()
    assert stored(world) == ["Network", "Office", "Devices", "  Printers", "  Screens"]
    before = shown(bench)
    bench.reload()
    assert shown(bench) == before


def test_keys_that_come_faster_than_the_site_answers_are_all_done(bench: Page, world: World) -> None:
    grip(bench, "Office").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        bench.keyboard.press(key)
    expect(said(bench)).to_have_text("“Office” is 2 of 3 below “Devices”.")
    assert stored(world) == ["Network", "Devices", "  Printers", "  Office", "  Screens"]


def test_a_name_is_changed_in_its_row(bench: Page, world: World) -> None:
    row(bench, "Printers").get_by_role("link", name="Rename").click()
    field = bench.get_by_label("Name of “Printers”")
    expect(field).to_be_focused()
    field.fill("No")
    bench.keyboard.press("Escape")
    expect(bench.get_by_role("link", name="Rename “Printers”")).to_be_focused()
    bench.keyboard.press("F2")
    expect(field).to_have_value("Printers")
    field.fill("Paper")
    bench.keyboard.press("Enter")
    expect(said(bench)).to_have_text("“Printers” is called “Paper” now.")
    expect(bench.get_by_role("link", name="Rename “Paper”")).to_be_focused()
    assert stored(world) == ["Network", "Devices", "  Paper", "  Screens", "Office"]


def test_without_scripts_the_menu_of_a_row_moves_it(browser: Browser, world: World) -> None:
    with serve(world.site) as address:
        context = open_as(browser, world, "curator", address, java_script_enabled=False)
        page = context.new_page()
        page.goto("/categories")
        expect(grip(page, "Office")).to_be_hidden()
        row(page, "Office").locator("summary").click()
        row(page, "Office").get_by_role("button", name="Move up").click()
        assert [name.strip() for name in stored(world)] == ["Network", "Office", "Devices", "Printers", "Screens"]
        row(page, "Office").get_by_role("link", name="Rename").click()
        page.get_by_label("Name").fill("Rooms")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(row(page, "Rooms")).to_be_visible()
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_an_open_bench(browser: Browser, world: World, scheme: str) -> None:
    with serve(world.site) as address:
        context = open_as(browser, world, "curator", address, color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto("/categories")
        row(page, "Printers").get_by_role("link", name="Rename").click()
        row(page, "Screens").locator("summary").click()
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [each["id"] for each in found["violations"]] == []
        context.close()


def test_an_upload_begins_as_its_category_says_until_somebody_chooses(
    browser: Browser, world: World, clip: Path
) -> None:
    """Office is for the author's team; author is in one, other in none."""
    with serve(world.site) as address:
        for actor, who, why in (
            ("author", "Team Blue", "begin with your team"),
            ("other", "Only me", "You are in no team yet"),
        ):
            context = open_as(browser, world, actor, address)
            page = context.new_page()
            page.goto("/upload")
            everything = page.get_by_role("group", name="For all that you add")
            everything.get_by_label("Category").select_option(label="Office")
            expect(everything.get_by_label("Who may see them").locator("option:checked")).to_have_text(who)
            expect(everything).to_contain_text(why)
            everything.get_by_label("Who may see them").select_option(label="Everyone here")
            everything.get_by_label("Category").select_option(label="Network")
            everything.get_by_label("Category").select_option(label="Office")
            expect(everything.get_by_label("Who may see them").locator("option:checked")).to_have_text("Everyone here")
            expect(everything).not_to_contain_text(why)
            context.close()
