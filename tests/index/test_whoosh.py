"""What only files can do: be missing, torn, written by two, or left half written by a process that died."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.errors import NoRoom
from kb.index.contract import Document, IndexBroken, IndexBusy, Query
from kb.index.whoosh import WhooshIndex
from tests.disks import disk, fill
from tests.index.two_documents import BOTH, DOCUMENTS, found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    WhooshIndex(tmp_path / "index").rebuild(DOCUMENTS)
    return tmp_path / "index"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def assert_broken(index: WhooshIndex) -> None:
    assert index.is_healthy()
    for broken in (
        lambda: index.search(Query(("merge",)), visible=BOTH),
        lambda: index.suggest("me", visible=BOTH),
        lambda: index.versions(),
        lambda: index.write(DOCUMENTS),
    ):
        with pytest.raises(IndexBroken):
            broken()


def test_a_missing_index_says_so_and_is_not_made_by_a_write(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path / "index")
    assert_broken(index)
    with pytest.raises(IndexBroken) as broken:
        index.versions()
    assert broken.value.code == "index-missing"
    index.rebuild([])
    assert index.is_healthy() is None


@pytest.mark.parametrize("name", ["current", "*.toc", "*.seg"])
@pytest.mark.parametrize("damage", ["torn", "emptied", "gone", "scribbled"])
def test_a_damaged_index_is_broken_until_it_is_rebuilt(folder: Path, name: str, damage: str) -> None:
    [path] = folder.rglob(name)
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"torn": content[: len(content) // 2], "emptied": b"", "scribbled": b"\xff" * 500}[damage])
    before = files(folder)
    assert_broken(WhooshIndex(folder))
    assert set(files(folder)) - {folder / "lock"} <= set(before)

    WhooshIndex(folder).rebuild(DOCUMENTS)
    assert found(WhooshIndex(folder), "merge") == ["a"]


def test_an_index_of_another_format_is_broken(folder: Path) -> None:
    pointer = folder / "current"
    pointer.write_text(pointer.read_text().replace("whoosh-", "other-"))
    assert_broken(WhooshIndex(folder))


def test_the_files_are_for_their_owner_alone(folder: Path) -> None:
    assert folder.stat().st_mode & 0o077 == 0


def test_others_see_a_write_and_a_rebuild_at_their_next_search(folder: Path) -> None:
    writer, reader = WhooshIndex(folder), WhooshIndex(folder)
    assert found(reader, "rebase") == []
    writer.write([Document("a", "Rebase branches", version=2)])
    assert found(reader, "rebase") == ["a"]
    writer.rebuild([Document("b", "Rebase again")])
    assert found(reader, "rebase") == ["b"]
    writer.write([], deleted=["b"])
    assert found(reader, "rebase") == []


def test_a_rebuild_that_fails_changes_nothing_and_leaves_nothing(folder: Path) -> None:
    def failing() -> Iterator[Document]:
        yield DOCUMENTS[0]
        raise RuntimeError("the database went away")

    before = files(folder)
    with pytest.raises(RuntimeError):
        WhooshIndex(folder).rebuild(failing())
    assert files(folder) == before
    assert found(WhooshIndex(folder), "restart") == ["b"]


@pytest.mark.parametrize("anew", [False, True])
def test_a_full_disk_leaves_what_was_found_and_takes_the_rest_once_there_is_room(tmp_path: Path, anew: bool) -> None:
    with disk(tmp_path / "small", 24 * 1024**2) as small:
        index = WhooshIndex(small / "index")
        index.rebuild([Document("a", "Tunnel", version=1)])
        ballast = fill(small, leave_bytes=20_000)
        words = " ".join(f"word{number}" for number in range(20_000))
        more = [Document("a", "Tunnel", version=2), Document("b", "Bridge", spoken=words, version=1)]

        def write() -> None:
            index.rebuild(more) if anew else index.write(more, deleted=set())

        with pytest.raises(NoRoom):
            write()
        for reader in (index, WhooshIndex(small / "index")):
            assert (found(reader, "tunnel"), found(reader, "bridge")) == (["a"], [])
        ballast.unlink()
        write()
        assert (found(index, "tunnel"), found(index, "bridge")) == (["a"], ["b"])


def test_the_former_folder_goes_with_the_rebuild_after_the_next(folder: Path) -> None:
    for _ in range(3):
        WhooshIndex(folder).rebuild(DOCUMENTS)
    assert len(list(folder.glob("index-*"))) == 2


def test_a_second_writer_waits_and_then_says_that_it_is_busy(folder: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow() -> Iterator[Document]:
        began.set()
        assert go_on.wait(10)
        yield from DOCUMENTS

    rebuilding = threading.Thread(target=WhooshIndex(folder).rebuild, args=[slow()])
    rebuilding.start()
    assert began.wait(10)
    with pytest.raises(IndexBusy):
        WhooshIndex(folder, patience_s=0.1).write(DOCUMENTS)
    assert found(WhooshIndex(folder), "merge") == ["a"]  # Readers don't wait.
    go_on.set()
    WhooshIndex(folder).write([Document("a", "Rebase", version=2)])
    rebuilding.join()
    assert found(WhooshIndex(folder), "rebase") == ["a"]


READ_UNTIL = """
import sys
from pathlib import Path
from kb.index.contract import Query
from kb.index.whoosh import WhooshIndex
index, seen = WhooshIndex(Path(sys.argv[1])), 0
while seen < int(sys.argv[2]):
    assert [hit.id for hit in index.search(Query(("pods",)), visible=frozenset("ab")).hits] == ["b"]
    assert index.versions()["a"] >= seen
    seen = index.versions()["a"]
