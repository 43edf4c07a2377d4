"""The library under a pointer, a keyboard and the Back button, in real Chromium."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from kb.accounts.actions import access_changed
from kb.config import ROOT
from kb.db import now, writing
from kb.screencasts.models import Screencast
from tests.browser.conftest import open_as, serve
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
PAGE = 24


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    """The world, and three pages of older screencasts below what was really recorded."""
    world = make_world(tmp_path_factory.mktemp("library"), migrated, clip)
    with world.site.app_context(), writing() as session:
        for n in range(3 * PAGE):
            at = now() - timedelta(days=n + 1)
            row = {"author_id": world.people["other"], "created_at": at, "published_at": at, "state": "ready"}
            session.add(Screencast(title=f"Number {n}", **row))
        access_changed()
    return world


@pytest.fixture(scope="module")
def address(full: World) -> Iterator[str]:
    with serve(full.site) as found:
        yield found


@pytest.fixture
def open_page(browser: Browser, full: World, address: str) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def opened(**options: object) -> Page:
        contexts.append(open_as(browser, full, "mate", address, **options))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def sheets(page: Page) -> list[str]:
    """Every storyboard that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "storyboard" in request.url else None)
    return asked


def point_at(page: Page, part: float) -> None:
    box = page.locator(".poster[data-tiles]").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)


def test_the_pointer_leads_through_the_moments_of_a_card(open_page: Callable[..., Page]) -> None:
    page = open_page()
    asked = sheets(page)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert asked == []
    point_at(page, 0.1)
    expect(page.locator(".scrub-time")).to_have_text("0:00")
    point_at(page, 0.9)
    expect(page.locator(".scrub-time")).to_have_text("0:01")
    assert len(set(asked)) == 1
    page.evaluate(AXE)
    assert page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"] == []
    page.mouse.move(5, 5)
    expect(page.locator(".scrub")).to_have_count(0)


def test_a_pointer_that_rests_sees_it_move_until_it_goes_on(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    with page.expect_response(re.compile(r"/preview$")) as answer:
        point_at(page, 0.4)
    assert answer.value.headers["content-type"] == "image/webp"
    expect(page.locator("img.scrub-moving")).to_be_visible()
    point_at(page, 0.5)
    expect(page.locator("img.scrub-moving")).to_have_count(0)
    expect(page.locator(".scrub-time")).to_be_visible()


def test_nothing_moves_under_the_pointer_of_who_wants_calm(open_page: Callable[..., Page]) -> None:
    page = open_page(reduced_motion="reduce")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.install()
    page.goto("/")
    point_at(page, 0.4)
    page.clock.run_for(5000)
    expect(page.locator(".scrub-time")).to_be_visible()
    assert not [url for url in asked if url.endswith("/preview")]


def test_the_arrow_keys_do_so_too_and_nothing_moves_by_itself_for_who_wants_calm(
    open_page: Callable[..., Page], full: World
) -> None:
    page = open_page(reduced_motion="reduce")
    page.goto("/")
    card = page.locator(f"#card-{full.items['everyone']}")
    page.locator(f"#card-{full.items['everyone']} .cast-title a").focus()
    page.keyboard.press("ArrowRight")
    expect(card.locator(".scrub-time")).to_have_text("0:01")
    page.keyboard.press("ArrowLeft")
    expect(card.locator(".scrub-time")).to_have_text("0:00")
    page.keyboard.press("Tab")
    expect(page.locator(".scrub")).to_have_count(0)


def test_a_finger_opens_a_card_at_once(open_page: Callable[..., Page]) -> None:
    page = open_page(has_touch=True, viewport={"width": 390, "height": 844})
    page.goto("/")
    page.locator(".cast .poster[data-tiles]").first.tap(force=True)
    page.wait_for_url(re.compile("/screencasts/"))


def test_back_leads_to_the_same_place_in_a_list_that_was_made_longer(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/?sort=title")
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".cast")).to_have_count(2 * PAGE)
    expect(page.locator(".card-item").nth(PAGE).get_by_role("link").first).to_be_focused()
    card = page.locator(".cast").nth(2 * PAGE - 2)
    card.scroll_into_view_if_needed()
    top = page.evaluate("scrollY")
    title = card.locator(".cast-title").inner_text()
    card.locator(".cast-title a").click()
    page.wait_for_url(re.compile("/screencasts/"))
    page.go_back()
    expect(page.locator(".cast")).to_have_count(2 * PAGE)
    expect(page.get_by_role("link", name=title, exact=True)).to_be_in_viewport()
    assert abs(page.evaluate("scrollY") - top) < 50


def test_without_scripts_one_turns_pages_and_filters(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/?sort=title")
    first = page.locator(".cast-title").all_inner_texts()
    page.get_by_role("link", name="Show more").click()
    second = page.locator(".cast-title").all_inner_texts()
    assert len(second) == PAGE
    assert not set(first) & set(second)
    page.get_by_role("link", name="Previous page").click()
    assert page.locator(".cast-title").all_inner_texts() == first
    page.locator("summary", has_text="Filter").click()
    page.get_by_role("checkbox", name="Mine").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(r"/\?.*mine=1"))
    expect(page.get_by_role("heading", name="Nothing of yours yet")).to_be_visible()
    page.get_by_role("link", name="Remove the filter My screencasts").click()
    expect(page.locator(".cast")).to_have_count(PAGE)
