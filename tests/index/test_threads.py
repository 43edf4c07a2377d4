"""What the engines that several processes share must do alike, with several threads at them."""

import threading
from collections.abc import Callable

import pytest

from kb.index.contract import Document, Index
from tests.index.two_documents import found

SHARED = pytest.mark.parametrize("make_index", ["whoosh", "postgresql"], indirect=True)


@SHARED
def test_threads_share_one_index_while_another_writes(make_index: Callable[[], Index]) -> None:
    index, failures, stop = make_index(), [], threading.Event()
    index.rebuild([Document("a", "Merge"), Document("b", "Restart the pods")])

    def search() -> None:
        while not stop.is_set():
            try:
                assert found(index, "pods") == ["b"]
            except BaseException as failure:
                failures.append(failure)
                return

    readers = [threading.Thread(target=search) for _ in range(3)]
    for reader in readers:
        reader.start()
    for version in range(2, 14):
        make_index().write([Document("a", f"Merge number{version}", version=version)])
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert found(index, "number13") == ["a"]