"""


def test_other_processes_read_without_an_error_while_one_writes(folder: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", READ_UNTIL, str(folder), "15"]
    readers = [subprocess.Popen(command) for _ in range(2)]
    index = WhooshIndex(folder)
    for version in range(2, 16):
        index.write([Document("a", "Merge", version=version)])
    assert [reader.wait(30) for reader in readers] == [0, 0]


FORK = """
import os, sys
from pathlib import Path
from kb.index.contract import Document, Query
from kb.index.whoosh import WhooshIndex
index = WhooshIndex(Path(sys.argv[1]))
found = lambda word: [hit.id for hit in index.search(Query((word,)), visible=frozenset("ab")).hits]
assert found("merge") == ["a"]
child = os.fork()
if child == 0:
    index.write([Document("a", "Rebase", version=2)])
    os._exit(0 if found("rebase") == ["a"] else 1)
assert os.waitpid(child, 0)[1] == 0
assert found("rebase") == ["a"]
"""


def test_a_forked_process_opens_its_own(folder: Path) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORK, str(folder)], check=True)


WRITE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from kb.index.contract import Document
from kb.index.whoosh import WhooshIndex
index = WhooshIndex(Path(sys.argv[1]))
for version in itertools.count(int(sys.argv[2])):
    index.write([Document(f"doc{version % 7}", f"Merge number{version} " * 200, version=version)])
    print(version, flush=True)
"""


def test_whoever_writes_may_be_killed_at_any_time(folder: Path) -> None:
    chance = random.Random(5)
    done = 100
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WRITE_FOR_EVER, str(folder), str(done + 1)],
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout
            done = int(child.stdout.readline())
            time.sleep(chance.uniform(0.02, 0.15))
            child.send_signal(signal.SIGKILL)
            done = max([done, *map(int, child.stdout.read().split())])
        index = WhooshIndex(folder)
        assert index.is_healthy() is None
        assert index.versions()[f"doc{done % 7}"] >= done
    index.write([Document("a", "Rebase", version=2)])
    assert found(index, "rebase") == ["a"]
    # What the killed left behind is cleaned up by those who write after them.
    assert len(files(folder)) < 20
