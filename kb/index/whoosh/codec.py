"""How Whoosh writes which documents hold a word, and where: as arrays, one after the other.

Whoosh's own blocks are pickles of tuples, several times as slow to read, and hold the places among the documents,
though only phrases ask for those. The ordinary words stand in a file of the segment as well, by their first letters,
as they are read at once when a word is corrected: from Whoosh's table of words that takes most of a second.
"""

import json
import struct
import warnings
import zlib
from array import array
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.index.analysis import fold
from kb.index.facets import Numbers
from kb.index.scores import Counts

with warnings.catch_warnings():
    # See kb/index/stemming.py.
    warnings.simplefilter("ignore")
    from whoosh.codec.base import PostingsWriter  # type: ignore[import-untyped]
    from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter  # type: ignore[import-untyped]
    from whoosh.matching import ListMatcher  # type: ignore[import-untyped]

# The field of the ordinary words, and what the name of the file ends with that holds them.
WORDS, VOCABULARY = "words", ".voc"

# Places are counted from 0 up to here; what is said after 65,536 words is found, but in no phrase.
LAST_PLACE = 2**16 - 1

# The lightest compression gives files of nearly the same size for a fifth of the time; few bytes only grow by it.
LEVEL, SHORTEST_COMPRESSED = 1, 64

# Of how many bytes are the numbers, the weights, how many places each document has, and the places.
_LENGTHS = struct.Struct("<4I")
# How long the list of letters is that the vocabulary begins with.
_HEAD = struct.Struct("<I")
_COMPRESSED = 1 << 31


class Codec(W3Codec):  # type: ignore[misc]
    """Without what Whoosh's scorers would need and ours don't: the lengths of fields with every posting."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> "FieldWriter":
        return FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> "Writer":
        return Writer(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> "Postings":
        start, _ = terminfo.extent()
        return Postings(_LENGTHS.unpack(dbfile.get(start, _LENGTHS.size)), dbfile, start, format_, term)


class FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Words come from Whoosh in rising order, those of one field after those of another."""

    def __init__(self, codec: Codec, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._letters: defaultdict[str, list[str]] = defaultdict(list)

    def start_term(self, term: bytes) -> None:
        super().start_term(term)
        if self._fieldname == WORDS:
            word = term.decode()
            self._letters[fold(word)[0]].append(word)

    def close(self) -> None:
        super().close()
        parts = {letter: zlib.compress("\n".join(words).encode(), LEVEL) for letter, words in self._letters.items()}
        head = json.dumps({letter: len(part) for letter, part in parts.items()}).encode()
        file = self._create_file(VOCABULARY)
        file.write(b"".join([_HEAD.pack(len(head)), head, *parts.values()]))
        file.close()


def vocabulary(reader: Any, letter: str) -> list[str]:
    """Return the ordinary words of a segment that begin so, whatever accents they bear."""
    file = reader.segment().open_file(reader.storage(), VOCABULARY)
    (length,) = _HEAD.unpack(file.get(0, _HEAD.size))
    at = _HEAD.size + length
    for each, size in json.loads(file.get(_HEAD.size, length)).items():
        if each == letter:
            return zlib.decompress(file.get(at, size)).decode().split("\n")
        at += size
    return []


class Writer(PostingsWriter):  # type: ignore[misc]
    """The documents of one word after another come from Whoosh in rising order."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def start_postings(self, format_: Any, terminfo: Any) -> None:
        self._info = terminfo
        self._numbers: list[int] = []
        self._weights: list[float] = []
        self._values: list[bytes] = []

    def add_posting(self, id_: int, weight: float, vbytes: bytes, length: int | None = None) -> None:
        self._numbers.append(id_)
        self._weights.append(weight)
        self._values.append(vbytes)

    def finish_postings(self) -> Any:
        self._info.add_block(self)
        start = self._file.tell()
        self._file.write(_packed(self._numbers, self._weights, self._values))
        self._info.set_extent(start, self._file.tell() - start)
        return self._info

    # What Whoosh's `add_block` asks.

    def __len__(self) -> int:
        return len(self._numbers)

    def min_id(self) -> int:
        return self._numbers[0]

    def max_id(self) -> int:
        return self._numbers[-1]

    def min_length(self) -> int:
        return 0

    max_length = min_length

    def max_weight(self) -> float:
        return max(self._weights)


class Postings(ListMatcher):  # type: ignore[misc]
    """One by one for Whoosh, which merges segments so; as arrays for the search."""

    def __init__(self, sizes: Sequence[int], file: Any, start: int, format_: Any, term: Any) -> None:
        self._sizes = sizes
        self._file = file
        self._start = start + _LENGTHS.size
        self.numbers: Numbers = self._part(0, "<u4").cumsum(dtype=np.int32)
        super().__init__(self.numbers, format=format_, term=term)

    @cached_property
    def weights(self) -> Counts:
        weights = self._part(1, "<f4")
        return weights if len(weights) else np.ones(len(self.numbers), np.float32)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many places each document has."""
        sizes = self._part(2, "<u2").astype(np.int64)
        return sizes if len(sizes) else np.zeros(len(self.numbers), np.int64)

    @cached_property
    def places(self) -> NDArray[np.uint16]:
        """Those of the first document, then those of the second …, each in rising order."""
        return self._part(3, "<u2").cumsum(dtype=np.uint16)

    def _part(self, at: int, kind: str) -> NDArray[Any]:
        start = self._start + sum(size & ~_COMPRESSED for size in self._sizes[:at])
        part = self._file.get(start, self._sizes[at] & ~_COMPRESSED)
        return np.frombuffer(zlib.decompress(part) if self._sizes[at] & _COMPRESSED else part, kind)

    @cached_property
    def _each(self) -> tuple[list[int], list[float], list[bytes]]:
        ends = self.sizes.cumsum().tolist()
        values = [self.places[a:b].tobytes() for a, b in zip([0, *ends], ends, strict=False)]
        return self.numbers.tolist(), self.weights.tolist(), values

    def id(self) -> int:
        return self._each[0][self._i]

    def weight(self) -> float:
        return self._each[1][self._i]

    def value(self) -> bytes:
        return self._each[2][self._i]


def places_of(positions: list[int]) -> bytes:
    """What a posting keeps of where its word stands. positions: in rising order."""
    if positions[-1] > LAST_PLACE:
        positions = [position for position in positions if position <= LAST_PLACE]
    return array("H", positions).tobytes()


def _packed(numbers: list[int], weights: list[float], values: list[bytes]) -> bytes:
    are_equal = all(weight == 1 for weight in weights)
    places = np.frombuffer(b"".join(values), "<u2")
    # Differences go round at the end of the numbers that two bytes hold, and back again in `places`.
    parts = [
        np.diff(np.array(numbers, "<u4"), prepend=np.uint32(0)).tobytes(),
        b"" if are_equal else np.array(weights, "<f4").tobytes(),
        np.array([len(value) // 2 for value in values], "<u2").tobytes() if len(places) else b"",
        np.diff(places, prepend=np.uint16(0)).tobytes(),
    ]
    lengths = []
    for at, part in enumerate(parts):
        is_long = len(part) >= SHORTEST_COMPRESSED
        parts[at] = zlib.compress(part, LEVEL) if is_long else part
        lengths.append(len(parts[at]) | (_COMPRESSED if is_long else 0))
    return _LENGTHS.pack(*lengths) + b"".join(parts)
