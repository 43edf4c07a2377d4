"""What every engine must make of writes, deletions and rebuilds."""

from dataclasses import replace

from kb.index.contract import Document, Index
from tests.index.shelf import PUBLIC, SHELF, ids


def test_writing_again_replaces_and_writing_the_same_changes_nothing(index: Index) -> None:
    changed = replace(SHELF[1], title="Nomad: why a job restarts", version=2)
    for _ in range(2):
        index.write([changed])
        assert ids(index, "kubernetes", last_is_prefix=True) == []
        assert ids(index, "nomad") == ["pods"]
        assert index.versions() == {"merge": 3, "pods": 2, "windows": 0, "secret": 0}


def test_of_two_documents_with_one_id_in_a_commit_the_later_counts(index: Index) -> None:
    index.write([Document("new", "Aardvark"), Document("new", "Buffalo")])
    assert ids(index, "aardvark", frozenset({"new"})) == []
    assert ids(index, "buffalo", frozenset({"new"})) == ["new"]


def test_a_deleted_document_is_gone_even_if_it_was_never_there(index: Index) -> None:
    index.write([], deleted=["pods", "never-there"])
    assert ids(index, "kubernetes", last_is_prefix=True) == []
    assert set(index.versions()) == {"merge", "windows", "secret"}


def test_a_rebuild_forgets_what_is_not_in_it(index: Index) -> None:
    index.rebuild(SHELF[:1])
    assert ids(index, "") == ["merge"]
    assert index.is_healthy() is None


def test_a_rebuild_from_nothing_is_an_empty_index(index: Index) -> None:
    index.rebuild([])
    assert ids(index, "kubernetse", last_is_prefix=True) == []
    assert index.suggest("ku", visible=PUBLIC) == []
    index.write(SHELF[:1])
    assert ids(index, "merge") == ["merge"]
