import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kb.index.whoosh.postings import Postings

POSTINGS = st.lists(
    st.tuples(
        st.sampled_from(["about", "spoken", "title"]),
        st.text(max_size=3).map(str.encode),
        st.integers(0, 10_000),
        st.sampled_from([1.0, 2.0]),
        st.binary(max_size=4),
    ),
    max_size=60,
)


@given(POSTINGS, st.integers(1, 20))
def test_postings_come_back_sorted_however_little_memory_there_is(postings: list, in_memory: int) -> None:  # type: ignore[type-arg]
    pool = Postings(Path(tempfile.gettempdir()), in_memory=in_memory)
    for posting in postings:
        pool.add(posting)
    assert list(pool.iter_postings()) == sorted(postings)
    pool.cleanup()


def test_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    pool = Postings(tmp_path, in_memory=1)
    for number in range(3):
        pool.add(("title", b"word", number, 1.0, b""))
    assert list(tmp_path.iterdir()) == []
    assert [number for _, _, number, _, _ in pool.iter_postings()] == [0, 1, 2]
    pool.cleanup()
