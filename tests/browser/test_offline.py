"""What a page does while the site can't be reached."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from kb.db import writing
from kb.screencasts.models import Screencast, State
from tests.browser.conftest import open_as, serve
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser
GONE = "The site can't be reached at the moment."
BACK = "The site is back."


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    """In it a recording is being prepared, so that its card in the library asks how far that is."""
    world = make_world(tmp_path_factory.mktemp("offline"), migrated, clip)
    with world.site.app_context(), writing() as session:
        item = Screencast.id == world.items["everyone"]
        session.execute(update(Screencast).where(item).values(state=State.processing))
    return world


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with serve(world.site) as address:
        context = open_as(browser, world, "author", address)
        yield context.new_page()
        context.close()


def test_a_banner_comes_with_the_loss_of_the_network_and_goes_when_it_is_back(page: Page) -> None:
    page.goto("/me")
    banner = page.locator("#offline")
    expect(banner).to_be_hidden()
    page.get_by_label("As colleagues see it").fill("Half a na")
    page.context.set_offline(True)
    expect(banner).to_contain_text(GONE)
    expect(page.locator("#announcer")).to_contain_text(GONE)
    expect(page.get_by_label("As colleagues see it")).to_have_value("Half a na")
    page.context.set_offline(False)
    expect(banner).to_contain_text(BACK)
    expect(banner).to_be_hidden(timeout=10_000)


def test_a_banner_comes_when_a_part_of_the_page_asks_in_vain(page: Page) -> None:
    page.goto("/")
    banner = page.locator("#offline")
    page.route("**/progress**", lambda route: route.abort())
    page.route("**/healthz", lambda route: route.abort())
    expect(banner).to_contain_text(GONE, timeout=15_000)
    page.unroute("**/progress**")
    page.unroute("**/healthz")
    expect(banner).to_contain_text(BACK, timeout=15_000)


def test_a_refusal_is_no_loss_of_the_site(page: Page) -> None:
    page.goto("/")
    page.route("**/progress**", lambda route: route.fulfill(status=500))
    with page.expect_response("**/progress**"):
        pass
    expect(page.locator("#offline")).to_be_hidden()
