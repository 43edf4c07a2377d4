"""The two documents of a small index, and which of them a word finds."""

from kb.index.contract import Document, Index, Query

BOTH = frozenset({"a", "b"})
DOCUMENTS = [Document("a", "Merge branches", version=1), Document("b", "Restart pods", version=1)]


def found(index: Index, word: str) -> list[str]:
    return [hit.id for hit in index.search(Query((word,)), visible=BOTH).hits]
