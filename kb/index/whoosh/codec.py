"""How Whoosh writes which documents hold a word, and where: as arrays, one after the other.

Whoosh's own blocks are pickles of tuples, several times as slow to read, and hold the places among the documents,
though only phrases ask for those. The ordinary words stand in a file of the segment as well, by their first letters,
as they are read at once when a word is corrected: from Whoosh's table of words that takes most of a second.
"""

import heapq
import json
import struct
import warnings
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.index.analysis import fold
from kb.index.facets import Numbers
from kb.index.scores import Counts
from kb.index.whoosh.mapping import Segment

with warnings.catch_warnings():
    # See kb/index/whoosh/schema.py.
    warnings.simplefilter("ignore")
    from whoosh.codec.base import PostingsWriter  # type: ignore[import-untyped]
    from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo  # type: ignore[import-untyped]
    from whoosh.matching import ListMatcher  # type: ignore[import-untyped]
    from whoosh.system import pack_ushort  # type: ignore[import-untyped]

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

    def new_segment(self, storage: Any, indexname: str) -> Segment:
        return Segment(self, indexname)

    def field_writer(self, storage: Any, segment: Any) -> "FieldWriter":
        return FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> "Writer":
        return Writer(dbfile)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> "Postings":
        start, _ = terminfo.extent()
        return Postings(_LENGTHS.unpack(dbfile.get(start, _LENGTHS.size)), dbfile, start, format_, term)


