"""Captions in real Chromium: over the picture and as a page, text whatever stands in them, in several languages."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect
from sqlalchemy import delete

from kb.db import writing
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import Transcript, WordsFrom
from tests.browser.conftest import open_as, serve
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> <b>bold</b> &lt;i&gt; AT&T {\\an8} <c.red>x</c>"
VTT = b"WEBVTT\n\n00:00.000 --> 00:09.000\nAbra as configura\xc3\xa7\xc3\xb5es\n"
SHOWN = "media-player [data-part=cue]"
MODES = "() => [...document.querySelector('media-player').textTracks].map((each) => [each.label, each.mode])"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    return make_world(tmp_path_factory.mktemp("captions"), migrated, clip)


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with serve(world.site) as found:
        yield found


@pytest.fixture
def opened(browser: Browser, world: World, address: str) -> Iterator[Callable[..., Page]]:
    """(options of the browser) -> a page of the author's. Fails on any fault of a script and on any alert."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal that the page explains is an error to the browser.
        if message.type == "error" and "status of 422" not in message.text:
            faults.append(message.text)

    def asked(dialog: Dialog) -> None:
        if dialog.type != "confirm":
            faults.append(dialog.message)
        dialog.accept()

    def open_page(**options: object) -> Page:
        contexts.append(open_as(browser, world, "author", address, locale="en-GB", **options))
        page = contexts[-1].new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", asked)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def url(world: World) -> str:
    return f"/screencasts/{world.items['everyone']}"


def say(world: World, text: str, *, language: str = "en", draft: bool = False) -> None:
    """These words alone, in this language."""
    item = world.items["everyone"]
    source = WordsFrom.speech if draft else WordsFrom.upload
    with world.site.app_context():
        with writing() as session:
            session.execute(delete(Transcript).where(Transcript.screencast_id == item))
        transcripts.put(item, language, [TimedText(0, 9_000, text)], source=source, draft=draft)


def test_captions_are_shown_unasked_and_nothing_in_them_is_markup(
    opened: Callable[..., Page], world: World, url: str
) -> None:
    say(world, HOSTILE)
    page = opened()
    page.goto(f"{url}?t=1")
    expect(page.locator(SHOWN)).to_have_text(HOSTILE)
    expect(page.locator(f"{SHOWN} :is(img, script, b, i, c)")).to_have_count(0)
    expect(page.locator("#cues .cue-words")).to_have_text(HOSTILE)
    page.goto(f"{url}/transcript")
    expect(page.locator(".read-paragraph p")).to_have_text(HOSTILE)
    expect(page.locator(".read :is(img, script, b, i)")).to_have_count(0)


def test_a_draft_stays_off_though_its_language_was_chosen_before(
    opened: Callable[..., Page], world: World, url: str
) -> None:
    say(world, "written by people")
    page = opened()
    page.goto(f"{url}?t=1")
    expect(page.locator(SHOWN)).to_have_text("written by people")
    say(world, "herd by a masheen", draft=True)
    page.goto(f"{url}?t=1")
    expect(page.locator("#words span.pill")).to_have_text("Draft")
    expect(page.locator("media-player[data-can-play]")).to_be_attached()
    # Longer than the player waits before it chooses a track.
    page.wait_for_timeout(800)
    assert page.evaluate(MODES)[0] == ["English (draft)", "disabled"]


def test_another_language_is_added_as_a_file_read_taken_away_and_deleted(
    opened: Callable[..., Page], world: World, url: str
) -> None:
    say(world, "open the settings")
    page = opened()
    page.goto(url)
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("link", name="Captions", exact=True).click()
    page.get_by_label("File").set_input_files({"name": "words.vtt", "mimeType": "text/vtt", "buffer": VTT})
    page.get_by_label("Language of the captions").select_option(label="Portuguese (Brazil)")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Captions in Portuguese (Brazil) are in.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Portuguese (Brazil) as .srt").click()
    assert download.value.suggested_filename.endswith(".pt-BR.srt")
    assert "Abra as configurações" in Path(download.value.path()).read_text()
    page.goto(url)
    page.get_by_role("navigation", name="Languages of the transcript").get_by_text("Portuguese").click()
    expect(page.locator("#cues")).to_have_attribute("lang", "pt-BR")
    page.get_by_role("link", name="Read or download the transcript").click()
    expect(page.locator(".read")).to_have_text(re.compile("Abra as configurações"))
    page.get_by_role("link", name="Captions").click()
    page.get_by_role("button", name="Delete the words in Portuguese (Brazil)").click()
    expect(page.get_by_text("The words in Portuguese (Brazil) are deleted.")).to_be_visible()


def test_the_words_are_read_and_captions_added_without_javascript(
    opened: Callable[..., Page], world: World, url: str
) -> None:
    say(world, "open the settings")
    page = opened(java_script_enabled=False)
    page.goto(url)
    expect(page.locator("video track[kind=captions][default]")).to_have_attribute("label", "English")
    page.get_by_role("link", name="Read or download the transcript").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Transcript of "))
    page.get_by_role("link", name="Watch from 0:00").click()
    expect(page).to_have_url(re.compile(r"\?t=0$"))
    page.goto(f"{url}/captions")
    page.get_by_label("File").set_input_files({"name": "words.vtt", "mimeType": "text/vtt", "buffer": b"nothing"})
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#captions-fault")).to_have_text(re.compile("No captions were found"))
