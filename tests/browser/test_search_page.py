"""The search page under a keyboard, a pointer and a finger, in real Chromium."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from kb.accounts.actions import access_changed
from kb.config import ROOT
from kb.db import now, writing
from kb.screencasts.models import Screencast
from kb.search.actions import rebuild
from tests.browser.conftest import open_as, serve
from tests.web.actors import World, make_world, word

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}
# Each recording that the mate may see says it in its first second.
ALL = "/search?q=reset"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    return make_world(tmp_path_factory.mktemp("search"), migrated, clip)


@pytest.fixture(scope="module")
def many(world: World) -> str:
    """A word of more screencasts than stand on one page."""
    with world.site.app_context():
        with writing() as session:
            for n in range(12):
                row = {"author_id": world.people["other"], "published_at": now(), "state": "ready"}
                session.add(Screencast(title=f"Quagga {n}", **row))
            access_changed()
        rebuild()
    return "quagga"


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with serve(world.site) as found:
        yield found


@pytest.fixture
def open_page(browser: Browser, world: World, address: str) -> Iterator[Callable[..., Page]]:
    """Fails at the end on any fault of a script and on a CSP line."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            faults.append(message.text)

    def opened(**options: object) -> Page:
        contexts.append(open_as(browser, world, "mate", address, **options))
        contexts[-1].set_default_timeout(10_000)
        page = contexts[-1].new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def hits(page: Page) -> Locator:
    return page.locator("article.hit")


