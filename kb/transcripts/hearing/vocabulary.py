"""Which names may well be said in a recording, for the engine that hears it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlalchemy import select

from kb.categories import glossary
from kb.db import db
from kb.screencasts.models import Screencast
from kb.transcripts.models import ScreenLine

MOST = 300
# What stands on the screen is mostly not said: of that, only what stands there again and again, or looks like a name.
MOST_OF_SCREEN = 60


def names_in(screencast: Screencast) -> list[str]:
    """The likeliest first: title and tags, the house's names, words on the screen."""
    tags = (tag.name for tag in screencast.tags)
    texts = (screencast.title, screencast.purpose, *tags, *glossary.written(), *_on_screen(screencast.id))
    return list(dict.fromkeys(_known_once(filter(None, texts))))[:MOST]


def _known_once(texts: Iterable[str]) -> Iterator[str]:
    seen = set()
    for text in texts:
        if text.lower() not in seen:
            seen.add(text.lower())
            yield text


def _on_screen(screencast_id: str) -> list[str]:
    own = (ScreenLine.screencast_id == screencast_id, ScreenLine.is_hidden.is_(False))
    words: Counter[str] = Counter()
    for text in db.session.scalars(select(ScreenLine.text).where(*own)):
        words.update({word for word in text.split() if word.isalpha() and len(word) > 2})
    return [word for word, count in words.most_common() if count > 1 or word[1:] != word[1:].lower()][:MOST_OF_SCREEN]
