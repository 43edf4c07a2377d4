"""A recording of a real page: the error that it shows is found by search, at the second at which it came."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from kb.media.film import shoot
from tests.browser.conftest import Running, sign_in
from tests.browser.test_main_job import position

pytestmark = pytest.mark.browser

RATE = 10
FAILS_AT_S, MENDED_AT_S, LENGTH_S = 7.4, 15.2, 20.0
SIZE = (1280, 720)
# Typed by nobody, in no title and no file's name.
ERROR = "UnboundLocalError: cannot access local variable 'voucher'"
CODE = """
def settle(ledger, receipts):
    for receipt in receipts:
        if receipt.is_paid:
            voucher = ledger.find(receipt.number)
    return voucher.total
"""
PAGE = f"""
<!doctype html><title>Editor</title>
<style>
  body {{ margin: 0; background: #1d1f26; color: #dcdfe6; font: 15px/22px "DejaVu Sans Mono", monospace }}
  pre {{ padding: 20px 40px }} output {{ display: block; padding: 20px 40px; color: #ff9090 }}
</style>
<pre>{CODE}</pre><output></output>
"""


def test_an_error_on_a_recorded_page_is_found_at_its_second(
    running: Running, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    stage = new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
    clip = record(stage, tmp_path / "settling.mp4")
    running.add_person("screen@test.example")
    page = new_page()
    sign_in(page, "screen@test.example")
    page.goto("/upload")
    page.locator(".drop-zone input[type=file]").set_input_files(clip)
    row = page.locator(".upload-row")
    row.get_by_role("button", name=re.compile("^Publish")).click()
    expect(row.get_by_text("Ready", exact=True)).to_be_visible(timeout=90_000)

    page.get_by_role("combobox", name="Search what was said").first.fill("cannot access local variable")
    page.keyboard.press("Enter")
    hit = page.locator("main a[href*='t=']", has=page.locator("mark")).first
    expect(hit).to_contain_text("UnboundLocalError")
    hit.click()
    page.wait_for_url(re.compile(r"/screencasts/\w+\?.*t=\d+"))
    assert abs(position(page) - FAILS_AT_S) <= 2

    page.locator("details", has=page.get_by_role("heading", name="On the screen")).locator("summary").first.click()
    line = page.locator("[data-screen-lines] li", has_text="UnboundLocalError")
    line.get_by_role("button", name=re.compile("^Hide from search")).click()
    expect(line.get_by_text("Hidden", exact=True)).to_be_visible()
    expect(line.get_by_role("button", name=re.compile("^Show again"))).to_be_focused()
    page.goto("/search?q=UnboundLocalError")
    expect(page.locator("main mark")).to_have_count(0)


def record(page: Page, clip: Path) -> Path:
    """What the browser shows: the code, the error that running it brings, the code again."""
    page.set_content(PAGE)
    code = picture(page)
    page.locator("output").evaluate("(output, words) => { output.textContent = words }", ERROR)
    failed = picture(page)
    ticks = [round(FAILS_AT_S * RATE), round((MENDED_AT_S - FAILS_AT_S) * RATE), round((LENGTH_S - MENDED_AT_S) * RATE)]
    shoot([code, failed, code, code], [*ticks[:2], ticks[2] - 1, 1], clip, size=SIZE, rate=RATE)
    return clip


def picture(page: Page) -> bytes:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB").tobytes()
