"""One file on its way: paused, cut off, gone on with after a reload, cancelled, refused. In real Chromium."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FileChooser, Page, expect
from sqlalchemy import delete, select, update

from kb.config import ROOT
from kb.db import db, new_id, now, writing
from kb.screencasts.models import PartialUpload, Screencast
from tests.browser.conftest import open_as, serve
from tests.browser.uploading import Traffic, choose, padded, row, slow, watch
from tests.web.actors import World, make_world, word

pytestmark = pytest.mark.browser
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
SIZE_BYTES = 3_000_000
PART_BYTES = 32 * 1024**2
# So slow that there is time to do something in the middle.
NARROW = 600_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, migrated: Path, clip: Path) -> World:
    return make_world(tmp_path_factory.mktemp("uploading"), migrated, clip)


@pytest.fixture
def page(browser: Browser, world: World) -> Iterator[Page]:
    with serve(world.site) as address:
        context = open_as(browser, world, "author", address)
        page = context.new_page()
        page.goto("/upload")
        yield page
        context.close()
    with world.site.app_context(), writing() as session:
        session.execute(delete(PartialUpload))
        # The page lists the newest drafts alone: what one test leaves must not push the world's own off it.
        made_here = Screencast.id.not_in(world.items.values())
        session.execute(update(Screencast).where(made_here).values(trashed_at=now()))


@pytest.fixture
def traffic(page: Page) -> Traffic:
    return watch(page)


@pytest.fixture
def big(clip: Path, tmp_path: Path) -> Path:
    return padded(clip, tmp_path / f"{new_id()}.mp4", SIZE_BYTES)


def test_a_paused_upload_goes_on_where_it_was(page: Page, traffic: Traffic, big: Path, world: World) -> None:
    with slow(page, NARROW) as widen:
        choose(page, big)
        mine = row(page, big.name)
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        mine.get_by_role("button", name="Pause").press("Enter")
        expect(mine.get_by_text(re.compile(r"^Paused at \d+ %\.$"))).to_be_visible()
        expect(mine.get_by_role("button", name="Go on")).to_be_focused()
        widen()
        page.keyboard.press("Enter")
        expect(mine.get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    assert_sent_once(traffic)
    assert sizes(world, big) == [SIZE_BYTES]


def test_a_large_file_goes_in_parts(page: Page, traffic: Traffic, clip: Path, tmp_path: Path, world: World) -> None:
    large = padded(clip, tmp_path / "large.mp4", 40_000_000)
    choose(page, large)
    expect(row(page, large.name).get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=30_000)
    assert [(part.start, part.end) for part in traffic.parts] == [(0, PART_BYTES), (PART_BYTES, 40_000_000)]
    assert sizes(world, large) == [40_000_000]


def test_after_a_reload_the_same_file_chosen_again_goes_on_and_its_words_are_kept(
    page: Page, traffic: Traffic, big: Path, clip: Path, world: World
) -> None:
    with slow(page, NARROW):
        choose(page, big)
        mine = row(page, big.name)
        mine.get_by_label("Title").fill("Typed while bytes were on their way")
        mine.get_by_label("Title").blur()
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        page.reload()
    mine = row(page, big.name)
    expect(mine.get_by_text(re.compile(rf"^Choose {big.name} again to go on from [1-9]\d? %\.$"))).to_be_visible()
    expect(mine.get_by_label("Title")).to_have_value("Typed while bytes were on their way")

    mine.locator("input[type=file]").set_input_files(clip)
    expect(mine.get_by_text("That is another file, or it was changed.")).to_be_visible()
    mine.locator("input[type=file]").set_input_files(big)
    expect(mine.get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    expect(mine.get_by_text("Saved")).to_be_visible()
    assert_sent_once(traffic)
    assert sizes(world, big) == [SIZE_BYTES]
    assert titles(world, big) == ["Typed while bytes were on their way"]
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('upload:')).length") == 0


def test_what_is_in_is_known_again_after_a_reload_and_not_sent_twice(
    page: Page, traffic: Traffic, clip: Path, tmp_path: Path, world: World
) -> None:
    one, other = (padded(clip, tmp_path / f"{new_id()}.mp4", SIZE_BYTES + extra) for extra in (0, 1))
    choose(page, one, other)
    for file in (one, other):
        expect(row(page, file.name).get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    page.reload()
    expect(row(page, one.name)).to_be_visible()
    choose(page, one)
    expect(page.get_by_text(f"{one.name} is in the list already.")).to_be_visible()
    choose(page, one, other)
    expect(page.get_by_text("2 of these files are in the list already.")).to_be_visible()
    assert len(traffic.begun) == 2
    assert [len(sizes(world, file)) for file in (one, other)] == [1, 1]


def test_nobody_sees_what_others_have_begun(page: Page, big: Path, browser: Browser, world: World) -> None:
    with slow(page, NARROW):
        choose(page, big)
        expect(row(page, big.name).get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        other = open_as(browser, world, "other", page.url.removesuffix("/upload"))
        theirs = other.new_page()
        theirs.goto("/upload")
        expect(theirs.get_by_role("heading", name="Upload recordings")).to_be_visible()
        expect(theirs.locator(".upload-row")).to_have_count(0)
        other.close()


def test_a_cancelled_upload_leaves_nothing_on_the_site(page: Page, traffic: Traffic, big: Path, world: World) -> None:
    with slow(page, NARROW):
        choose(page, big)
        mine = row(page, big.name)
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        with page.expect_response(lambda answer: answer.request.method == "DELETE" and answer.status == 204):
            mine.get_by_role("button", name="Cancel").click()
    expect(mine).to_have_count(0)
    with world.site.app_context():
        upload_id = traffic.begun[0].rpartition("/")[2]
        assert db.session.get(PartialUpload, upload_id) is None
        assert not list((world.site.extensions["kb.settings"].tmp_dir / "uploads").glob(f"{upload_id}*"))
    assert sizes(world, big) == []


def test_a_double_click_cancels_one_upload_and_not_the_next_that_moves_up(
    page: Page, clip: Path, tmp_path: Path
) -> None:
    names = ["first.mp4", "second.mp4", "third.mp4"]
    first, second, third = (row(page, name) for name in names)
    with slow(page, NARROW):
        choose(page, *(padded(clip, tmp_path / name, SIZE_BYTES) for name in names))
        button = first.get_by_role("button", name="Cancel")
        button.scroll_into_view_if_needed()
        place = button.bounding_box()
        assert place
        middle = [place["x"] + place["width"] / 2, place["y"] + place["height"] / 2]
        page.mouse.dblclick(*middle)
        expect(first).to_have_count(0)
        under = "([x, y]) => document.elementFromPoint(x, y)?.closest('.upload-row button')?.textContent.trim()"
        assert page.evaluate(under, middle) == "Cancel", "else the test could not fail"
        expect(second).to_be_visible()
        third.get_by_role("button", name="Cancel").click()
        expect(third).to_have_count(0)
        expect(second).to_be_visible()


def test_an_upload_waits_for_a_lost_network_and_goes_on_by_itself(
    page: Page, traffic: Traffic, big: Path, world: World
) -> None:
    with slow(page, NARROW):
        choose(page, big)
        mine = row(page, big.name)
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        page.context.set_offline(True)
        expect(mine.get_by_text("There is no network. It goes on by itself when it is back.")).to_be_visible()
    page.context.set_offline(False)
    expect(mine.get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    assert_sent_once(traffic)
    assert sizes(world, big) == [SIZE_BYTES]


def test_an_upload_goes_on_when_the_site_answers_again(page: Page, traffic: Traffic, big: Path, world: World) -> None:
    with slow(page, NARROW) as widen:
        choose(page, big)
        mine = row(page, big.name)
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        mine.get_by_role("button", name="Pause").click()
        page.route("**/api/v1/uploads/*", lambda route: route.abort("connectionrefused"))
        mine.get_by_role("button", name="Go on").click()
        expect(mine.get_by_text("The site can't be reached. It is tried again by itself.")).to_be_visible()
        page.unroute("**/api/v1/uploads/*")
        widen()
        expect(mine.get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    assert_sent_once(traffic)
    assert sizes(world, big) == [SIZE_BYTES]


def test_an_upload_outlives_the_session_in_which_it_was_begun(
    page: Page, traffic: Traffic, big: Path, browser: Browser, world: World
) -> None:
    with slow(page, NARROW):
        choose(page, big)
        mine = row(page, big.name)
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        mine.get_by_role("button", name="Pause").click()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    mine.get_by_role("button", name="Go on").click()
    expect(mine.get_by_text("You are signed out here.")).to_be_visible()
    expect(mine.get_by_role("link", name="Sign in")).to_be_visible()
    signed_in_again = open_as(browser, world, "author", page.url.removesuffix("/upload"))
    page.context.add_cookies(signed_in_again.cookies())  # type: ignore[arg-type]
    signed_in_again.close()
    assert page.context.cookies() != cookies
    expect(mine.get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=30_000)
    assert_sent_once(traffic)
    mine.get_by_role("button", name="Publish", exact=True).click()
    expect(mine.get_by_text("Published", exact=True)).to_be_visible()


def test_a_file_that_changes_on_the_way_is_named_and_can_be_chosen_again(page: Page, big: Path) -> None:
    with slow(page, NARROW):
        choose(page, big)
        mine = row(page, big.name)
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        mine.get_by_role("button", name="Pause").click()
        big.unlink()
        mine.get_by_role("button", name="Go on").click()
        expect(mine.get_by_text("The file can't be read any more.")).to_be_visible(timeout=10_000)
        expect(mine.get_by_text("Choose the file")).to_be_visible()


def test_what_the_site_kept_too_long_begins_anew(page: Page, traffic: Traffic, big: Path, world: World) -> None:
    with slow(page, NARROW) as widen:
        choose(page, big)
        mine = row(page, big.name)
        expect(mine.get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        mine.get_by_role("button", name="Pause").click()
        with world.site.app_context(), writing() as session:
            session.execute(update(PartialUpload).values(expires_at=now() - timedelta(days=1)))
        widen()
        mine.get_by_role("button", name="Go on").click()
        expect(mine.get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    assert len(traffic.begun) == 2
    assert sizes(world, big) == [SIZE_BYTES]


def test_refusals_are_sentences_at_the_row_and_leave_the_others_alone(page: Page, clip: Path, tmp_path: Path) -> None:
    notes, empty, table = tmp_path / "notes.mp4", tmp_path / "empty.mp4", tmp_path / "table.csv"
    notes.write_text("words, and no picture")
    empty.touch()
    table.write_text("a,b")
    choose(page, notes, empty, table, clip)
    expect(row(page, "notes.mp4").get_by_role("alert")).to_contain_text("not like a video")
    expect(row(page, "empty.mp4").get_by_role("alert")).to_contain_text("It is empty.")
    expect(row(page, "table.csv").get_by_role("alert")).to_contain_text("It is not a video.")
    expect(row(page, clip.name).get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    for name in ("notes.mp4", "empty.mp4", "table.csv"):
        expect(row(page, name).get_by_role("button", name="Try again")).to_be_hidden()
        row(page, name).get_by_role("button", name="Remove").press("Enter")
        expect(row(page, name)).to_have_count(0)
        expect(page.locator(".upload-row:focus")).to_have_count(1)


def test_drafts_come_back_with_the_page_and_can_be_thrown_away(
    page: Page, clip: Path, tmp_path: Path, world: World
) -> None:
    clip = Path(shutil.copy(clip, tmp_path / "draft.mp4"))
    choose(page, clip)
    expect(row(page, clip.name).get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
    page.reload()
    new, prepared = row(page, clip.name), row(page, f"{word('draft', 'filename')}.mp4")
    new.get_by_label("Title").fill("Named on the second visit")
    new.get_by_label("Title").blur()
    expect(new.get_by_text("Saved")).to_be_visible()
    assert titles(world, clip) == ["Named on the second visit"]
    new.get_by_role("button", name="Cancel").click()
    expect(new).to_have_count(0)
    assert titles(world, clip) == []
    prepared.get_by_role("button", name="Throw away").click()
    expect(page.get_by_text("is in the trash for 30 days.")).to_be_visible()
    expect(prepared).to_have_count(0)
    with world.site.app_context():
        assert db.session.get_one(Screencast, world.items["draft"]).trashed_at


def test_each_row_has_tags_of_its_own(page: Page, clip: Path, tmp_path: Path, world: World) -> None:
    one, other = (Path(shutil.copy(clip, tmp_path / f"{new_id()}.mp4")) for _ in range(2))
    choose(page, one, other)
    for file in (one, other):
        expect(row(page, file.name).get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=20_000)
        row(page, file.name).locator("summary").click()
    row(page, one.name).get_by_role("combobox", name="Tags").press_sequentially("printer,")
    expect(row(page, one.name).get_by_text("Saved")).to_be_visible()
    expect(row(page, other.name).get_by_text("Saved")).to_be_hidden()
    with world.site.app_context():
        tags = {
            item.filename: [tag.name for tag in item.tags]
            for item in db.session.scalars(select(Screencast).where(Screencast.filename.in_([one.name, other.name])))
        }
    assert tags == {one.name: ["printer"], other.name: []}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_rows_of_every_kind(
    page: Page, big: Path, clip: Path, tmp_path: Path, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    notes, paused = tmp_path / "notes.mp4", padded(clip, tmp_path / "paused.mp4", SIZE_BYTES)
    notes.write_text("words, and no picture")
    with slow(page, NARROW):
        choose(page, big)
        expect(row(page, big.name).get_by_text(re.compile(r"^[1-9]\d? % · .*/s"))).to_be_visible(timeout=10_000)
        page.reload()
        choose(page, clip, notes, paused)
        row(page, paused.name).get_by_role("button", name="Pause").click()
        expect(row(page, notes.name).get_by_role("alert")).to_be_visible(timeout=20_000)
    expect(row(page, big.name).get_by_text("Choose the file")).to_be_visible()
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [each["id"] for each in found["violations"]] == []


def test_the_tab_says_how_much_has_left(page: Page, big: Path) -> None:
    with slow(page, NARROW):
        choose(page, big)
        expect(page).to_have_title(re.compile(r"^[1-9]\d? % - Upload"), timeout=10_000)


def test_a_file_is_sent_by_keyboard_and_its_row_is_seen_on_a_phone(browser: Browser, world: World, clip: Path) -> None:
    with serve(world.site) as address:
        context = open_as(browser, world, "mate", address, viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.goto("/upload")
        choosers: list[FileChooser] = []
        page.on("filechooser", lambda chooser: choosers.append(chooser))
        page.locator(".drop-zone input[type=file]").focus()
        while not choosers:
            # For a moment after it has loaded a page a busy browser takes no keys.
            page.keyboard.press("Enter")
            page.wait_for_timeout(300)
        choosers[0].set_files(clip)
        expect(row(page, clip.name).get_by_label("Title")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        context.close()


def assert_sent_once(traffic: Traffic) -> None:
    """No byte that the site had was sent to it again: each part begins where the site had come to by then."""
    assert len(traffic.begun) == 1
    reached = 0
    for part in traffic.parts:
        assert part.start >= reached
        reached = part.end if part.end is not None else part.start
    assert traffic.parts[-1].start > 0
    assert traffic.parts[-1].end == SIZE_BYTES


def sizes(world: World, file: Path) -> list[int]:
    """Of each screencast that was made of this file."""
    with world.site.app_context():
        query = select(Screencast.original_bytes).where(Screencast.filename == file.name)
        return list(db.session.scalars(query))


def titles(world: World, file: Path) -> list[str]:
    with world.site.app_context():
        return list(db.session.scalars(select(Screencast.title).where(Screencast.filename == file.name)))
