"""A recording's words on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import WordsFrom
from tests.browser.conftest import open_as, serve
from tests.databases import Migrated
from tests.web.actors import make_world

pytestmark = pytest.mark.browser

LINES = 120


@pytest.fixture
def watching(tmp_path: Path, migrated: Migrated, clip: Path, browser: Browser) -> Iterator[Page]:
    world = make_world(tmp_path, migrated, clip)
    item = world.items["everyone"]
    with world.site.app_context():
        cues = [TimedText(at * 1000, at * 1000 + 900, f"line number {at}") for at in range(LINES)]
        transcripts.put(item, "en", cues, source=WordsFrom.edited)
    with serve(world.site) as address:
        context = open_as(browser, world, "author", address, color_scheme="dark")
        page = context.new_page()
        page.goto(f"/screencasts/{item}")
        page.emulate_media(media="print", color_scheme="dark")
        yield page
        context.close()


def test_all_its_words_are_printed_and_nothing_to_click(watching: Page) -> None:
    expect(watching.get_by_role("heading", level=1)).to_be_visible()
    expect(watching.get_by_text("line number 0", exact=True)).to_be_visible()
    for hidden in ("body > header", ".watch-stage", ".btn"):
        assert watching.locator(hidden).evaluate_all("(all) => all.every((each) => !each.checkVisibility())"), hidden
    # Nothing of the list is behind its own scroll bar.
    shown, whole = watching.locator("#cues").evaluate("(list) => [list.clientHeight, list.scrollHeight]")
    assert whole > LINES * 15
    assert shown >= whole - 1


def test_it_is_ink_on_paper_in_the_dark_theme_too(watching: Page) -> None:
    words = watching.locator(".cue-words").first
    assert words.evaluate("(each) => getComputedStyle(each).color") == "rgb(0, 0, 0)"
    assert watching.pdf()[:5] == b"%PDF-"
