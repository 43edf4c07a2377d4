"""Ten files at once, of ten kinds, and a network that goes away in the middle."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running, sign_in
from tests.browser.uploading import choose, padded, row, slow, watch
from tests.conftest import make_clip

pytestmark = pytest.mark.browser
BIG_BYTES = 2_500_000
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
TAKEN = ("first.mp4", "second.webm", "third.mov", "fourth.mkv", "fifth.avi", "sixth.gif", "seventh.mp4")
OUTAGE_MS = 3000


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> list[Path]:
    folder = tmp_path_factory.mktemp("ten")
    big = padded(clip, folder / "first.mp4", BIG_BYTES)
    twin, words, empty = folder / "seventh.mp4", folder / "eighth.mp4", folder / "ninth.mp4"
    twin.write_bytes(big.read_bytes())
    words.write_text("Words, and no picture at all.")
    empty.touch()
    # More than an hour, in a container of which no browser can tell how long it is.
    long, hours = folder / "tenth.avi", "color=s=64x36:r=1:d=3700"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", hours, "-c:v", "mpeg4", long], check=True)
    return [
        big,
        make_clip(folder / "second.webm", *VP8, seconds=3),
        make_clip(folder / "third.mov", *H264, "-c:a", "aac"),
        make_clip(folder / "fourth.mkv", *H264, "-c:a", "libopus"),
        make_clip(folder / "fifth.avi", "-c:v", "mpeg4", "-c:a", "mp2"),
        make_clip(folder / "sixth.gif", "-map", "0:v"),
        *(twin, words, empty, long),
    ]


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    """Without a network a browser writes errors into its console, so none of those that look at that."""
    running.add_person("many@test.example")
    context = browser.new_context(base_url=running.address)
    page = context.new_page()
    sign_in(page, "many@test.example")
    yield page
    context.close()


def test_ten_mixed_files_end_as_they_should_though_the_network_goes_away_in_the_middle(
    page: Page, ten: list[Path]
) -> None:
    traffic = watch(page)
    page.goto("/upload")
    with slow(page, 500_000):
        choose(page, *ten)
        expect(page.locator(".upload-row")).to_have_count(10)
        expect(row(page, "first.mp4").get_by_text(re.compile(r"^[2-9]\d % · .*/s"))).to_be_visible(timeout=20_000)
        page.context.set_offline(True)
        expect(page.get_by_text("There is no network.").first).to_be_visible()
    page.wait_for_timeout(OUTAGE_MS)
    expect(page.locator(".upload-row")).to_have_count(10)
    page.context.set_offline(False)

    for name in TAKEN:
        expect(row(page, name).get_by_role("button", name="Publish", exact=True)).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Publish all").click()
    for name in TAKEN:
        expect(row(page, name).get_by_text("Published", exact=True)).to_be_visible(timeout=20_000)
    expect(row(page, "eighth.mp4").get_by_role("alert")).to_contain_text("Not a video.")
    expect(row(page, "ninth.mp4").get_by_role("alert")).to_contain_text("It is empty.")
    expect(row(page, "tenth.avi").get_by_role("alert")).to_contain_text(
        "It can't be taken. This recording is longer than 60 minutes."
    )
    expect(page.get_by_text("The very same file is here already").first).to_be_visible()
    for name in TAKEN:
        expect(row(page, name).get_by_text("Ready", exact=True)).to_be_visible(timeout=60_000)

    # One upload for each file that was sent, and no byte again that the site had.
    assert len(set(traffic.begun)) == len(traffic.begun) == len(TAKEN) + 2
    resumed = 0
    for address in traffic.begun:
        reached = 0
        for part in traffic.of(address):
            assert part.start >= reached
            resumed += part.start > 0
            reached = part.end if part.end is not None else part.start
    assert resumed >= 1