class Part(NamedTuple):
    """Which documents hold one word in one field, in rising order; how much it counts in each; and its places there.

    sizes: how many of the places each document has.
    """

    numbers: Numbers
    weights: Counts
    sizes: NDArray[np.int64]
    places: NDArray[np.uint16]

    @classmethod
    def of(cls, numbers: Sequence[int], weights: Sequence[float], values: Sequence[bytes]) -> "Part":
        """values: of each document what `places_of` makes."""
        return cls(
            np.array(numbers, np.int32),
            np.array(weights, np.float32),
            np.array([len(value) // 2 for value in values], np.int64),
            np.frombuffer(b"".join(values), "<u2"),
        )

    @classmethod
    def joined(cls, parts: Sequence["Part"]) -> "Part":
        return parts[0] if len(parts) == 1 else cls(*map(np.concatenate, zip(*parts, strict=True)))

    def renumbered(self, new: Numbers) -> "Part":
        """new: of each former number the new one, -1 for documents that left."""
        numbers = new[self.numbers]
        kept = numbers >= 0
        if kept.all():
            return self._replace(numbers=numbers)
        places = self.places[np.repeat(kept, self.sizes)] if len(self.places) else self.places
        return Part(numbers[kept], self.weights[kept], self.sizes[kept], places)


class FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes a word at a time, where Whoosh goes through its documents one by one, and those of merged segments too."""

    def __init__(self, codec: Codec, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._letters: defaultdict[str, list[str]] = defaultdict(list)
        self._taken: list[tuple[Any, Numbers]] = []

    def take(self, reader: Any, new: Numbers) -> None:
        """Write what another segment holds as well. new: the new number of each of its documents, -1 for deleted."""
        self._taken.append((reader, new))

    def add_postings(self, schema: Any, lengths: Any, postings: Iterable[tuple[str, bytes, int, float, bytes]]) -> None:
        """postings: of what was added, whose documents stand before those taken."""
        streams = [_grouped(postings), *(_parts(reader, new) for reader, new in self._taken)]
        words = groupby(heapq.merge(*streams, key=itemgetter(0, 1)), itemgetter(0, 1))
        for field, of_field in groupby(words, lambda each: each[0][0]):
            self.start_field(field, schema[field])
            for (_, word), entries in of_field:
                part = Part.joined([part for _, _, part in entries])
                if len(part.numbers):
                    self._add(word, part)
            self.finish_field()

    def _add(self, word: bytes, part: Part) -> None:
        info = self._postwriter.write(part)
        self._tindex.add(pack_ushort(self._fieldid) + word, info.to_bytes())
        if self._fieldname == WORDS:
            written = word.decode()
            self._letters[fold(written)[0]].append(written)

    def close(self) -> None:
        super().close()
        for reader, _ in self._taken:
            reader.close()
        parts = {letter: zlib.compress("\n".join(words).encode(), LEVEL) for letter, words in self._letters.items()}
        head = json.dumps({letter: len(part) for letter, part in parts.items()}).encode()
        file = self._create_file(VOCABULARY)
        file.write(b"".join([_HEAD.pack(len(head)), head, *parts.values()]))
        file.close()


Entries = Iterator[tuple[str, bytes, Part]]


def _grouped(postings: Iterable[tuple[str, bytes, int, float, bytes]]) -> Entries:
    for (field, word), same in groupby(postings, itemgetter(0, 1)):
        _, _, numbers, weights, values = zip(*same, strict=True)
        yield field, word, Part.of(numbers, weights, values)


def _parts(reader: Any, new: Numbers) -> Entries:
    """All words of a segment."""
    file = reader.segment().open_file(reader.storage(), Codec.POSTS_EXT)
    for (field, word), info in reader:
        read = reader.codec().postings_reader(file, info, None)
        yield field, word, Part(read.numbers, read.weights, read.sizes, read.places).renumbered(new)


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
    """The documents of one word after another."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def write(self, part: Part) -> Any:
        """Return what Whoosh keeps of the word to find it again."""
        self._part = part
        info = W3TermInfo()
        info.add_block(self)
        start = self._file.tell()
        self._file.write(_packed(part))
        info.set_extent(start, self._file.tell() - start)
        return info

    # What Whoosh's `add_block` asks.

    @property
    def _weights(self) -> list[float]:
        return [float(self._part.weights.sum())]

    def __len__(self) -> int:
        return len(self._part.numbers)

    def min_id(self) -> int:
        return int(self._part.numbers[0])

    def max_id(self) -> int:
        return int(self._part.numbers[-1])

    def min_length(self) -> int:
        return 0

    max_length = min_length

    def max_weight(self) -> float:
        return float(self._part.weights.max())


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

    def id(self) -> int:
        # Asked once of each word where documents were deleted: lists of all numbers would cost more than the search.
        return int(self.numbers[self._i])

    def weight(self) -> float:
        return float(self.weights[self._i])

    def value(self) -> bytes:
        return self._places_of_each[self._i]

    @cached_property
    def _places_of_each(self) -> list[bytes]:
        ends = self.sizes.cumsum().tolist()
        return [self.places[a:b].tobytes() for a, b in zip([0, *ends], ends, strict=False)]


def places_of(positions: list[int]) -> bytes:
    """What a posting keeps of where its word stands. positions: in rising order."""
    if positions[-1] > LAST_PLACE:
        positions = [position for position in positions if position <= LAST_PLACE]
    return array("H", positions).tobytes()


def _packed(part: Part) -> bytes:
    # Differences go round at the end of the numbers that two bytes hold, and back again in `places`.
    columns = [
        _steps(part.numbers.astype("<u4")),
        b"" if (part.weights == 1).all() else part.weights.astype("<f4").tobytes(),
        part.sizes.astype("<u2").tobytes() if len(part.places) else b"",
        _steps(part.places.astype("<u2")),
    ]
    lengths = []
    for at, column in enumerate(columns):
        is_long = len(column) >= SHORTEST_COMPRESSED
        columns[at] = zlib.compress(column, LEVEL) if is_long else column
        lengths.append(len(columns[at]) | (_COMPRESSED if is_long else 0))
    return _LENGTHS.pack(*lengths) + b"".join(columns)


def _steps(numbers: NDArray[Any]) -> bytes:
    """Each as the distance from the one before, since small numbers pack well."""
    steps = numbers.copy()
    steps[1:] -= numbers[:-1]
    return steps.tobytes()
