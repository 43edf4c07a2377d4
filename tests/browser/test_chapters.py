"""Chapters on the page where a recording plays, and the steps that are made of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import open_as, serve
from tests.databases import Migrated
from tests.web.actors import World, make_world, word

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


@pytest.fixture
def here(tmp_path: Path, migrated: Migrated, clip: Path) -> World:
    return make_world(tmp_path, migrated, clip)


@pytest.fixture
def open_page(here: World, browser: Browser) -> Iterator[Open]:
    """(path below the page of what everybody may see, options of the browser) -> the page, opened as its author."""
    with serve(here.site) as address:
        contexts = []

        def opened(path: str = "", **options: object) -> Page:
            contexts.append(open_as(browser, here, "author", address, **options))
            page = contexts[-1].new_page()
            page.goto(f"/screencasts/{here.items['everyone']}{path}")
            return page

        yield opened
        for context in contexts:
            context.close()


def test_a_chapter_is_added_in_place_and_shows_on_the_time_bar(open_page: Open) -> None:
    page = open_page()
    bar = page.locator(".vds-slider-chapter")
    expect(bar).to_have_count(2)
    panel = page.locator("#chapters")
    panel.get_by_role("link", name="Edit the chapters").click()
    expect(panel.get_by_role("heading", name="Edit the chapters")).to_be_focused()
    panel.get_by_role("button", name="Add a chapter at").click()
    new = panel.get_by_placeholder("Another chapter").last
    expect(new).to_be_focused()
    new.fill("Half & <half>")
    panel.get_by_label("Starts at").last.fill("0:00.5")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("link", name="Half & <half>")).to_be_visible()
    expect(bar).to_have_count(3)
    titles = (
        "() => document.querySelector('media-player').textTracks.getByKind('chapters')[0].cues.map((cue) => cue.text)"
    )
    assert page.evaluate(titles)[1] == "Half & <half>"


def test_a_refusal_stands_in_the_form_that_was_sent(open_page: Open) -> None:
    page = open_page()
    panel = page.locator("#chapters")
    panel.get_by_role("link", name="Edit the chapters").click()
    panel.get_by_label("Starts at").first.fill("soon")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("Write when it starts, such as 1:24.")
    expect(panel.get_by_label("Starts at").first).to_have_value("soon")
    panel.get_by_role("link", name="Cancel").click()
    expect(panel.get_by_role("link", name="How to reset it")).to_be_visible()


def test_a_chapter_seeks_and_is_marked_while_it_plays(open_page: Open) -> None:
    page = open_page()
    chapter = page.locator("#chapters").get_by_role("link", name=word("everyone", "chapter"))
    expect(page.locator("[data-can-play]")).to_have_count(1)
    chapter.click()
    expect(chapter).to_have_attribute("aria-current", "true")
    assert page.locator("[data-player] video").evaluate("(video) => video.currentTime") >= 1


def test_chapters_are_changed_without_scripts_too(open_page: Open) -> None:
    page = open_page("/chapters", java_script_enabled=False)
    page.get_by_label("Title").last.fill("By hand")
    page.get_by_label("Starts at").last.fill("0:01.7")
    page.get_by_label("Remove").first.check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#chapters li")).to_have_count(2)
    expect(page.locator("#chapters").get_by_role("link", name="By hand")).to_be_visible()


def test_steps_are_printed_whole_and_with_the_way_back(open_page: Open) -> None:
    page = open_page("/steps", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in ("body > header", ".btn", ".not-printed"):
        assert page.locator(hidden).evaluate_all("(all) => all.every((each) => !each.checkVisibility())"), hidden
    expect(page.get_by_text("Watch it:")).to_be_visible()
    for step in page.locator(".step").all():
        assert step.evaluate("(each) => getComputedStyle(each).breakInside") == "avoid"
    assert page.locator(".step-text").first.evaluate("(each) => getComputedStyle(each).color") == "rgb(0, 0, 0)"
    expect(page.locator(".step-still img").first).to_have_js_property("complete", True)
