"""The index kept by Whoosh, in files below one private folder."""

from kb.index.whoosh.index import WhooshIndex

__all__ = ["WhooshIndex"]
