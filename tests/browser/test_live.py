"""Pages that show something in work, in real Chromium: by the stream, without it, in many tabs, and unseen."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from kb import live
from kb.db import db, now, writing
from kb.live import Teller
from kb.screencasts.models import Screencast, State, StepState
from kb.screencasts.pipeline import progress_api
from kb.web import live as streams
from tests.browser.conftest import open_as, serve
from tests.redises import RedisServer, redis_server
from tests.web.actors import World, make_world

pytestmark = pytest.mark.browser
WAIT_S = 30
SOON = 15_000


class Stage:
    """A site on which one screencast is in work, as its author sees it."""

    def __init__(self, world: World, redis: RedisServer, browser: Browser, address: str) -> None:
        self.world, self.redis = world, redis
        self.item = world.items["everyone"]
        self.url = f"/screencasts/{self.item}"
        self._browser, self._address = browser, address
        self.contexts: list[BrowserContext] = []

    def open_browser(self, **options: object) -> BrowserContext:
        self.contexts.append(open_as(self._browser, self.world, "author", self._address, **options))
        return self.contexts[-1]

    def streams(self) -> int:
        return len(self.world.site.extensions["kb.hub"])

    def at(self, part: float) -> None:
        """It is so far with writing down what is said."""
        with self.world.site.app_context(), writing() as session:
            screencast = session.get_one(Screencast, self.item)
            screencast.state, screencast.progress = State.processing, part
            speech, index = screencast.step("speech"), screencast.step("index")
            assert speech and index
            speech.state, speech.progress, speech.started_at = StepState.running, part, now()
            index.state, index.progress = StepState.waiting, 0.0
            live.changed(self.item)

    def plays(self, name: str) -> None:
        """Its one source is this file, which may not be there."""
        with self.world.site.app_context(), writing() as session:
            session.get_one(Screencast, self.item).sources[0].name = name

    def done(self) -> None:
        with self.world.site.app_context(), writing() as session:
            screencast = session.get_one(Screencast, self.item)
            for step in screencast.steps:
                step.state, step.progress = StepState.done, 1.0
            screencast.state, screencast.progress = State.ready, 1.0
            live.changed(self.item)


@pytest.fixture
def stage(tmp_path: Path, migrated: Path, clip: Path, browser: Browser) -> Iterator[Stage]:
    world = make_world(tmp_path / "world", migrated, clip)
    with redis_server(tmp_path) as redis, serve(world.site) as address:
        settings = world.site.extensions["kb.settings"].model_copy(update={"redis_url": redis.url})
        streams.init(world.site, settings, progress_api.read)
        world.site.extensions["kb.live"] = Teller(redis.url)
        stage = Stage(world, redis, browser, address)
        stage.at(0.4)
        yield stage
        for context in stage.contexts:
            context.close()
        world.site.extensions["kb.hub"].end()
        with world.site.app_context():
            db.session.remove()


def test_numbers_change_in_place_and_nothing_is_asked_for(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    asked: list[str] = []
    wait_for(lambda: stage.streams() == 1)
    card.evaluate("card => (card.isTheSame = true)")
    page.on("request", lambda request: asked.append(request.url))
    stage.at(0.7)
    expect(card.locator("[data-live-percent]")).to_have_text("70 %", timeout=SOON)
    assert card.locator("progress").evaluate("bar => bar.value") == pytest.approx(0.7)
    expect(card.locator("[data-live-words]")).to_have_text("Writing down what is said")
    assert card.evaluate("card => card.isTheSame")
    assert [url for url in asked if "/status" in url] == []


def test_a_card_that_is_ready_is_fetched_once_said_and_ends_the_stream(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    wait_for(lambda: stage.streams() == 1)
    stage.done()
    expect(card.locator("progress")).to_have_count(0, timeout=SOON)
    wait_for(lambda: stage.streams() == 0)


def test_the_tabs_of_a_browser_share_one_stream_and_two_browsers_have_two(stage: Stage) -> None:
    first, second = stage.open_browser(), stage.open_browser()
    pages = [first.new_page(), first.new_page(), first.new_page()]
    cards = []
    for page in pages:
        # Each asks once as soon as it hears from the stream: what happens from then on is told it.
        with page.expect_response(re.compile("/api/v1/progress")):
            cards.append(open_library(page, stage))
    wait_for(lambda: stage.streams() == 1)
    stage.at(0.6)
    for card in cards:
        expect(card.locator("[data-live-percent]")).to_have_text("60 %", timeout=SOON)
    assert stage.streams() == 1
    pages[0].close()
    stage.at(0.65)
    expect(cards[1].locator("[data-live-percent]")).to_have_text("65 %", timeout=SOON)
    open_library(second.new_page(), stage)
    wait_for(lambda: stage.streams() == 2)


def test_a_tab_that_is_not_seen_keeps_no_stream_and_catches_up_when_it_is(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    wait_for(lambda: stage.streams() == 1)
    show(page, seen=False)
    wait_for(lambda: stage.streams() == 0)
    stage.at(0.8)
    show(page, seen=True)
    expect(card.locator("[data-live-percent]")).to_have_text("80 %", timeout=SOON)
    wait_for(lambda: stage.streams() == 1)


def test_a_page_that_shows_nothing_in_work_opens_no_stream(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    opened: list[str] = []
    page.context.on("request", lambda request: opened.append(request.url))
    page.goto("/me")
    page.wait_for_timeout(1000)
    assert (stage.streams(), [url for url in opened if "/events" in url or "/progress" in url]) == (0, [])


def test_without_redis_the_page_asks_and_with_it_again_it_listens(stage: Stage) -> None:
    stage.redis.kill()
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    stage.at(0.55)
    expect(card.locator("[data-live-percent]")).to_have_text("55 %", timeout=SOON)
    assert stage.streams() == 0
    stage.redis.start()
    wait_for(lambda: stage.streams() == 1)
    tell_again(stage)
    stage.at(0.75)
    expect(card.locator("[data-live-percent]")).to_have_text("75 %", timeout=SOON)


def test_a_redis_that_dies_is_not_missed(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    wait_for(lambda: stage.streams() == 1)
    stage.redis.kill()
    wait_for(lambda: stage.streams() == 0)
    stage.at(0.9)
    expect(card.locator("[data-live-percent]")).to_have_text("90 %", timeout=SOON)


def test_a_browser_without_shared_workers_has_a_stream_for_each_tab(stage: Stage) -> None:
    context = stage.open_browser()
    context.add_init_script("delete window.SharedWorker")
    for page in (context.new_page(), context.new_page()):
        card = open_library(page, stage)
    wait_for(lambda: stage.streams() == 2)
    stage.at(0.6)
    expect(card.locator("[data-live-percent]")).to_have_text("60 %", timeout=SOON)


def test_the_tab_says_how_far_it_is_and_that_it_is_ready_until_somebody_looks(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    page.goto(stage.url)
    title = page.locator("h1").inner_text()
    expect(page).to_have_title(f"40 % · {title}")
    wait_for(lambda: stage.streams() == 1)
    stage.at(0.5)
    expect(page).to_have_title(f"50 % · {title}", timeout=SOON)
    page.evaluate("document.hasFocus = () => false")
    stage.done()
    expect(page).to_have_title(f"✓ Ready · {title}", timeout=SOON)
    page.evaluate("delete document.hasFocus; window.dispatchEvent(new Event('focus'))")
    expect(page).to_have_title(re.compile(rf"^{re.escape(title)} · "))


def test_who_looks_on_is_not_told_by_the_title(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    page.goto(stage.url)
    title = page.locator("h1").inner_text()
    expect(page).to_have_title(f"40 % · {title}")
    stage.done()
    expect(page.locator("#progress .going")).to_have_count(0, timeout=SOON)
    expect(page).to_have_title(re.compile(rf"^{re.escape(title)} · "))


def test_a_recording_that_plays_is_not_interrupted_by_what_arrives(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    page.goto(stage.url)
    # The player has taken the place of the plain <video>.
    video = page.locator("#stage [data-taken-over] video")
    expect(video).to_have_js_property("readyState", 4)
    wait_for(lambda: stage.streams() == 1)
    video.evaluate("video => { video.muted = true; video.loop = true; return video.play() }")
    video.evaluate("video => { video.stops = 0; for (const name of ['pause', 'emptied']) "
                   "video.addEventListener(name, () => (video.stops += 1)) }")  # fmt: skip
    stage.done()
    expect(page.locator("#progress .going")).to_have_count(0, timeout=SOON)
    assert video.evaluate("video => [video.stops, video.paused]") == [0, False]


def test_where_nothing_played_so_far_the_better_version_does(stage: Stage) -> None:
    stage.plays("gone.mp4")
    page = stage.open_browser().new_page()
    page.goto(stage.url)
    player = page.locator("#stage [data-taken-over]")
    wait_for(lambda: player.evaluate("player => player.querySelector('video').networkState === 3"))
    stage.plays("video.mp4")
    stage.done()
    wait_for(lambda: player.evaluate("player => player.state.canPlay"))


def test_one_that_begins_to_wait_soon_says_so_though_nothing_more_is_told_of_it(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    wait_for(lambda: stage.streams() == 1)
    with stage.world.site.app_context(), writing() as session:
        screencast = session.get_one(Screencast, stage.item)
        speech, index = screencast.step("speech"), screencast.step("index")
        assert speech and index
        speech.state, speech.error_text = StepState.waiting, ""
        index.state, index.ended_at = StepState.done, now()
        live.changed(stage.item)
    expect(card.locator("[data-live-words]")).to_have_text("Waits for its turn", timeout=SOON)


def test_one_that_was_deleted_is_asked_for_no_more(stage: Stage) -> None:
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    with stage.world.site.app_context(), writing() as session:
        session.get_one(Screencast, stage.item).trashed_at = now()
    page.reload()
    expect(card).to_have_count(0)
    wait_for(lambda: stage.streams() == 0)


def test_a_word_of_a_change_that_was_lost_is_made_good(stage: Stage) -> None:
    """The fragment that was fetched was made before the last change: it is fetched once more."""
    page = stage.open_browser().new_page()
    card = open_library(page, stage)
    wait_for(lambda: stage.streams() == 1)

    fetched: list[Route] = []

    def answer_late(route: Route) -> None:
        if fetched:
            return route.fallback()
        fetched.append(route)
        answer = route.fetch()
        stage.done()
        # The page hears of it before it has the fragment.
        time.sleep(2)
        return route.fulfill(response=answer)

    page.route("**/status?view=card", answer_late)
    with stage.world.site.app_context(), writing() as session:
        speech = session.get_one(Screencast, stage.item).step("speech")
        assert speech
        speech.attempt = 2
        live.changed(stage.item)
    expect(card.locator("progress")).to_have_count(0, timeout=SOON)


def open_library(page: Page, stage: Stage) -> Locator:
    page.goto("/")
    card = page.locator(f"#card-{stage.item}")
    expect(card.locator("progress")).to_have_count(1)
    return card


def show(page: Page, *, seen: bool) -> None:
    """As when another tab is chosen, which a browser without a window does not do."""
    hidden = "false" if seen else "true"
    page.evaluate(
        f"Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )


def tell_again(stage: Stage) -> None:
    """It rests after a failure; nobody waits for that here."""
    stage.world.site.extensions["kb.live"] = Teller(stage.redis.url)


def wait_for(holds: Callable[[], object]) -> None:
    until = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)
