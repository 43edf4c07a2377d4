"""Adding documents to the tables, and merging what was added bit by bit. Within the transaction of the one writer."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter

from kb.index.analysis import Analyser, fold
from kb.index.contract import Document
from kb.index.postgres import tables
from kb.index.postgres.blocks import Entry, Places, Postings, joined, pack
from kb.index.postgres.documents import WORDS, Known, Words, all_known, renumbered

# Documents whose words are collected in memory: some 100 MB.
AT_ONCE = 500
BLOCKS_AT_ONCE = 16
# Segments of about one size: with one more they are merged. Every search asks each of them for every word.
SIDE_BY_SIDE = 8


def add(connection: tables.Connection, analyser: Analyser, documents: Iterable[Document]) -> None:
    waiting = iter(documents)
    while batch := list(islice(waiting, AT_ONCE)):
        words = Words(analyser, batch)
        _write_words(connection, tables.add(connection, words.versions, words.known.packed()), words.entries())


def merge_small(connection: tables.Connection) -> None:
    """So a document is written anew about as often in its life as the number of all documents has digits."""
    by_digits: defaultdict[int, list[tables.Part]] = defaultdict(list)
    for part in tables.parts(connection):
        by_digits[len(str(part.size - len(part.gone)))].append(part)
    for _, parts in sorted(by_digits.items()):
        if len(parts) > SIDE_BY_SIDE:
            merge(connection, parts)


def merge_all(connection: tables.Connection) -> bool:
    """Return whether there was anything to merge."""
    parts = tables.parts(connection)
    is_scattered = len(parts) > 1 or any(part.gone for part in parts)
    if is_scattered:
        merge(connection, parts)
    return is_scattered


def merge(connection: tables.Connection, parts: Sequence[tables.Part]) -> None:
    """One segment of all of these, without what is gone."""
    known = [Known.unpacked(tables.facts(connection, part.id)).without(part.gone) for part in parts]
    numbers = renumbered([(part.size, part.gone) for part in parts])
    streams = [_stream(connection, at, part.id) for at, part in enumerate(parts)]

    def entries() -> Iterator[tuple[str, Entry]]:
        for key, found in groupby(heapq.merge(*streams, key=itemgetter(0, 1)), itemgetter(0)):
            same = [(entry, numbers[at]) for _, at, entry in found]
            entry = joined([entry for entry, _ in same], [new for _, new in same])
            if len(entry.numbers):
                yield key, entry

    old = [part.id for part in parts]
    segment = tables.add(connection, tables.take_documents(connection, old), all_known(known).packed())
    _write_words(connection, segment, entries())
    tables.drop(connection, old)


def _stream(connection: tables.Connection, at: int, segment: int) -> Iterator[tuple[str, int, Entry]]:
    """Each entry of a segment, by key. at: which of the segments it is."""
    for number in range(len(tables.firsts(connection, segment))):
        packed, packed_places = tables.block(connection, segment, number)
        postings = Postings(packed)
        for key, entry in postings.entries(Places(packed_places, postings.total)):
            yield key, at, entry


def _write_words(connection: tables.Connection, segment: int, entries: Iterable[tuple[str, Entry]]) -> None:
    vocabulary: defaultdict[str, list[str]] = defaultdict(list)

    def noted() -> Iterator[tuple[str, Entry]]:
        for key, entry in entries:
            word, _, field = key.rpartition(" ")
            if field == WORDS:
                vocabulary[fold(word)[0]].append(word)
            yield key, entry

    blocks, number = pack(noted()), 0
    while batch := list(islice(blocks, BLOCKS_AT_ONCE)):
        tables.add_blocks(connection, segment, number, batch)
        number += len(batch)
    tables.add_vocabulary(connection, segment, vocabulary)
