"""The first admin's first minutes: the link, the welcome step by step or skipped, and the library that waits."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from kb.accounts import links
from kb.config import ROOT
from tests.browser.conftest import PASSWORD, serve

pytestmark = pytest.mark.browser
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    """A site that nobody runs yet."""
    with serve(site) as found:
        yield found


@pytest.fixture
def link(site: Flask, address: str) -> str:
    with site.app_context():
        return f"{address}/join/{links.first_admin_token()}"


@pytest.fixture(params=[(1440, 900), (390, 844)], ids=["wide", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(base_url=address, viewport={"width": width, "height": height})
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults


@pytest.fixture
def holds(page: Page) -> Callable[[], None]:
    """Says that the page that is open has nothing for axe to find, and nothing that scrolls sideways."""
    page.context.add_init_script(AXE)

    def check() -> None:
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    return check


def join(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@test.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make the admin account").click()


def test_the_welcome_leads_step_by_step_to_the_first_upload(page: Page, link: str, holds: Callable[[], None]) -> None:
    join(page, link)
    expect(page.get_by_role("heading", name="What shall this place be called?")).to_be_visible()
    holds()
    page.get_by_label("Name of the site").fill("عروض الفريق")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Who may join?")).to_be_visible()
    expect(page.get_by_text("عروض الفريق")).to_be_visible()
    expect(page.get_by_label("The domain")).to_be_hidden()
    page.get_by_label("Who has an address of our domain").check()
    page.get_by_label("The domain").fill("test.example")
    holds()
    page.get_by_role("button", name="Save and go on").click()

    expect(page.get_by_role("heading", name="Which shelves")).to_be_visible()
    page.get_by_text("See its 19 categories").click()
    expect(page.get_by_text("Passwords, second factors")).to_be_visible()
    page.get_by_label("IT help desk").check()
    holds()
    page.get_by_role("button", name="Save and go on").click()

    expect(page.get_by_role("heading", name="Who comes first?")).to_be_visible()
    # Served on a loopback address: nobody else could use the link.
    expect(page.get_by_text("Links don't work for others yet.")).to_be_visible()
    page.get_by_label("Team").fill("Help desk")
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_label("Invitation link")).to_have_value(re.compile("/join/"))
    holds()
    page.get_by_role("button", name="Upload the first recording").click()
    page.wait_for_url("**/upload")
    expect(page.get_by_label("Category").first).to_contain_text("Second factor")


def test_all_of_it_is_skipped_by_one_click_and_an_empty_library_says_what_to_do(
    page: Page, link: str, holds: Callable[[], None]
) -> None:
    join(page, link)
    page.get_by_role("button", name="Skip the set-up").click()
    page.wait_for_url(re.compile(r"/$"))
    main = page.get_by_role("main")
    expect(main.get_by_role("link", name="Upload a recording")).to_be_visible()
    expect(main.get_by_role("link", name="Invite colleagues")).to_be_visible()
    expect(main.get_by_text("make demo", exact=True)).to_be_visible()
    expect(main.get_by_text("The set-up of this site is not done")).to_be_hidden()
    holds()


def test_it_is_gone_on_with_where_it_was_left(page: Page, link: str) -> None:
    join(page, link)
    page.get_by_role("link", name="Skip this step").click()
    page.get_by_role("link", name="Skip this step").click()
    page.goto("/")
    page.get_by_role("link", name="Go on with it").click()
    expect(page.get_by_role("heading", name="Which shelves")).to_be_visible()


def test_an_invitation_link_is_copied_and_lets_a_colleague_in(
    page: Page, link: str, browser: Browser, address: str
) -> None:
    join(page, link)
    page.goto("/welcome/invite")
    page.get_by_role("button", name="Make the link").click()
    # A browser that nobody looks at lets no page write there of itself.
    page.context.grant_permissions(["clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    colleague = browser.new_context(base_url=address).new_page()
    # The address of the settings; the test's server has a port of its own.
    colleague.goto("/join/" + page.get_by_label("Invitation link").input_value().rpartition("/")[2])
    colleague.get_by_label("Your name").fill("Bo")
    colleague.get_by_label("E-mail").fill("bo@test.example")
    colleague.get_by_label("Password").fill(PASSWORD)
    colleague.get_by_role("button", name="Join").click()
    colleague.wait_for_url(re.compile(r"/$"))
    main = colleague.get_by_role("main")
    expect(main.get_by_role("link", name="Upload a recording")).to_be_visible()
    expect(main.get_by_role("link", name="Invite colleagues")).to_have_count(0)
    colleague.context.close()
