from pathlib import Path

from kb.index.contract import Index


def choose(url: str, folder: Path) -> Index:
    """Return the index that `url` (KB_SEARCH_URL) names; folder: where an index made of files is kept, private.

    The engine is imported here, so that a process that never searches doesn't load it.
    """
    if url == "whoosh:":
        from kb.index.whoosh import WhooshIndex

        return WhooshIndex(folder)
    raise ValueError(f"no search engine is named {url!r}")
