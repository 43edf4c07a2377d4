"""Saved searches as pages and the API show them."""

from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for

from kb.accounts.rules import Viewer
from kb.search.asked import Asked
from kb.search.models import SavedSearch
from kb.search.news import new_hits
from kb.search.understanding import understand


@dataclass(frozen=True)
class ShownSaved:
    """filters: what narrows it, in words. new: hits since it was last looked at; of others, and with all its words."""

    id: str
    words: str
    filters: list[str]
    new: int
    search_url: str
    feed_url: str
    saved_at: datetime
    seen_at: datetime

    @property
    def name(self) -> str:
        return self.words or ", ".join(self.filters)


def shown(saved: list[SavedSearch], viewer: Viewer) -> list[ShownSaved]:
    counts = new_hits(viewer, saved)
    return [_shown(each, viewer, counts.get(each.id, 0)) for each in saved]


def search_url(address: str) -> str:
    return f"{url_for('search.page')}?{address}"


def feed_url(address: str) -> str:
    return f"{url_for('feeds.search')}?{address}"


def _shown(saved: SavedSearch, viewer: Viewer, new: int) -> ShownSaved:
    # Those that stand among the words are read there.
    beside = Asked.from_args(saved.address)
    named = understand(viewer, replace(beside, typed="")).narrowings
    return ShownSaved(
        id=saved.id,
        words=saved.words,
        filters=[each.label for each in named],
        new=new,
        search_url=search_url(saved.address),
        feed_url=feed_url(saved.address),
        saved_at=saved.saved_at,
        seen_at=saved.seen_at,
    )
