"""What is packed comes back: any number of words, in however many documents, at whatever places."""

from collections.abc import Callable
from random import Random

import numpy as np
import pytest

from kb.index.postgres.blocks import KEYS, POSTINGS, Entry, Places, Postings, joined, key_of, pack
from kb.index.postgres.documents import renumbered

Plain = tuple[list[int], list[float], list[list[int]]]


def entry(numbers: list[int], weights: list[float], places: list[list[int]]) -> Entry:
    return Entry(
        np.array(numbers, np.int32),
        np.array(weights, np.float32),
        np.array([len(each) for each in places], np.int32),
        np.array([place for each in places for place in each], np.int32),
    )


def plain(entry: Entry) -> Plain:
    ends = np.cumsum(entry.sizes)[:-1]
    places = [each.tolist() for each in np.split(entry.places, ends)] if len(entry.numbers) else []
    return entry.numbers.tolist(), entry.weights.tolist(), places


def some(chance: Random, size: int) -> Plain:
    numbers = sorted(chance.sample(range(max(size, 50)), k=size))
    places = [sorted(chance.sample(range(2000), k=chance.randrange(4))) for _ in numbers]
    return numbers, [float(chance.randrange(1, 9)) for _ in numbers], places


@pytest.mark.parametrize(
    "sizes",
    [
        lambda chance: 1,
        lambda chance: chance.choice([1, 1, 1, 2, 40]),
        lambda chance: chance.choice([1, POSTINGS - 1, POSTINGS, POSTINGS + 1]) if chance.random() < 0.01 else 1,
    ],
)
def test_every_word_comes_back_as_it_was(sizes: Callable[[Random], int]) -> None:
    chance = Random(1)
    words = {key_of("title", f"wörd{n}\u3042"): some(chance, sizes(chance)) for n in range(3 * KEYS + 7)}
    packed = list(pack((key, entry(*words[key])) for key in sorted(words)))
    assert len(packed) > 3
    assert [block.first for block in packed] == sorted(block.first for block in packed)
    found = {}
    for block in packed:
        postings = Postings(block.postings)
        places = Places(block.places, postings.total)
        found |= {key: plain(each) for key, each in postings.entries(places)}
        for key, each in postings.entries(places):
            again = postings.entry(key, places)
            held = postings.held(key)
            assert again
            assert held
            assert plain(again) == plain(each)
            assert (held[0].tolist(), held[1].tolist()) == plain(each)[:2]
    assert found == words


def test_what_does_not_stand_in_a_block_is_not_found_there() -> None:
    [block] = pack(
        [(key_of("title", "merge"), entry([1], [1.0], [[2]])), (key_of("words", "merged"), entry([1], [1.0], [[]]))]
    )
    postings = Postings(block.postings)
    for key in (
        key_of("title", "merg"),
        key_of("title", "erge"),
        key_of("about", "merge"),
        "merge",
        "",
        "\ud800 title",
    ):
        assert postings.held(key) is None
        assert postings.entry(key, Places(block.places, postings.total)) is None


def test_joining_segments_leaves_out_what_is_gone_and_counts_on() -> None:
    first, second = entry([0, 2, 3], [1.0, 2.0, 3.0], [[1], [5, 6], []]), entry([0, 1], [4.0, 5.0], [[7], [8]])
    numbers = renumbered([(4, [1, 2]), (2, [])])
    assert [each.tolist() for each in numbers] == [[0, -1, -1, 1], [2, 3]]
    assert plain(joined([first, second], numbers)) == ([0, 1, 2, 3], [1.0, 3.0, 4.0, 5.0], [[1], [], [7], [8]])
    assert plain(joined([entry([1, 2], [1.0, 1.0], [[1], [2]])], numbers[:1])) == ([], [], [])
