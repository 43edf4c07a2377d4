"""Tags offered for one screencast; a person takes them or leaves them."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select

from kb.accounts.rules import Viewer
from kb.categories.vocabulary import known
from kb.db import db
from kb.hands import hands
from kb.index.contract import IndexBroken
from kb.screencasts.models import Screencast
from kb.search.findable import findable
from kb.search.passages import language_of
from kb.search.tagging import Suggestion, TagWords, Text, Words, candidates, chosen
from kb.transcripts import actions as transcripts
from kb.transcripts.chapters.actions import said_in
from kb.transcripts.models import ScreenLine

OFFERED = 5
# The title is where its author says what it is about.
TITLE, OTHERS = 4.0, 1.0


def suggested(viewer: Viewer, screencast: Screencast, *, limit: int = OFFERED) -> list[Suggestion]:
    """Best first; by tags and words of what the viewer may see alone. Empty while the index can't be read."""
    index, visible = hands().index, findable(viewer)
    words = words_of(screencast)
    tags = [TagWords(tag.name, tag.count, tag.words) for tag in known(viewer).values() if not tag.is_retired]
    found = candidates(words, tags, had=[tag.name for tag in screencast.tags])
    try:
        spread = index.spread({stem for each in found for stem in each.stems}, visible=visible)
    except IndexBroken:
        return []
    return chosen(found, spread, total=len(visible), limit=limit)


def words_of(screencast: Screencast, *others: Text) -> Words:
    """All words of one screencast but its tags, and those of other texts."""
    words = Words(partial(hands().index.analyse, language=language_of(screencast)))
    for text in (*_texts(screencast), *others):
        words.add(text)
    return words


def _texts(screencast: Screencast) -> Iterator[Text]:
    yield Text(screencast.title, TITLE)
    if screencast.category:
        yield Text(screencast.category.name, TITLE)
    yield Text(f"{screencast.purpose}\n{screencast.description}", OTHERS)
    lines = select(ScreenLine.text).where(ScreenLine.screencast_id == screencast.id, ScreenLine.is_hidden.is_(False))
    yield Text("\n".join(db.session.scalars(lines)), OTHERS)
    for transcript in transcripts.of(screencast.id):
        said = "\n".join(words.text for words in said_in(transcript))
        yield Text(said, OTHERS, is_firm=not transcript.draft)
