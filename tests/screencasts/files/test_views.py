"""The bytes of a screencast: in parts, kept and asked for again, of a fixed type, closed to scripts, by id alone."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from kb.db import db, writing
from kb.errors import NotFound
from kb.hands import hands
from kb.media import stills
from kb.screencasts import erasing
from kb.screencasts.files import views as files
from kb.screencasts.models import Screencast
from kb.storage.contract import made, made_folder
from tests.conftest import Caller
from tests.web.actors import World


@pytest.fixture(scope="module")
def place(world: World) -> str:
    return f"/screencasts/{world.items['team']}"


@pytest.fixture(scope="module")
def get(world: World, place: str) -> Callable[..., Any]:
    def got(name: str, method: str = "GET", **headers: str) -> Any:
        return world.call(
            "author", method, f"{place}/{name}", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    return got


@pytest.fixture(scope="module")
def poster(world: World) -> str:
    with world.site.app_context():
        return f"files/{db.session.get_one(Screencast, world.items['team']).poster_key}"


@pytest.fixture(scope="module")
def kinds(poster: str) -> dict[str, str]:
    """What there is of a screencast, and the type that it has whatever somebody uploaded."""
    return {
        "files/video.mp4": "video/mp4",
        poster: "image/webp",
        "files/storyboard-0.webp": "image/webp",
        "still?at=1": "image/webp",
        "preview": "image/webp",
        "original": "application/octet-stream",
        "storyboard.vtt": "text/vtt; charset=utf-8",
        "captions/en.vtt": "text/vtt; charset=utf-8",
    }


def test_every_file_has_its_type_and_nothing_in_it_can_run(get: Callable[..., Any], kinds: dict[str, str]) -> None:
    for name, kind in kinds.items():
        answer = get(name)
        assert (answer.status_code, answer.content_type) == (200, kind), name
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox", name
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-cache", name
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_only_the_original_is_a_download_and_under_its_own_name(get: Callable[..., Any], kinds: dict[str, str]) -> None:
    for name in kinds:
        disposition = get(name).headers.get("Content-Disposition", "")
        if name == "original":
            assert disposition == "attachment; filename=zebrateamfilename.mp4"
        else:
            assert not disposition.startswith("attachment"), name


def test_what_was_uploaded_is_for_who_may_change_it_alone(world: World, place: str) -> None:
    """It may hold a place and a device; what was made of it doesn't."""
    for who, status, is_offered in (("author", 200, True), ("mate", 403, False), ("other", 404, False)):
        assert world.call(who, "GET", f"{place}/original").status_code == status
        assert (f"{place}/original" in world.call(who, "GET", place).text) == is_offered, who
    assert world.call("mate", "GET", f"{place}/files/video.mp4").status_code == 200
    assert "author and curators" in world.call("mate", "GET", f"{place}/original").json["detail"]


@pytest.mark.parametrize("name", ["files/video.mp4", "original"])
def test_a_file_is_served_in_parts(get: Callable[..., Any], name: str) -> None:
    whole = get(name)
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(whole.data)
    for asked, first, last in (
        ("0-99", 0, 99),
        ("100-", 100, size - 1),
        ("-50", size - 50, size - 1),
        (f"0-{size * 9}", 0, size - 1),
    ):
        part = get(name, Range=f"bytes={asked}")
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert part.data == whole.data[first : last + 1]
        assert part.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_part_that_is_not_there_is_refused(get: Callable[..., Any]) -> None:
    size = len(get("files/video.mp4").data)
    answer = get("files/video.mp4", Range=f"bytes={size}-")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert answer.json["code"] == "bad-range"


def test_a_range_that_can_not_be_read_gets_the_whole(get: Callable[..., Any]) -> None:
    whole = get("files/video.mp4").data
    for asked in ("bytes=x-y", "lines=0-5", "bytes=5-2", "bytes="):
        answer = get("files/video.mp4", Range=asked)
        assert answer.status_code in (200, 416), asked
        assert answer.status_code == 416 or answer.data == whole


def test_head_says_what_get_would_bring(get: Callable[..., Any], kinds: dict[str, str]) -> None:
    for name in kinds:
        told, brought = get(name, "HEAD"), get(name)
        assert (told.status_code, told.data) == (200, b"")
        for header in ("Content-Type", "Content-Length", "Content-Security-Policy"):
            assert told.headers[header] == brought.headers[header], name


def test_what_a_browser_has_is_asked_for_again_and_not_sent_again(get: Callable[..., Any], poster: str) -> None:
    for name in ("files/video.mp4", poster, "original"):
        tag = get(name).headers["ETag"]
        again = get(name, If_None_Match=tag)
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert get(name, If_None_Match='"other"').status_code == 200
        assert get(name, Range="bytes=0-9", If_Range=tag).status_code == 206
        assert get(name, Range="bytes=0-9", If_Range='"other"').status_code == 200


def test_a_tag_is_no_key(world: World, place: str, get: Callable[..., Any]) -> None:
    tag = get("files/video.mp4").headers["ETag"]
    answer = world.call("other", "GET", f"{place}/files/video.mp4", headers={"If-None-Match": tag})
    assert answer.status_code == 404


