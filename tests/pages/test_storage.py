"""The page of storage: every byte counted once, nobody's title told, room on each disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from kb.db import db, new_id, now, writing
from kb.hands import hands
from kb.pages import storage
from kb.screencasts.files import mending
from kb.screencasts.models import Screencast, Version
from kb.screencasts.uploads import part_files
from kb.storage.contract import original
from tests.conftest import Caller, People
from tests.disks import disk

MEGABYTE = 1024**2


@pytest.fixture
def add(people: People) -> Callable[..., str]:
    """(size, fields) -> a screencast whose files take so much room, half of it its original."""

    def added(size_bytes: int, **fields: Any) -> str:
        screencast_id = new_id()
        usual = {
            "title": "Clip",
            "author_id": people.author,
            "published_at": now(),
            "original_key": original(screencast_id, "mp4"),
        }
        with writing() as session:
            row = Screencast(
                id=screencast_id, original_bytes=size_bytes // 2, stored_bytes=size_bytes, **(usual | fields)
            )
            session.add(row)
        return screencast_id

    return added


def sizes() -> dict[str, tuple[int, int | None]]:
    return {part.name: (part.size_bytes, part.count) for part in storage.totals()}


def test_every_byte_is_counted_once(add: Callable[..., str]) -> None:
    replaced = add(1000)
    add(500, original_key=None)
    add(300, trashed_at=now())
    with writing() as session:
        session.add(
            Version(
                screencast_id=replaced, take=1, filename="a", kind="mp4", original_key="originals/a", original_bytes=100
            )
        )
    found = sizes()
    assert found["originals"] == (500, 1)
    assert found["earlier"] == (100, 1)
    assert found["made"] == (900, None)
    assert found["trash"] == (300, 1)


def test_what_lies_in_folders_is_counted_and_no_link_is_followed(in_site: object, tmp_path: Path) -> None:
    tmp = hands().settings.tmp_dir
    (tmp / "work").mkdir()
    (tmp / "work/video.mp4").write_bytes(b"x" * 40)
    (part_files.folder() / "arriving").write_bytes(b"x" * 30)
    mending.aside().mkdir()
    (mending.aside() / "old.mp4").write_bytes(b"x" * 20)
    (tmp_path / "elsewhere").write_bytes(b"x" * 999)
    (tmp / "work/link").symlink_to(tmp_path / "elsewhere")
    (tmp / "work/folder").symlink_to(tmp_path)
    found = sizes()
    assert (found["work"][0], found["uploads"][0], found["aside"][0]) == (40, 30, 20)
    assert found["database"][0] > 10_000


def test_screencasts_stand_by_size_or_by_age_page_by_page(
    add: Callable[..., str], call_as: Callable[[str | None], Caller], people: People
) -> None:
    ids = [add(size_bytes) for size_bytes in (300, 900, 900, 100, 500)]
    by_size = [size for _, size in sorted((-size, size) for size in (300, 900, 900, 100, 500))]
    admin = call_as(people.admin)

    def walk(sort: str) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = []
        cursor = ""
        while True:
            answer = admin.get("/api/v1/storage", query_string={"sort": sort, "limit": "2", "cursor": cursor}).json
            seen += answer["items"]
            cursor = answer["next"]
            if not cursor:
                return seen

    assert [item["bytes"] for item in walk("size")] == by_size
    assert [item["id"] for item in walk("oldest")] == ids
    assert [item["id"] for item in walk("newest")] == ids[::-1]
    assert admin.get("/api/v1/storage?sort=title").status_code == 422


def test_no_title_is_told_to_an_admin_who_may_not_see_it(
    add: Callable[..., str],
    call_as: Callable[[str | None], Caller],
    signed_in: Callable[[str], FlaskClient],
    people: People,
) -> None:
    hidden = add(900, title="Layoffs in May", visibility="private")
    add(800, title="Layoffs in June", published_at=None)
    add(700, title="Layoffs in July", visibility="private", trashed_at=now())
    shared = add(600, title="For all")
    items = call_as(people.admin).get("/api/v1/storage").json["items"]
    assert [(item["id"], item["title"]) for item in items] == [
        (None, "A private screencast of Test Author"),
        (None, "A draft of Test Author"),
        (None, "Something in the trash of Test Author"),
        (shared, "For all"),
    ]
    page = signed_in(people.admin).get("/storage").text
    assert "Layoffs" not in page and hidden not in page
    assert f'href="/screencasts/{shared}"' in page


def test_the_room_of_each_disk_is_told(
    in_site: object, call_as: Callable[[str | None], Caller], signed_in: Callable[[str], FlaskClient], people: People
) -> None:
    with disk(hands().settings.data_dir / "media", 5 * MEGABYTE):
        found = call_as(people.admin).get("/api/v1/storage").json["filesystems"]
        [small] = [each for each in found if "media" in each["folders"]]
        assert (small["total_bytes"], small["free_bytes"]) == (5 * MEGABYTE, 5 * MEGABYTE)
        assert len(found) == 2
        page = signed_in(people.admin).get("/storage").text
        assert "5.2 MB free" in page
        assert str(hands().settings.data_dir) not in page


def test_what_an_upload_takes_is_what_its_files_take(
    receive: Callable[..., str], run_jobs: Callable[[], list[str]]
) -> None:
    item = receive()
    run_jobs()
    data = Path(hands().settings.data_dir)
    files = [path for name in ("originals", "media") for path in (data / name).rglob("*") if path.is_file()]
    assert db.session.get_one(Screencast, item).stored_bytes == sum(path.stat().st_size for path in files) > 0
