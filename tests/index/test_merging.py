"""Changes one by one must neither leave a segment each behind nor have a large one written anew."""

import tracemalloc
from pathlib import Path

from kb.index.contract import Document, Query
from kb.index.whoosh import WhooshIndex
from kb.index.whoosh.merging import MOST, SMALL
from kb.index.whoosh.snapshot import opened

MANY = 40


def sizes(folder: Path) -> dict[str, int]:
    """By segment: how many documents it was written with."""
    (current,) = folder.glob("index-*")
    return {segment.segment_id(): segment.doc_count_all() for segment in opened(current)._segments()}


def test_small_segments_are_put_together_and_a_large_one_is_left(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild(Document(f"old-{n}", title="Toner") for n in range(SMALL[-1]))
    [large] = sizes(tmp_path)
    for n in range(MANY):
        index.write([Document(f"new-{n}", title="Change the drum")])
    assert sizes(tmp_path)[large] == SMALL[-1]
    assert len(sizes(tmp_path)) <= 2 * MOST + 1
    visible = frozenset(index.versions())
    assert len(visible) == SMALL[-1] + MANY
    assert index.search(Query(("drum",)), visible=visible).total == MANY


def test_a_segment_of_which_nothing_is_left_goes(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild([Document("one", title="Change the toner")])
    [first] = sizes(tmp_path)
    index.write([Document("one", title="Change the drum")])
    assert first not in sizes(tmp_path)


def test_words_of_every_segment_are_known_to_corrections_before_and_after_merging(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    index.rebuild([Document("toner", title="Change the toner")])
    index.write([Document("drum", title="Überprüfe die Trommel", language="de")])
    visible = frozenset({"toner", "drum"})

    def corrected(word: str) -> str:
        return index.search(Query((word,)), visible=visible).corrected[word]

    for _ in range(2):
        assert [corrected(word) for word in ("tonre", "tromel", "uberprufee")] == ["toner", "trommel", "überprüfe"]
        index.optimize()


def test_a_reader_holds_no_copy_of_what_a_segment_holds(tmp_path: Path) -> None:
    index = WhooshIndex(tmp_path)
    words = [f"word{letter}{n:05}" for letter in "abcdefghij" for n in range(2_000)]
    index.rebuild(Document(f"n{n}", title="Toner", spoken=" ".join(words[n::20])) for n in range(20))
    (segment,) = tmp_path.glob("*/*.seg")
    query, visible = Query((words[3],)), frozenset({"n3"})
    # What is loaded but once is loaded.
    assert WhooshIndex(tmp_path).search(query, visible=visible).total == 1
    tracemalloc.start()
    try:
        assert WhooshIndex(tmp_path).search(query, visible=visible).total == 1
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < segment.stat().st_size / 4
