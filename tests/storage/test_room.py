import errno
import sqlite3
from pathlib import Path

import pytest

from kb.storage.room import filesystems, has_room, ran_full
from tests.disks import disk, fill

MEGABYTE = 1024**2


def test_folders_of_one_filesystem_are_counted_once(tmp_path: Path) -> None:
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    [found] = filesystems(folders)
    assert found.folders == tuple(folders)
    assert 0 < found.free_bytes <= found.total_bytes


def test_each_mount_and_what_a_link_leads_to_is_a_filesystem_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with disk(tmp_path / "small", 4 * MEGABYTE) as small:
        (tmp_path / "link").symlink_to(small)
        here, there = filesystems([tmp_path / "here", small, tmp_path / "link"])
        assert here.folders == (tmp_path / "here",)
        assert there.folders == (small, tmp_path / "link")
        assert there.total_bytes == there.free_bytes == 4 * MEGABYTE
        fill(small, leave_bytes=MEGABYTE)
        assert filesystems([small])[0].free_bytes == MEGABYTE


def test_room_is_needed_on_every_filesystem_and_once_on_each(tmp_path: Path) -> None:
    with disk(tmp_path / "small", 4 * MEGABYTE) as small:
        for name in ("a", "b"):
            (small / name).mkdir()
        both = {small / "a": 2 * MEGABYTE, small / "b": 3 * MEGABYTE}
        assert has_room(both, spare_bytes=MEGABYTE), "moved from one to the other, not copied"
        assert not has_room(both, spare_bytes=MEGABYTE + 1)
        assert has_room({tmp_path: 5 * MEGABYTE}, spare_bytes=0)
        assert not has_room({tmp_path: 5 * MEGABYTE, small / "a": 5 * MEGABYTE}, spare_bytes=0)


def test_a_full_disk_is_known_by_what_it_does_to_a_file_and_to_a_database(tmp_path: Path) -> None:
    with disk(tmp_path / "small", MEGABYTE) as small:
        database = sqlite3.connect(small / "some.sqlite3")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE word (text TEXT)")
        database.commit()
        ballast = fill(small)
        with pytest.raises(OSError, match="No space") as of_file:
            (small / "more").write_bytes(b"x" * MEGABYTE)
        with pytest.raises(sqlite3.OperationalError) as of_database, database:
            database.execute("INSERT INTO word VALUES (?)", ["x" * MEGABYTE])
        assert ran_full(of_file.value) and ran_full(of_database.value)
        ballast.unlink()
        with database:
            database.execute("INSERT INTO word VALUES ('as before')")
        assert database.execute("SELECT text FROM word").fetchall() == [("as before",)]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_cause_of_a_failure_counts_and_no_other_failure_does() -> None:
    wrapped = RuntimeError("something went wrong")
    wrapped.__cause__ = OSError(errno.EDQUOT, "quota")
    assert ran_full(wrapped)
    assert not ran_full(OSError(errno.EACCES, "not yours"))
    assert not ran_full(sqlite3.OperationalError("no such table"))
