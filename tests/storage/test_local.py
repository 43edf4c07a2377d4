import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.errors import NotFound
from kb.storage.contract import Stored
from kb.storage.local import LocalStorage
from tests.disks import disk, fill

MEGABYTE = 1024**2
Finished = Callable[..., Path]


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    for name in ("originals", "media"):
        (tmp_path / name).mkdir()
    return LocalStorage(tmp_path)


@pytest.fixture
def finished(tmp_path: Path) -> Finished:
    """(bytes) -> a file of them, outside the storage."""
    (tmp_path / "tmp").mkdir()

    def made(content: bytes = b"words") -> Path:
        path = tmp_path / "tmp" / "finished"
        path.write_bytes(content)
        return path

    return made


def everything(storage: LocalStorage) -> dict[str, Stored]:
    return {each.key: each for each in storage.everything()}


def test_what_is_put_can_be_read_by_its_group_and_by_nobody_else(storage: LocalStorage, finished: Finished) -> None:
    file = finished()
    file.chmod(0o600)
    storage.put("media/one/video.mp4", file)
    assert not file.exists()
    assert stat.S_IMODE((storage.root / "media/one/video.mp4").stat().st_mode) == 0o640
    assert (storage.root / "media/one").stat().st_mode & 0o027 == 0


def test_a_file_is_put_whole_onto_another_filesystem(storage: LocalStorage, finished: Finished) -> None:
    with disk(storage.root / "originals", MEGABYTE):
        storage.put("originals/one.mp4", finished(b"first"))
        storage.put("originals/one.mp4", finished(b"second"))
        assert (storage.root / "originals/one.mp4").read_bytes() == b"second"
        assert storage.names("originals") == ["one.mp4"]
        assert not (storage.root / "tmp/finished").exists()
        storage.keep_copy("originals/one.mp4", "media/copy.mp4")
        storage.put("originals/one.mp4", finished(b"third"))
        assert (storage.root / "media/copy.mp4").read_bytes() == b"second"


def test_where_there_is_no_room_nothing_is_put_and_nothing_is_lost(storage: LocalStorage, finished: Finished) -> None:
    with disk(storage.root / "originals", MEGABYTE) as small:
        storage.put("originals/one.mp4", finished(b"first"))
        fill(small, leave_bytes=100_000)
        file = finished(b"x" * 300_000)
        with pytest.raises(OSError, match="No space left"):
            storage.put("originals/one.mp4", file)
        assert storage.names("originals") == ["ballast", "one.mp4"]
        assert (small / "one.mp4").read_bytes() == b"first"
        assert file.stat().st_size == 300_000


def test_everything_that_lies_there_is_told_and_no_link_is_followed(storage: LocalStorage, finished: Finished) -> None:
    storage.put("media/one/video.mp4", finished())
    (storage.root / "secret").write_text("of another")
    (storage.root / "media/one/link").symlink_to(storage.root / "secret")
    (storage.root / "originals/folder").symlink_to(storage.root)
    os.mkfifo(storage.root / "originals/pipe")
    found = everything(storage)
    assert {key: each.kind for key, each in found.items()} == {
        "originals/folder": "other",
        "originals/pipe": "other",
        "media/one": "folder",
        "media/one/link": "other",
        "media/one/video.mp4": "file",
    }
    assert found["media/one/video.mp4"].size_bytes == 5


def test_who_may_read_too_little_or_too_much_is_told_and_mended(storage: LocalStorage, finished: Finished) -> None:
    storage.put("media/one/video.mp4", finished())
    video, folder = storage.root / "media/one/video.mp4", storage.root / "media/one"
    video.chmod(0o600)
    folder.chmod(0o755)
    assert everything(storage)["media/one/video.mp4"].fault == "mode 600 instead of 640"
    assert everything(storage)["media/one"].fault == "mode 755 instead of 750"
    for key in ("media/one", "media/one/video.mp4"):
        storage.restore_access(key)
    assert [each.fault for each in storage.everything()] == [None, None]


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give a file to another user")
def test_what_belongs_to_another_user_is_told_and_given_back(storage: LocalStorage, finished: Finished) -> None:
    storage.put("originals/one.mp4", finished())
    os.chown(storage.root / "originals/one.mp4", 65534, -1)
    assert everything(storage)["originals/one.mp4"].fault == "belongs to user 65534 instead of 0"
    storage.restore_access("originals/one.mp4")
    assert everything(storage)["originals/one.mp4"].fault is None


def test_what_is_set_aside_is_kept_however_often_and_a_link_stays_one(
    storage: LocalStorage, finished: Finished, tmp_path: Path
) -> None:
    aside = tmp_path / "aside"
    for content in (b"first", b"second"):
        storage.put("media/one/video.mp4", finished(content))
        storage.set_aside("media/one/video.mp4", aside)
    assert (aside / "media/one/video.mp4").read_bytes() == b"first"
    assert (aside / "media/one/video.mp4.2").read_bytes() == b"second"
    (storage.root / "originals/link").symlink_to(tmp_path / "elsewhere")
    storage.set_aside("originals/link", aside)
    assert (aside / "originals/link").readlink() == tmp_path / "elsewhere"


def test_a_link_is_deleted_and_not_what_it_leads_to(storage: LocalStorage, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/kept").touch()
    (storage.root / "media/link").symlink_to(tmp_path / "elsewhere")
    storage.delete("media/link")
    assert not (storage.root / "media/link").is_symlink()
    assert (tmp_path / "elsewhere/kept").exists()


def test_no_key_leads_out_of_the_storage(storage: LocalStorage) -> None:
    for key in ("../secret", "media/../../secret", "", "."):
        with pytest.raises(ValueError, match="outside"):
            storage.size_bytes(key)
    with pytest.raises(NotFound), storage.local_path("media"):
        pass
