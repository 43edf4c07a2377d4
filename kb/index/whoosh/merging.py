"""Which segments a commit puts together: so few documents that a change is found within seconds, come what may."""

import warnings
from typing import Any

import numpy as np

with warnings.catch_warnings():
    # See kb/index/whoosh/schema.py.
    warnings.simplefilter("ignore")
    from whoosh.reading import SegmentReader  # type: ignore[import-untyped]

# Each segment is one more place to look up a word in.
MOST = 8
# Segments of fewer documents are put together when there are more than MOST of them; larger ones wait for the night
# (WhooshIndex.optimize), as to read 4,000 documents over takes longer than a change may wait.
SMALL = (4, 32, 512)


def merge_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's form of a policy: adds to the writer what is to be put together, and returns what stays as it is."""
    kept = [segment for segment in segments if segment.doc_count()]
    for limit in SMALL:
        small = [segment for segment in kept if segment.doc_count() < limit]
        if len(small) > MOST:
            for segment in small:
                _take(writer, segment)
                kept.remove(segment)
    return kept


def merge_all(writer: Any, segments: list[Any]) -> list[Any]:
    for segment in segments:
        _take(writer, segment)
    return []


def _take(writer: Any, segment: Any) -> None:
    """As Whoosh's `add_reader`, but for the words: these are taken as arrays and not a posting at a time."""
    reader = SegmentReader(writer.storage, writer.schema, segment)
    stays = np.ones(reader.doc_count_all(), np.bool_)
    stays[list(segment.deleted_docs())] = False
    writer.fieldwriter.take(reader, np.where(stays, writer.docnum - 1 + np.cumsum(stays), -1).astype(np.int32))
    writer.write_per_doc(writer.schema.names(), reader)
    writer._added = True
