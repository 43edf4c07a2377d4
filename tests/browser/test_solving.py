"""The bar below the player: "This solved it" and "Didn't help", by press, finger and form."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from kb.config import ROOT
from kb.db import db
from kb.search.models import Search
from tests.browser.conftest import page_as
from tests.databases import Migrated
from tests.web.actors import World, make_world, word

pytestmark = pytest.mark.browser

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
Call = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path, migrated: Migrated, clip: Path) -> World:
    return make_world(tmp_path, migrated, clip)


@pytest.fixture
def page(here: World, browser: Browser) -> Iterator[Page]:
    """Where everybody may watch, and mate was helped already; opened by another colleague at its second second."""
    with page_as(browser, here, "other") as opened:
        opened.goto(f"/screencasts/{here.items['everyone']}?t=1")
        yield opened


def stand_at(page: Page, seconds: float) -> None:
    expect(page.locator("media-player[data-can-play]")).to_be_attached()
    page.evaluate(
        "seconds => { const video = document.querySelector('[data-player] video');"
        " video.pause(); video.currentTime = seconds }",
        seconds,
    )
    expect(page.locator("[data-solve-at]")).to_have_value(f"{seconds:.1f}")


def solved_count(here: World) -> int:
    return int(here.call("other", "GET", f"/api/v1/screencasts/{here.items['everyone']}").json["solved_count"])


def test_one_press_says_it_at_the_second_that_is_shown_and_another_takes_it_back(here: World, page: Page) -> None:
    bar = page.locator("#helped")
    stand_at(page, 1.4)
    bar.get_by_role("button", name="This solved it").click()
    expect(bar.locator("[data-said]")).to_be_focused()
    expect(bar).to_contain_text("Solved it for you at 0:01")
    expect(page.locator("#announcer")).to_contain_text("Who searches for the same finds this sooner")
    assert solved_count(here) == 2

    bar.get_by_label("Time saved").select_option("30")
    bar.get_by_label("Instead of").select_option("asking")
    bar.get_by_label("What it solved").fill("The <b>VAT</b> of March")
    bar.get_by_role("button", name="Save").click()
    expect(bar.get_by_text("Saved. Thank you.")).to_be_visible()
    bar.locator("summary", has_text="Solved it for 2 people").click()
    expect(bar.get_by_role("listitem").first).to_contain_text("The <b>VAT</b> of March")
    expect(bar.get_by_role("listitem").first.get_by_role("link")).to_have_text("0:01")

    bar.get_by_role("button", name="Undo").click()
    expect(bar.get_by_role("button", name="This solved it")).to_be_focused()
    assert solved_count(here) == 1


def test_a_solved_moment_stands_in_the_transcript_and_seeks(here: World, page: Page) -> None:
    here.call("curator", "POST", f"/api/v1/screencasts/{here.items['everyone']}/solved", json={"at": 1.2})
    page.reload()
    expect(page.get_by_role("img", name="Solved it for 1 person")).to_be_visible()
    stand_at(page, 0.0)
    page.locator("#helped summary", has_text="Solved it for 2 people").click()
    page.locator("#helped").get_by_role("link", name="0:01").click()
    expect(page.locator("[data-solve-at]")).to_have_value(re.compile(r"^1\.[2-9]|^[2-9]"))
    assert page.url.endswith("?t=1.2")


def test_why_it_did_not_help_is_asked_once_and_escape_leaves_it(here: World, page: Page) -> None:
    bar = page.locator("#helped")
    why = bar.locator("summary", has_text="Didn't help")
    why.click()
    page.keyboard.press("Escape")
    expect(bar.get_by_role("button", name="It is out of date")).to_be_hidden()
    expect(why).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(bar).to_contain_text("It is out of date.")
    expect(bar).to_contain_text("its author sees the reason, without your name")
    assert solved_count(here) == 1
    bar.get_by_role("button", name="Undo").click()
    expect(why).to_be_visible()


def test_a_new_solve_is_marked_on_the_time_bar_and_in_the_transcript_at_once(here: World, page: Page) -> None:
    marks, lines = page.locator("media-time-slider .bar-marks-solved rect"), page.locator("[data-cues] .cue-solved")
    stand_at(page, 1.4)
    expect(marks).to_have_count(0)
    page.get_by_role("button", name="This solved it").click()
    expect(marks).to_have_count(1)
    expect(lines).to_have_count(1)
    expect(lines).to_have_attribute("title", "Solved it for 1 person")
    bar, mark = (page.locator(where).bounding_box() for where in ("media-time-slider", ".bar-marks-solved rect"))
    assert bar and mark
    length_s = float(page.evaluate("document.querySelector('[data-player] video').duration"))
    assert (mark["x"] + mark["width"] / 2 - bar["x"]) / bar["width"] == pytest.approx(1.4 / length_s, abs=0.03)
    page.get_by_label("What it solved").fill("a <b>torn</b> page")
    page.locator("#helped").get_by_role("button", name="Save").click()
    expect(page.locator(".bar-marks-solved title", has_text="a <b>torn</b> page")).to_have_count(1)
    by_server = lines.first.evaluate("sign => sign.closest('[data-start-ms]').dataset.startMs")
    page.reload()
    expect(marks).to_have_count(1)
    assert lines.first.evaluate("sign => sign.closest('[data-start-ms]').dataset.startMs") == by_server
    page.locator("#helped").get_by_role("button", name="Undo").click()
    expect(marks).to_have_count(0)
    expect(lines).to_have_count(0)


def test_who_comes_from_a_search_sees_on_the_time_bar_where_its_words_are_said(here: World, browser: Browser) -> None:
    with page_as(browser, here, "other") as page:
        said = word("everyone", "caption")
        page.goto(f"/search?q={said}")
        page.locator(".moment").first.click()
        found = page.locator("media-time-slider .bar-marks-found")
        expect(found.locator("title", has_text=said)).to_have_count(1)
        assert found.locator("rect").count() == page.locator("[data-cues] li", has=page.locator("mark")).count()


def test_without_scripts_the_buttons_are_forms(here: World, browser: Browser) -> None:
    with page_as(browser, here, "other", java_script_enabled=False) as page:
        page.goto(f"/screencasts/{here.items['everyone']}?t=1")
        page.get_by_role("button", name="This solved it").click()
        assert page.url.endswith("?t=1.0#helped")
        expect(page.locator("#helped")).to_contain_text("Solved it for you at 0:01")
        page.locator("#helped").get_by_role("button", name="Undo").click()
        page.locator("#helped summary", has_text="Didn't help").click()
        page.get_by_role("button", name="It doesn't work").click()
        expect(page.locator("#helped")).to_contain_text("Didn't help you.")


def test_on_a_phone_all_of_it_fits_and_axe_finds_nothing(here: World, browser: Browser) -> None:
    with page_as(browser, here, "other", **PHONE) as page:
        page.goto(f"/screencasts/{here.items['everyone']}?t=1")
        bar = page.locator("#helped")
        for states in ('summary:has-text("Didn\'t help")', "button:has-text('This solved it')"):
            bar.locator(states).click()
            page.wait_for_timeout(300)
            check(page)
        for control in bar.locator("button:visible, summary:visible, select:visible").all():
            box = control.bounding_box()
            assert box and box["height"] >= 44, control.inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_searched_opened_and_solved_is_joined(here: World, browser: Browser, scripts: bool) -> None:
    with page_as(browser, here, "other", java_script_enabled=scripts) as page:
        page.goto("/search?q=then+reset&tag=" + word("everyone", "tag"))
        page.locator(".moment:visible", has=page.locator("mark")).first.click()
        page.wait_for_url("**/screencasts/*")
        at_s = int(parse_qs(urlsplit(page.url).query)["t"][0])
        page.get_by_role("button", name="This solved it").click()
        expect(page.locator("[data-said]")).to_be_visible()
    with here.site.app_context():
        (row,) = db.session.scalars(select(Search))
        assert (row.words, row.filters) == ("then reset", {"tag": [word("everyone", "tag")]})
        assert (row.person_id, row.total) == (here.people["other"], 1)
        assert (row.opened_id, row.opened_ms, row.solved_id) == (
            here.items["everyone"],
            at_s * 1000,
            here.items["everyone"],
        )


def check(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(AXE)
    found = page.evaluate("axe.run('#helped', {resultTypes: ['violations']})")
    assert [each["id"] for each in found["violations"]] == []
