from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.meaning.contract import Read, Said, Vectors
from kb.meaning.onnx import OnnxEmbedder
from kb.meaning.vectors import WASTE, VectorStore


class Counting:
    """The same embedder, with what it was asked."""

    def __init__(self, embedder: OnnxEmbedder) -> None:
        self._embedder = embedder
        self.model = embedder.model
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._embedder.embed(texts)


def read(*texts: str, version: int = 1) -> Read:
    return Read(version, tuple(Said(at * 45_000, at * 45_000 + 44_000, text) for at, text in enumerate(texts)))


@pytest.fixture
def store(tmp_path: Path, embedder: OnnxEmbedder) -> VectorStore:
    return VectorStore(tmp_path, embedder.model)


def nearest(store: VectorStore, embedder: OnnxEmbedder, text: str, *visible: str) -> list[tuple[str, int]]:
    """Ids and seconds of what is alike at all."""
    [vector] = embedder.embed([text])
    found = store.nearest(vector, visible=frozenset(visible), limit=50)
    return [(each.id, each.start_ms // 1000) for each in found if each.likeness > 0.1]


def test_the_nearest_passage_of_each_screencast_is_found(store: VectorStore, embedder: OnnxEmbedder) -> None:
    store.write({"a": read("printer", "reset laptop", "laptop"), "b": read("invoice"), "c": read("password")}, embedder)
    assert nearest(store, embedder, "notebook", *"abc") == [("a", 90)]
    assert nearest(store, embedder, "restore passphrase", *"abc") == [("c", 0), ("a", 45)]


def test_what_is_not_visible_takes_no_place_from_what_is(store: VectorStore, embedder: OnnxEmbedder) -> None:
    private = {f"private{n}": read("laptop") for n in range(60)}
    store.write(private | {"seen": read("laptop printer")}, embedder)
    assert nearest(store, embedder, "laptop", "seen") == [("seen", 0)]
    assert nearest(store, embedder, "laptop") == []


def test_a_change_is_seen_by_who_has_read_before(store: VectorStore, tmp_path: Path, embedder: OnnxEmbedder) -> None:
    store.write({"a": read("laptop"), "b": read("laptop")}, embedder)
    reader = VectorStore(tmp_path, embedder.model)
    assert nearest(reader, embedder, "laptop", "a", "b") == [("a", 0), ("b", 0)]
    store.write({"a": read("invoice", version=2)}, embedder, gone=frozenset("b"))
    assert nearest(reader, embedder, "laptop", "a", "b") == []
    assert nearest(reader, embedder, "bill", "a", "b") == [("a", 0)]
    assert reader.versions() == {"a": 2}


def test_a_passage_that_stays_is_embedded_once(store: VectorStore, embedder: OnnxEmbedder) -> None:
    counting = Counting(embedder)
    store.write({"a": read("laptop", "printer")}, counting)
    store.write({"a": read("laptop", "printer", "vpn", version=2), "b": read("vpn", "laptop")}, counting)
    assert counting.texts == ["laptop", "printer", "vpn"]
    assert nearest(store, embedder, "tunnel", "a", "b") == [("a", 90), ("b", 0)]


def test_rows_that_nobody_needs_are_dropped(store: VectorStore, tmp_path: Path, embedder: OnnxEmbedder) -> None:
    store.write({"a": read(*(f"laptop {n}" for n in range(WASTE + 1)))}, embedder)
    before = store.size_bytes()
    store.write({"a": read("password"), "b": read("invoice")}, embedder)
    assert store.size_bytes() < before / 10
    assert nearest(store, embedder, "passphrase", "a", "b") == [("a", 0)]
    assert nearest(VectorStore(tmp_path, embedder.model), embedder, "bill", "a", "b") == [("b", 0)]


def test_rows_of_a_killed_writer_are_written_over(store: VectorStore, tmp_path: Path, embedder: OnnxEmbedder) -> None:
    store.write({"a": read("laptop")}, embedder)
    with (tmp_path / embedder.model / "vectors-0").open("ab") as file:
        file.write(b"\xff" * 9)
    store.write({"b": read("invoice")}, embedder)
    assert nearest(store, embedder, "notebook", "a", "b") == [("a", 0)]
    assert nearest(store, embedder, "bill", "a", "b") == [("b", 0)]


@pytest.mark.parametrize("content", [b"", b"torn", b"PK\x03\x04torn"])
def test_torn_files_hold_nothing_and_are_made_anew(
    store: VectorStore, tmp_path: Path, embedder: OnnxEmbedder, content: bytes
) -> None:
    store.write({"a": read("laptop")}, embedder)
    (tmp_path / embedder.model / "passages.npz").write_bytes(content)
    assert store.versions() == {}
    assert nearest(store, embedder, "laptop", "a") == []
    store.write({"a": read("laptop")}, embedder)
    assert nearest(store, embedder, "laptop", "a") == [("a", 0)]


def test_vectors_of_another_model_are_dropped(store: VectorStore, tmp_path: Path, embedder: OnnxEmbedder) -> None:
    VectorStore(tmp_path, "other").write({"a": read("laptop")}, embedder)
    store.write({"a": read("laptop")}, embedder)
    store.drop_others()
    assert VectorStore(tmp_path, "other").versions() == {}
    assert store.versions() == {"a": 1}