ELSEWHERE = (
    "files/..%2f..%2foriginals%2f{private}.mp4",
    "files/%2e%2e%2f{private}%2fvideo.mp4",
    "files/../{private}/video.mp4",
    "files/..%5c{private}%5cvideo.mp4",
    "files/..;/{private}/video.mp4",
    "files/%252e%252e%252f{private}%252fvideo.mp4",
    "files/%2fetc%2fpasswd",
    "files/video.mp4%00",
    "files/video.mp4%0a",
    "files/VIDEO.MP4",
    "files/audio.wav",
    "files/still-0.webp",
    "files/storyboard-9999.webp",
    "files/poster-x.webp",
    "files/",
    "files/.",
    "files/..",
    "../{private}/files/video.mp4",
    "..%2f{private}/files/video.mp4",
    "%2e%2e/{private}/original",
)


def test_no_path_leads_to_another_file(world: World, place: str) -> None:
    for name in ELSEWHERE:
        url = f"{place}/{name.format(private=world.items['private'])}"
        for actor in ("mate", "other"):
            answer = world.call(actor, "GET", url)
            assert answer.status_code in (308, 404), url
            assert b"ftyp" not in answer.data


def test_a_still_is_a_picture_of_that_second_and_made_once(world: World, get: Callable[..., Any]) -> None:
    first, again = get("still?at=1.9"), get("still?at=1")
    assert first.data == again.data
    picture = Image.open(BytesIO(first.data))
    assert picture.size == (320, 180)
    assert get("still?at=0").data != first.data
    media = world.site.extensions["kb.settings"].data_dir / "media" / world.items["team"]
    assert {"still-0.webp", "still-1.webp"} <= {path.name for path in media.iterdir()}


def test_a_preview_moves_and_is_made_once(world: World, get: Callable[..., Any]) -> None:
    media = world.site.extensions["kb.settings"].data_dir / "media" / world.items["team"]
    (media / "preview.webp").unlink(missing_ok=True)
    first = get("preview")
    picture = Image.open(BytesIO(first.data))
    assert picture.size == (320, 180)
    assert picture.n_frames > 4
    made_at = (media / "preview.webp").stat().st_mtime_ns
    assert get("preview").data == first.data
    assert (media / "preview.webp").stat().st_mtime_ns == made_at


def test_a_page_full_of_stills_starts_few_programs_at_once(world: World, get: Callable[..., Any]) -> None:
    """Each is a process of its own; what nobody can wait for is refused."""
    media = world.site.extensions["kb.settings"].data_dir / "media" / world.items["team"]
    (media / "still-0.webp").unlink(missing_ok=True)
    assert get("still?at=1").status_code == 200
    statuses: list[int] = []
    waiting = Thread(target=lambda: statuses.append(get("still?at=0").status_code))
    with files.MAKING, files.MAKING:
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        assert get("still?at=1").status_code == 200, "what is made already waits for nothing"
    waiting.join(20)
    assert statuses == [200]


def test_a_still_past_the_end_is_the_last_and_of_no_time_the_first(get: Callable[..., Any]) -> None:
    assert get("still?at=999999").data == get("still?at=1").data
    assert get("still").data == get("still?at=0").data


def test_a_second_that_is_none_is_refused(get: Callable[..., Any]) -> None:
    for at in ("-1", "x", "1e3", "nan", "inf", "1;2", "9" * 7, "1.2345", "%00", "../1"):
        answer = get(f"still?at={at}")
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), at


def test_before_it_plays_there_is_nothing_to_see_and_it_says_so(receive: Callable[..., str], author: Caller) -> None:
    item = receive()
    for name in ("still?at=0", "storyboard.vtt", "files/video.mp4", "captions/en.vtt"):
        answer = author.get(f"/screencasts/{item}/{name}")
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json"), name
    with writing() as session:
        session.get_one(Screencast, item).original_key = None
    assert author.get(f"/screencasts/{item}/original").status_code == 404


def test_the_sheets_of_a_storyboard_are_behind_the_same_door(world: World, get: Callable[..., Any]) -> None:
    text = get("storyboard.vtt").text
    assert text.startswith("WEBVTT\n")
    sheets = {line.partition("#")[0] for line in text.splitlines() if "#xywh=" in line}
    assert sheets == {f"/screencasts/{world.items['team']}/files/storyboard-0.webp"}


def test_what_is_erased_while_a_picture_of_it_is_drawn_is_not_there_and_leaves_none(
    in_site: Flask, receive: Callable[..., str], run_jobs: Callable[[], list[str]]
) -> None:
    screencast_id = receive()
    run_jobs()
    source_key, key = made(screencast_id, "video.mp4"), made(screencast_id, "still-1.webp")

    def draw(video: Path, out: Path) -> None:
        erasing.erase(screencast_id)
        stills.still(video, 1000, out)

    with pytest.raises(NotFound):
        files._draw_once(screencast_id, source_key, key, draw)
    assert hands().storage.names(made_folder(screencast_id)) == []
