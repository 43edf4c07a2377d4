"""People correct the words beside the player in real Chromium: type, split, replace, undo, propose, two at once."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect
from sqlalchemy import delete, select

from kb.db import db, writing
from kb.transcripts import actions as transcripts
from kb.transcripts.cues import TimedText
from kb.transcripts.models import Proposal, Revision, Transcript, WordsFrom
from tests.browser.conftest import Running, open_as, serve, sign_in
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser

SAID = ["First open the cuber netties page", "then restart the cuber netties spoiler", "and wait for it to come back"]
DOUBTFUL = ("cuber", "netties", "spoiler")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    return make_world(tmp_path_factory.mktemp("correcting"), migrated, clip)


@pytest.fixture(scope="module")
def address(world: World) -> Iterator[str]:
    with serve(world.site) as found:
        yield found


@pytest.fixture
def watch(browser: Browser, world: World, address: str) -> Iterator[Callable[[str], Page]]:
    """(actor) -> the page of a machine-written recording, in a browser of their own. Fails on any fault of a script."""
    with world.site.app_context():
        _hear(world.items["everyone"], [TimedText(n * 600, n * 600 + 500, text) for n, text in enumerate(SAID)])
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal that the page explains is an error to the browser.
        if message.type == "error" and "status of 409" not in message.text and "ERR_INTERNET" not in message.text:
            faults.append(message.text)

    def opened(actor: str) -> Page:
        contexts.append(open_as(browser, world, actor, address))
        page = contexts[-1].new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"/screencasts/{world.items['everyone']}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def _hear(item: str, cues: list[TimedText]) -> None:
    with writing() as session:
        for model in (Transcript, Revision, Proposal):
            session.execute(delete(model).where(model.screencast_id == item))
    words = {
        place: [
            [cue.start_ms + n * 80, cue.start_ms + n * 80 + 70, word, 0.2 if word in DOUBTFUL else 0.9]
            for n, word in enumerate(cue.text.split())
        ]
        for place, cue in enumerate(cues)
    }
    transcripts.put(item, "en", cues, source=WordsFrom.speech, draft=True, words=words)


def kept(world: World) -> list[str]:
    with world.site.app_context():
        transcript = db.session.scalars(select(Transcript).filter_by(screencast_id=world.items["everyone"])).one()
        return [cue.text for cue in transcript.cues]


def correct(page: Page, link: str = "Correct the words") -> None:
    """Begin, with no row open."""
    page.get_by_role("link", name=link).click()
    expect(page.locator(".cue-field")).to_be_focused()
    page.keyboard.press("Escape")


def click_word(page: Page, row: int, word: str) -> Locator:
    """As a reader does, in the middle of it. -> the field that opens, with the word selected."""
    words = page.locator("#cues > li").nth(row).locator(".cue-words")
    box = words.evaluate(
        """(element, word) => {
            const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            while (text.nextNode()) {
                const at = text.currentNode.data.indexOf(word);
                if (at < 0) continue;
                const range = new Range();
                range.setStart(text.currentNode, at);
                range.setEnd(text.currentNode, at + word.length);
                const { x, y, width, height } = range.getBoundingClientRect();
                return { x: x + width / 2, y: y + height / 2 };
            }
        }""",
        word,
    )
    page.mouse.click(box["x"], box["y"])
    field = page.locator(".cue-field")
    expect(field).to_be_focused()
    assert selected(page) == word
    return field


def selected(page: Page) -> str:
    return str(
        page.locator(".cue-field").evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    )


def saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("Saved", timeout=10_000)


def rows(page: Page) -> list[str]:
    return page.locator(".cue-words").all_text_contents()


def test_a_word_is_clicked_typed_over_and_saved_by_itself(watch: Callable[[str], Page], world: World) -> None:
    page = watch("author")
    correct(page)
    click_word(page, 1, "spoiler")
    page.keyboard.type("spooler")
    saved(page)
    assert kept(world)[1] == "then restart the cuber netties spooler"
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(1.0, abs=0.1)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Corrected by Test Author")).to_be_visible()
    expect(page.get_by_text("corrected in part")).to_be_visible()


def test_tab_goes_from_doubtful_word_to_doubtful_word_and_then_through_all(watch: Callable[[str], Page]) -> None:
    page = watch("author")
    page.keyboard.press("e")
    expect(page.locator(".cue-field")).to_be_focused()
    seen = [selected(page)]
    for _ in range(4):
        page.keyboard.press("Tab")
        seen.append(selected(page))
    assert seen == ["cuber", "netties", "cuber", "netties", "spoiler"]
    page.keyboard.press("Shift+Tab")
    assert selected(page) == "netties"
    page.get_by_role("button", name="Tab goes to doubtful words only").click()
    click_word(page, 0, "First")
    page.keyboard.press("Tab")
    assert selected(page) == "open"


def test_enter_goes_on_and_a_row_is_split_and_joined(watch: Callable[[str], Page], world: World) -> None:
    page = watch("author")
    correct(page)
    click_word(page, 0, "the")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Control+Enter")
    assert rows(page)[:2] == ["First open", "the cuber netties page"]
    saved(page)
    assert kept(world)[:2] == ["First open", "the cuber netties page"]
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    assert rows(page)[0] == SAID[0]
    page.keyboard.press("Enter")
    page.keyboard.type("And ")
    page.keyboard.press("Enter")
    saved(page)
    assert kept(world) == [SAID[0], f"And {SAID[1]}", SAID[2]]


def test_what_was_done_is_undone_and_done_again_after_it_was_saved(watch: Callable[[str], Page], world: World) -> None:
    page = watch("author")
    correct(page)
    click_word(page, 2, "wait")
    page.keyboard.type("go")
    page.keyboard.press("Escape")
    saved(page)
    assert kept(world)[2] == "and go for it to come back"
    page.keyboard.press("Control+z")
    saved(page)
    expect(page.locator(".cue-words").nth(2)).to_have_text(SAID[2])
    page.wait_for_timeout(1000)
    saved(page)
    assert kept(world) == SAID
    page.keyboard.press("Control+Shift+Z")
    page.wait_for_timeout(1000)
    saved(page)
    assert kept(world)[2] == "and go for it to come back"


def test_find_and_replace_says_where_before_it_does(watch: Callable[[str], Page], world: World) -> None:
    page = watch("author")
    correct(page)
    page.get_by_role("button", name="Find and replace").click()
    page.get_by_label("Find", exact=True).fill("cuber netties")
    page.get_by_label("Replace with").fill("Kubernetes")
    expect(page.locator("[data-replace-count]")).to_have_text("Found 2 places.")
    expect(page.locator("[data-replace-preview] li")).to_have_count(2)
    page.get_by_role("button", name="Replace 2 places").click()
    saved(page)
    expect(page.locator("[data-replace-count]")).to_have_text("Replaced 2 places.")
    assert kept(world) == [text.replace("cuber netties", "Kubernetes") for text in SAID]
    page.get_by_role("button", name="Undo (Ctrl+Z)").click()
    page.wait_for_timeout(1000)
    saved(page)
    assert kept(world) == SAID


def test_all_times_move_together(watch: Callable[[str], Page], world: World) -> None:
    page = watch("author")
    correct(page)
    page.get_by_role("button", name="Move all times").click()
    page.get_by_label("Move all lines by").fill("0.2")
    page.get_by_role("button", name="Move", exact=True).click()
    saved(page)
    assert page.locator("#cues [data-start-ms]").first.get_attribute("data-start-ms") == "200"
    with world.site.app_context():
        transcript = db.session.scalars(select(Transcript).filter_by(screencast_id=world.items["everyone"])).one()
        assert [(cue.start_ms, cue.end_ms) for cue in transcript.cues] == [(200, 700), (800, 1300), (1400, 1900)]


def test_a_colleague_proposes_and_the_author_accepts_with_one_tap(watch: Callable[[str], Page], world: World) -> None:
    colleague = watch("other")
    correct(colleague, "Propose a correction")
    click_word(colleague, 1, "spoiler")
    colleague.keyboard.type("spooler")
    colleague.keyboard.press("Enter")
    expect(colleague.locator("[data-saved]")).to_have_text("Proposed. Its author sees it beside the words.")
    assert kept(world) == SAID
    colleague.get_by_role("button", name="Done").click()
    expect(colleague.get_by_text("You propose:")).to_be_visible()

    author = watch("author")
    expect(author.get_by_role("link", name="1 proposed")).to_be_visible()
    # The player puts a <video> of its own in the place of the plain one.
    expect(author.locator("media-player[data-can-play]")).to_be_attached()
    video = author.locator("video").element_handle()
    author.get_by_role("button", name="Accept").click()
    expect(author.get_by_text("Corrected by Test Other")).to_be_visible()
    assert kept(world)[1] == "then restart the cuber netties spooler"
    assert author.evaluate("video => video.isConnected", video)


def test_two_who_correct_different_rows_both_have_their_way_and_of_one_row_one_decides(
    watch: Callable[[str], Page], world: World
) -> None:
    author, curator = watch("author"), watch("curator")
    for page in (author, curator):
        correct(page)
    click_word(author, 0, "page")
    author.keyboard.type("site")
    saved(author)
    click_word(curator, 2, "wait")
    curator.keyboard.type("go")
    saved(curator)
    expect(curator.locator(".cue-words").nth(0)).to_have_text("First open the cuber netties site")
    assert kept(world) == ["First open the cuber netties site", SAID[1], "and go for it to come back"]

    click_word(author, 2, "wait")
    author.keyboard.type("stay")
    panel = author.get_by_role("group", name="Changed by somebody else")
    expect(panel).to_contain_text("and go for it to come back")
    expect(panel).to_contain_text("and stay for it to come back")
    panel.get_by_role("button", name="Take mine").click()
    saved(author)
    assert kept(world)[2] == "and stay for it to come back"


def test_what_is_typed_without_a_network_is_kept_and_sent_later(watch: Callable[[str], Page], world: World) -> None:
    page = watch("author")
    correct(page)
    page.context.set_offline(True)
    click_word(page, 0, "page")
    page.keyboard.type("site")
    expect(page.locator("[data-saved]")).to_contain_text("Not saved yet")
    assert kept(world) == SAID
    page.context.set_offline(False)
    saved(page)
    assert kept(world)[0] == "First open the cuber netties site"


def test_somebody_says_that_the_words_are_right(watch: Callable[[str], Page]) -> None:
    page = watch("author")
    expect(page.locator("#words .pill")).to_have_text("Draft")
    correct(page)
    page.get_by_role("button", name="The words are right").click()
    expect(page.get_by_role("link", name="Correct the words")).to_have_count(1)
    expect(page.locator("#words .pill")).to_have_count(0)
    assert page.locator(".doubtful").count() == 0


@pytest.mark.slow
def test_typing_touches_one_row_of_two_thousand(watch: Callable[[str], Page], world: World) -> None:
    with world.site.app_context():
        _hear(world.items["everyone"], [TimedText(n * 900, n * 900 + 800, f"{n} {SAID[n % 3]}") for n in range(2000)])
    page = watch("author")
    correct(page)
    page.locator(".cue-words").nth(1000).scroll_into_view_if_needed()
    click_word(page, 1000, "spoiler" if 1000 % 3 == 1 else "page" if 1000 % 3 == 0 else "back")
    page.evaluate(
        """() => {
            window.touched = new Set();
            const note = ({ target }) => touched.add(target.closest("li"));
            const watch = new MutationObserver((all) => all.forEach(note));
            watch.observe(document.querySelector("#cues"), { childList: true, subtree: true, attributes: true });
        }"""
    )
    page.keyboard.type("a few more words")
    saved(page)
    assert page.evaluate("touched.size") <= 2
    assert kept(world)[1000].endswith("a few more words") or "a few more words" in kept(world)[1000]


def test_a_corrected_word_is_found_by_search_within_seconds(
    running: Running, new_page: Callable[..., Page], clip: Path
) -> None:
    page = new_page()
    running.add_person("corrects@test.example")
    sign_in(page, "corrects@test.example")
    token = running.kb("token", "add", "corrects@test.example", "--name", "test").strip()
    headers = {"Authorization": f"Bearer {token}"}
    captions = "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nopen the cuber page\n"
    answer = page.context.request.post(
        "/api/v1/screencasts",
        headers=headers,
        multipart={
            "file": {"name": "pods.mp4", "mimeType": "video/mp4", "buffer": clip.read_bytes()},
            "title": "Pods",
            "captions": {"name": "pods.vtt", "mimeType": "text/vtt", "buffer": captions.encode()},
        },
    )
    item = answer.json()["id"]

    def found() -> bool:
        hits = page.context.request.get("/api/v1/search?q=zookeeperish", headers=headers).json()["hits"]
        return [hit["screencast"]["id"] for hit in hits] == [item]

    page.goto(f"/screencasts/{item}")
    expect(page.locator("video")).to_be_visible(timeout=60_000)
    assert not found()
    correct(page)
    click_word(page, 0, "cuber")
    page.keyboard.type("zookeeperish")
    saved(page)
    until = time.monotonic() + 3
    while not found():
        assert time.monotonic() < until, "three seconds after it was saved search did not find it"
        time.sleep(0.1)
    page.goto("/search?q=zookeeperish")
    expect(page.locator("main mark").first).to_have_text(re.compile("zookeeperish"))
