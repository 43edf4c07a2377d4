"""What is written of a word comes back, whether it is read for a search or merged into another segment."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.filedb.filestore import RamStorage

from kb.index.contract import Document, Index, Query
from kb.index.whoosh import WhooshIndex
from kb.index.whoosh.codec import LAST_PLACE, Codec, Part, Postings, places_of

NUMBERS = st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=80, unique=True).map(sorted)
PLACES = st.lists(st.integers(0, LAST_PLACE), min_size=1, max_size=80, unique=True).map(sorted)


def written(numbers: list[int], weights: list[float], values: list[bytes]) -> Postings:
    file = RamStorage().create_file("postings")
    file.write(b"of another word")
    info = Codec().postings_writer(file).write(Part.of(numbers, weights, values))
    file.write(b"of the next")
    return Codec().postings_reader(Read(file.file.getvalue()), info, None)


class Read:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def get(self, start: int, length: int) -> bytes:
        return self._content[start : start + length]


@given(NUMBERS, st.data())
def test_postings_come_back_as_they_were(numbers: list[int], data: st.DataObject) -> None:
    several = st.lists(PLACES, min_size=len(numbers), max_size=len(numbers))
    weighed = st.lists(st.sampled_from([1.0, 2.0, 0.5]), min_size=len(numbers), max_size=len(numbers))
    places, weights = data.draw(several), data.draw(weighed)
    read = written(numbers, weights, list(map(places_of, places)))
    assert read.numbers.tolist() == numbers
    assert read.weights.tolist() == weights
    assert read.sizes.tolist() == list(map(len, places))
    assert read.places.tolist() == [place for each in places for place in each]
    again = []
    while read.is_active():
        again.append((read.id(), read.weight(), read.value()))
        read.next()
    assert again == list(zip(numbers, weights, map(places_of, places), strict=True))


def test_words_without_places_have_none() -> None:
    read = written([3, 7], [1.0, 1.0], [b"", b""])
    assert (read.numbers.tolist(), read.weights.tolist(), read.sizes.tolist()) == ([3, 7], [1.0, 1.0], [0, 0])
    assert read.value() == b""


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return WhooshIndex(tmp_path / "index")


def phrase(index: Index, *words: str) -> set[str]:
    return set(index.search(Query(phrases=(words,)), visible=frozenset({"a", "b", "c", "far"})).matched)


def test_what_is_said_beyond_the_last_place_is_found_but_in_no_phrase(index: Index) -> None:
    index.rebuild([Document("far", "Far", spoken="filler " * LAST_PLACE + "last words here")])
    assert index.search(Query(("words", "here")), visible=frozenset({"far"})).total == 1
    assert (phrase(index, "filler", "last"), phrase(index, "words", "here")) == ({"far"}, set())


def test_phrases_are_found_in_several_segments_and_when_they_are_merged(index: Index) -> None:
    index.rebuild([Document("a", "One", spoken="press the red button now")])
    index.write([Document("b", "Two", spoken="the red door; press it", screen="the red button")])
    index.write([Document("c", "Three", spoken="red the button red the red"), Document("a", "Gone")])
    for _ in range(2):
        assert phrase(index, "the", "red", "button") == {"b"}
        assert phrase(index, "the", "red") == {"b", "c"}
        assert phrase(index, "red", "the", "red") == {"c"}
        assert phrase(index, "red", "nowhere") == set()
        index.optimize()
