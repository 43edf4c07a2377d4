"""The vectors of all passages follow the database, where KB_SEMANTIC names a model: after the words, in small portions.

What is missing is told by comparing versions, as in `kb.search.tending`; so nothing has to remember what is to be done.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, groupby
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from kb.db import db
from kb.hands import hands
from kb.meaning.contract import MeaningUnavailable, Read, Said
from kb.screencasts.models import Screencast
from kb.search import actions
from kb.search.marks import Passage, Passages
from kb.search.passages import passages

if TYPE_CHECKING:
    # Without KB_SEMANTIC nothing of it is imported.
    from kb.meaning.vectors import VectorStore

log = logging.getLogger(__name__)

# About as much as such models take in at once.
PASSAGE_MS = 45_000
# Screencasts: two or three seconds of one processor, after which new words come first.
PORTION = 4
# Whatever else waits for the one worker waits no longer than this.
LONGEST_S = 20.0


def drain() -> None:
    """As `kb.search.actions.drain`; then learn what changed, draining again after each portion. Safe to run twice."""
    actions.drain()
    until = time.monotonic() + LONGEST_S
    try:
        for _ in _learn():
            actions.drain()
            if time.monotonic() > until:
                break
    except MeaningUnavailable as fault:
        log.warning("nothing is learnt for search by meaning", extra={"reason": fault.detail})


def relearn(on_learnt: Callable[[int], object] = lambda screencasts: None) -> None:
    """Read every screencast again. A passage whose text is known keeps its vector. Raises MeaningUnavailable.

    on_learnt: told now and then how many more screencasts were read.
    """
    for count in _learn(known_too=True):
        on_learnt(count)


def lacking(store: "VectorStore") -> int:
    """How many screencasts were not learnt as they are now."""
    return len(_outdated(_wanted(), store.versions()))


def _learn(*, known_too: bool = False) -> Iterator[int]:
    """One portion after the other; yields how many screencasts each was."""
    meaning = hands().meaning
    if not meaning:
        return
    held, wanted = meaning.store.versions(), _wanted()
    if gone := frozenset(held.keys() - wanted.keys()):
        meaning.store.write({}, meaning.embedder, gone=gone)
    ids = list(wanted) if known_too else _outdated(wanted, held)
    for at in range(0, len(ids), PORTION):
        portion = ids[at : at + PORTION]
        meaning.store.write(_read(portion), meaning.embedder)
        yield len(portion)
    meaning.store.drop_others()


def _wanted() -> dict[str, int]:
    """The version of each, the latest screencast first."""
    every = select(Screencast.id, Screencast.version).where(Screencast.trashed_at.is_(None))
    found = dict(db.session.execute(every.order_by(Screencast.created_at.desc(), Screencast.id)).all())
    db.session.rollback()
    return found


def _outdated(wanted: dict[str, int], held: dict[str, int]) -> list[str]:
    return [each for each, version in wanted.items() if held.get(each) != version]


def _read(ids: Collection[str]) -> dict[str, Read]:
    """Their versions first: what changes meanwhile is then of another version, and is read again."""
    query = select(Screencast).where(Screencast.id.in_(ids), Screencast.trashed_at.is_(None))
    found = db.session.scalars(query.options(selectinload(Screencast.tags))).all()
    versions = {screencast.id: screencast.version for screencast in found}
    read = {each: Read(versions[each], tuple(said(texts))) for each, texts in passages(found).items()}
    db.session.rollback()
    return read


def said(passages: Iterable[Passages]) -> Iterator[Said]:
    """What is embedded of a screencast: its title with what is written about it, and what is said, by PASSAGE_MS."""
    texts = list(chain.from_iterable(passages))
    yield Said(0, 0, "\n".join(each.text for each in texts if each.kind == "title"))
    spoken = sorted((each for each in texts if each.kind == "speech"), key=lambda each: (each.language, each.start_ms))
    for _, cues in groupby(spoken, key=lambda each: each.language):
        yield from _stretches(cues)


def _stretches(cues: Iterable[Passage]) -> Iterator[Said]:
    """cues: in one language, by their time."""
    together: list[Passage] = []
    for cue in cues:
        if together and cue.end_ms > together[0].start_ms + PASSAGE_MS:
            yield _joined(together)
            together = []
        together.append(cue)
    if together:
        yield _joined(together)


def _joined(cues: list[Passage]) -> Said:
    return Said(cues[0].start_ms, cues[-1].end_ms, " ".join(cue.text for cue in cues))
