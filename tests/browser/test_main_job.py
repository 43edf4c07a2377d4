"""The reason for everything: spoken words, never typed by anybody, lead a colleague to their second."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import STARTS, Running, sign_in, sign_up

pytestmark = pytest.mark.browser

# Said in the second sentence, nowhere on the screen, not in the file's name.
WORDS = "red button window"
SAID_AT_S = STARTS[1]


def test_a_colleague_finds_the_second_at_which_words_were_spoken(
    running: Running, new_page: Callable[..., Page], spoken_clip: Path
) -> None:
    author = new_page()
    sign_up(author, running.admin_link, "Test Author", "author@test.example")
    upload(author, spoken_clip)

    running.add_person("colleague@test.example")
    colleague = new_page()
    sign_in(colleague, "colleague@test.example")
    colleague.get_by_role("combobox", name="Search what was said").first.fill(WORDS)
    colleague.keyboard.press("Enter")
    hit = colleague.locator("main mark").first
    expect(hit).to_be_visible()
    colleague.locator("main a[href*='t=']", has=colleague.locator("mark")).first.click()
    colleague.wait_for_url(re.compile(r"/screencasts/\w+\?.*t=\d+"))

    assert abs(position(colleague) - SAID_AT_S) <= 2


def position(page: Page) -> float:
    """Where the video stands once it has jumped, in seconds. Polled from here: the site forbids a script to `eval`."""
    until = time.monotonic() + 15
    while time.monotonic() < until:
        at = page.evaluate("document.querySelector('video')?.currentTime ?? 0")
        if at > 0:
            return float(at)
        page.wait_for_timeout(100)
    return 0.0


def upload(page: Page, clip: Path) -> None:
    """Choose the file, publish, and wait until it can be watched and found, on the one page without a reload."""
    page.goto("/upload")
    page.locator(".drop-zone input[type=file]").set_input_files(clip)
    row = page.locator(".upload-row")
    expect(row.get_by_label("Title")).to_have_value("Month end closing v2")
    row.get_by_role("button", name=re.compile("^Publish")).click()
    expect(row.get_by_role("link", name="Watch it")).to_be_visible(timeout=20_000)
    expect(row.get_by_text("Ready", exact=True)).to_be_visible(timeout=90_000)
