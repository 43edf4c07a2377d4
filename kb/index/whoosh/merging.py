"""Which segments a commit puts together: so few documents that a change is found within seconds, come what may."""

import warnings
from typing import Any

with warnings.catch_warnings():
    # See kb/index/stemming.py.
    warnings.simplefilter("ignore")
    from whoosh.reading import SegmentReader  # type: ignore[import-untyped]

# Each segment is one more place to look up a word in.
MOST = 8
# Segments of fewer documents are put together when there are more than MOST of them. To read a document over costs as
# much as to add it, so larger ones wait for the night (WhooshIndex.optimize): Whoosh's own policy put 3,000 documents
# together in one commit now and then, for 40 CPU s and a gigabyte.
SMALL = (4, 32)


def merge_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's form of a policy: adds to the writer what is to be put together, and returns what stays as it is."""
    kept = [segment for segment in segments if segment.doc_count()]
    for limit in SMALL:
        small = [segment for segment in kept if segment.doc_count() < limit]
        if len(small) > MOST:
            for segment in small:
                reader = SegmentReader(writer.storage, writer.schema, segment)
                writer.add_reader(reader)
                reader.close()
                kept.remove(segment)
    return kept