def paste(page: Page, target: str, kind: str, content: str) -> None:
    """As the browser tells of it. kind: text/plain, or that of a file with this content."""
    page.locator(target).evaluate(
        """(target, [kind, content]) => {
            const clipboardData = new DataTransfer();
            if (kind === "text/plain") clipboardData.setData(kind, content);
            else clipboardData.items.add(new File([content], "pasted", { type: kind }));
            target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        [kind, content],
    )


def faults_of_axe(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


def test_the_arrow_keys_lead_through_hits_and_moments_and_enter_plays(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(ALL)
    first, second = hits(page).nth(0), hits(page).nth(1)
    page.keyboard.press("ArrowDown")
    expect(first.locator(".hit-title a")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(first.locator(".moment-1")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(second.locator(".hit-title a")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first.locator(".hit-title a")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-search-box]")).to_be_focused()
    first.locator(".moment-1").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-search-box]")).to_be_focused()
    first.locator(".moment-1").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/screencasts/\w+\?t=0"))


def test_with_the_focus_nowhere_the_right_arrow_begins_at_the_first_hit_too(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(ALL)
    page.keyboard.press("ArrowRight")
    expect(hits(page).first.locator(".hit-title a")).to_be_focused()


def test_a_title_opens_at_the_second_that_helps_best_as_its_picture_does(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(ALL)
    hit = hits(page).first
    moment = hit.locator(".moment-1").get_attribute("href")
    assert moment and "?t=" in moment
    assert hit.locator(".hit-title a").get_attribute("href") == moment
    assert hit.locator("a.poster").get_attribute("href") == moment


def test_keys_of_the_browser_and_of_fields_stay_theirs(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(ALL)
    page.locator("[data-search-box]").fill("what?")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator(".moment").first.focus()
    page.keyboard.press("Control+ArrowDown")
    expect(page.locator(".moment").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".moment").first).not_to_be_focused()


def test_a_question_mark_shows_which_keys_there_are(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(ALL)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    assert faults_of_axe(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_moment_or_its_mark_that_is_pointed_at_shows_its_still(open_page: Callable[..., Page]) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/still?" in request.url else None)
    page.goto(ALL)
    page.wait_for_load_state("networkidle")
    assert asked == [], "a still is fetched when somebody looks at it"
    hit = hits(page).first
    hit.locator(".moment-1").hover()
    expect(hit.locator(".still-1 img")).to_be_visible()
    page.mouse.move(5, 5)
    expect(hit.locator(".still-1")).to_be_hidden()
    hit.locator(".mark-1").hover()
    expect(hit.locator(".still-1 img")).to_be_visible()
    page.mouse.move(5, 5)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(hit.locator(".still-1 img")).to_be_visible()
    assert asked


def test_a_filter_changes_the_hits_in_place_and_keeps_the_keyboard_where_it_is(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(ALL)
    page.evaluate("window.isTheSamePage = true")
    before = hits(page).count()
    tag = page.locator("#narrow").get_by_role("link", name=word("team", "tag"))
    tag.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"tag={word('team', 'tag')}"))
    expect(hits(page)).to_have_count(1)
    expect(tag).to_be_focused()
    expect(tag).to_have_attribute("aria-current", "true")
    expect(page.locator("#announcer")).to_have_text("1 screencast")
    assert page.evaluate("window.isTheSamePage")
    assert faults_of_axe(page) == []
    page.get_by_role("link", name=f"Remove the filter {word('team', 'tag')}").press("Enter")
    expect(hits(page)).to_have_count(before)
    expect(page.locator("#search-title")).to_be_focused()
    page.go_back()
    expect(hits(page)).to_have_count(1)


def test_an_address_with_all_filters_leads_to_the_same_hits(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(ALL)
    page.get_by_role("link", name="Newest").click()
    page.wait_for_url(re.compile("sort=newest"))
    page.locator("#narrow").get_by_role("link", name=word("everyone", "tag")).click()
    page.wait_for_url(re.compile("tag="))
    expect(hits(page)).to_have_count(1)
    shared, title = page.url, hits(page).locator(".hit-title").inner_text()
    other = open_page()
    other.goto(shared)
    expect(hits(other).locator(".hit-title")).to_have_text(title)
    assert "sort=newest" in shared


def test_on_a_phone_the_filters_stay_open_until_one_has_all(open_page: Callable[..., Page]) -> None:
    page = open_page(**PHONE)
    page.goto(ALL)
    page.get_by_role("button", name="Filter").tap()
    page.locator("#narrow").get_by_role("link", name=word("team", "tag")).tap()
    done = page.get_by_role("button", name="Show 1 screencast")
    expect(done).to_be_visible()
    done.tap()
    expect(page.locator("#side")).to_be_hidden()
    expect(hits(page)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert faults_of_axe(page) == []


def test_the_first_tap_on_a_moment_plays_it(open_page: Callable[..., Page]) -> None:
    page = open_page(**PHONE)
    page.goto(ALL)
    page.locator(".moment").first.tap()
    page.wait_for_url(re.compile(r"/screencasts/\w+\?t=0"))


def test_a_text_of_many_lines_is_searched_for_as_soon_as_it_is_pasted(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/search?q=before")
    text = f"Traceback (most recent call last):\n  Error: {word('everyone', 'screen')}\n"
    paste(page, "[data-search-box]", "text/plain", text)
    page.wait_for_url(re.compile(r"/search\?q=Traceback.*%0A"))
    expect(hits(page).first.locator("mark").first).to_be_visible()


def test_a_line_is_pasted_as_ever(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    paste(page, "[data-search-box]", "text/plain", "one line\n")
    expect(page).to_have_url(re.compile("/$"))


def test_ten_thousand_characters_are_searched_for(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    page.locator("[data-search-box]").fill("überlange Zeile 日本語 " * 500)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q="))
    expect(page.locator("#search-title")).to_be_visible()


def test_a_picture_that_is_pasted_goes_to_the_reader(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    with page.expect_request(re.compile("/search/image$")) as sent:
        paste(page, "[data-search-box]", "image/png", "not really")
    assert sent.value.method == "POST"
    page.wait_for_url(re.compile("/search$"))
    expect(page.locator(".notice-error")).to_be_visible()


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")
    paste(page, "[data-search-box]", "video/mp4", "a film")
    assert "picture" in page.locator("[data-search-box]").evaluate("(box) => box.validationMessage")
    expect(page).to_have_url(re.compile("/$"))


def test_where_nothing_is_found_there_is_a_way_on(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"/search?q=reset&tag={word('team', 'tag')}&author=nobody")
    expect(page.get_by_role("heading", name="Nobody has shown that yet")).to_be_visible()
    expect(page.get_by_role("link", name="Upload a recording")).to_be_visible()
    assert faults_of_axe(page) == []


def test_without_scripts_filters_and_long_texts_work(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(ALL)
    page.locator("#narrow").get_by_role("link", name=word("team", "tag")).click()
    expect(hits(page)).to_have_count(1)
    page.get_by_role("link", name=f"Remove the filter {word('team', 'tag')}").click()
    page.goto("/search")
    page.locator("textarea[name=q]").fill(f"Some\nError: {word('everyone', 'screen')}")
    page.get_by_role("button", name="Search for it").click()
    expect(hits(page).first).to_be_visible()


def test_more_hits_come_below_and_back_leads_to_the_same_place(open_page: Callable[..., Page], many: str) -> None:
    page = open_page()
    page.goto(f"/search?q={many}")
    expect(hits(page)).to_have_count(10)
    page.get_by_role("link", name="Show more").click()
    expect(hits(page)).to_have_count(12)
    expect(hits(page).nth(10).locator(".hit-title a")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/screencasts/"))
    page.go_back()
    expect(hits(page)).to_have_count(12)
