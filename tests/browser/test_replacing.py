"""Another recording for a screencast, sent in parts from its own page. In real Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.db import db
from kb.screencasts.models import Screencast
from tests.browser.conftest import open_as, serve
from tests.browser.uploading import padded, slow, watch
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser
SIZE_BYTES = 3_000_000
NARROW = 600_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    return make_world(tmp_path_factory.mktemp("replacing"), migrated, clip)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with serve(world.site) as address:
        context = open_as(browser, world, "author", address)
        page = context.new_page()
        page.goto(f"/screencasts/{world.items['everyone']}/recording")
        yield page
        context.close()


def test_it_is_sent_in_parts_and_goes_on_after_a_reload(page: Page, world: World, clip: Path, tmp_path: Path) -> None:
    traffic = watch(page)
    recording = padded(clip, tmp_path / "take two.mp4", SIZE_BYTES)
    with slow(page, NARROW) as widen:
        page.get_by_label("New recording", exact=True).set_input_files(recording)
        page.get_by_role("button", name="Replace the recording").click()
        expect(page.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        page.get_by_role("button", name="Pause").click()
        expect(page.get_by_text(re.compile(r"^Paused at \d+ %\.$"))).to_be_visible()
        page.reload()
        widen()
        expect(page.get_by_text(re.compile(r"^Choose take two\.mp4 again to go on from \d+ %\.$"))).to_be_visible()
        page.get_by_label("New recording", exact=True).set_input_files(recording)
        page.get_by_role("button", name="Replace the recording").click()
        expect(page).to_have_url(re.compile(rf"/screencasts/{world.items['everyone']}$"), timeout=20_000)
    expect(page.locator("video")).to_be_visible()
    expect(page.locator("#progress")).to_contain_text(re.compile("New recording: .*The earlier recording plays", re.S))
    assert len(traffic.begun) == 1
    assert traffic.parts[-1].start > 0, "what was there was not sent again"
    with world.site.app_context():
        screencast = db.session.get_one(Screencast, world.items["everyone"])
        assert (screencast.filename, screencast.original_bytes) == ("take two.mp4", SIZE_BYTES)


def test_what_is_no_recording_is_refused_in_words_and_another_can_be_chosen(page: Page, tmp_path: Path) -> None:
    words = tmp_path / "words.mp4"
    words.write_text("no film at all " * 9000)
    page.get_by_label("New recording", exact=True).set_input_files(words)
    page.get_by_role("button", name="Replace the recording").click()
    expect(page.get_by_role("alert").filter(has_text="not like a video")).to_be_visible(timeout=10_000)
    expect(page.get_by_label("New recording", exact=True)).to_be_visible()
