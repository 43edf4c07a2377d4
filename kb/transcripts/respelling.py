"""The house's names put right in transcripts that are there: found, shown first, changed, and taken back.

Changes are part of the caller's transaction. Whose words they are stays as it was: an engine's may still be replaced by
a better one's, which gets the names right by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import joinedload

from kb.accounts.models import Person
from kb.accounts.rules import Viewer, can_change
from kb.categories.glossary import Known, glossary
from kb.categories.spellings import Correction, Spellings
from kb.db import db, now
from kb.hands import hands
from kb.index.contract import IndexBroken, Query
from kb.screencasts import queries
from kb.screencasts.models import Screencast
from kb.transcripts import actions
from kb.transcripts.cues import TimedText
from kb.transcripts.editing import changes as editing
from kb.transcripts.editing import revisions
from kb.transcripts.models import Cue, Transcript, WordsFrom
from kb.transcripts.spelling import spelled_rows

CAUSE = "glossary"
Asked = Select[int, int, str, str, str, WordsFrom, bool]
# Of a text [place in it as it is now, what stood there, what stands there]: no more of somebody's words than those.
Edit = list[Any]


@dataclass(frozen=True)
class Line:
    """A cue that would change. pieces: its text in parts, of each what stays (None) or goes, and what comes instead."""

    cue_id: int
    screencast: Screencast
    language: str
    source: WordsFrom
    draft: bool
    start_ms: int
    pieces: list[tuple[str, str | None]]


def counts(viewer: Viewer, words: Iterable[Known]) -> dict[str, int]:
    """Of each word's id: how many screencasts that the viewer may see say it otherwise."""
    return {word.id: len({row.screencast_id for row, _ in _found(viewer, [word])}) for word in words}


def lines(viewer: Viewer, words: Sequence[Known], limit: int) -> tuple[list[Line], bool]:
    """What would change, by the titles of the screencasts, and whether there is more of it."""
    found: dict[int, Any] = {}
    for row, _ in _found(viewer, words):
        # A cue may hold several of the words.
        found[row.id] = row
        if len(found) > limit:
            break
    rows = list(found.values())[:limit]
    wanted = select(Screencast).where(Screencast.id.in_({row.screencast_id for row in rows}))
    screencasts = {each.id: each for each in db.session.scalars(wanted.options(*queries.CARD))}
    spellings = glossary().spellings.only([word.written for word in words])
    shown = [_line(row, screencasts[row.screencast_id], spellings) for row in rows]
    return sorted(shown, key=_by_title), len(found) > limit


def put_right(viewer: Viewer, cue_ids: Collection[int], words: Iterable[Known], *, by: Person) -> list[dict[str, Any]]:
    """Change these cues, as far as they still need it and are the viewer's to change.

    -> of each transcript what `take_back` wants to know.
    """
    spellings = glossary().spellings.only([word.written for word in words])
    done = []
    for transcript, cues in _held(viewer, Cue.id.in_(cue_ids)):
        edits = {cue: found for cue in cues if (found := spellings.found(cue.text))}
        if edits:
            kept = [[cue.start_ms, cue.end_ms, _kept(cue.text, found)] for cue, found in edits.items()]
            done.append({"id": transcript.screencast_id, "language": transcript.language, "cues": kept})
            _change(transcript, [_put_right(cue, spellings) for cue in edits], by)
    return done


def take_back(viewer: Viewer, done: Iterable[Mapping[str, Any]], *, by: Person) -> int:
    """-> in how many transcripts. Cues that somebody has changed there since stay as they are."""
    kept: dict[tuple[str, str], dict[tuple[int, int], list[Edit]]] = {
        (each["id"], each["language"]): {(start_ms, end_ms): edits for start_ms, end_ms, edits in each["cues"]}
        for each in done
    }
    count = 0
    for transcript, cues in _held(viewer, Transcript.screencast_id.in_({own for own, _ in kept})):
        edits = kept.get((transcript.screencast_id, transcript.language), {})
        texts = {cue: _undone(cue.text, edits.get((cue.start_ms, cue.end_ms), [])) for cue in cues}
        if rows := [_as_before(cue, text) for cue, text in texts.items() if text != cue.text]:
            _change(transcript, rows, by)
            count += 1
    return count


def _found(viewer: Viewer, words: Iterable[Known]) -> Iterator[tuple[Any, Spellings]]:
    house = glossary().spellings
    for word in words:
        forms, spellings = house.forms(word.written), house.only([word.written])
        for query in _asking(viewer, forms) if forms else ():
            for row in db.session.execute(query):
                if spellings.found(row.text):
                    yield row, spellings


def _asking(viewer: Viewer, forms: list[str]) -> Iterator[Asked]:
    query = (
        select(
            Cue.id,
            Cue.start_ms,
            Cue.text,
            Transcript.screencast_id,
            Transcript.language,
            Transcript.source,
            Transcript.draft,
        )
        .join(Cue.transcript)
        .join(Screencast, Screencast.id == Transcript.screencast_id)
        .where(queries.seen_by(viewer), or_(*map(_may_say, forms)))
        .order_by(Transcript.screencast_id, Transcript.language, Cue.start_ms)
    )
    ids = _likely(viewer, forms)
    if ids is None:
        yield query
        return
    for start in range(0, len(ids), queries.ID_BATCH):
        yield query.where(Transcript.screencast_id.in_(ids[start : start + queries.ID_BATCH]))


def _likely(viewer: Viewer, forms: Iterable[str]) -> list[str] | None:
    """Which screencasts hold the words of a form, by the index, so that not every cue is looked at. None: no index."""
    visible = queries.visible_ids(viewer)
    found: set[str] = set()
    try:
        for form in forms:
            # Each word as a phrase: those must all be there, and none is corrected.
            asked = Query(phrases=tuple((word,) for word in form.split()))
            found |= hands().index.search(asked, visible=visible, limit=1).matched
    except IndexBroken:
        return None
    return sorted(found)


def _may_say(form: str) -> ColumnElement[bool]:
    """Whether a text may hold this. SQLite knows small letters of ASCII alone; for any other sign anything stands."""
    signs = (sign if sign.isascii() and sign.isalnum() else "%" for sign in form)
    return func.lower(Cue.text).like(f"%{''.join(signs)}%")


def _line(row: Any, screencast: Screencast, spellings: Spellings) -> Line:
    pieces: list[tuple[str, str | None]] = []
    at = 0
    for start, end, written in spellings.found(row.text):
        pieces += [(row.text[at:start], None), (row.text[start:end], written)]
        at = end
    pieces.append((row.text[at:], None))
    return Line(row.id, screencast, row.language, row.source, row.draft, row.start_ms, pieces)


def _by_title(line: Line) -> tuple[str, str, str, int]:
    return line.screencast.title_key, line.screencast.id, line.language, line.start_ms


def _held(viewer: Viewer, which: ColumnElement[bool]) -> Iterator[tuple[Transcript, list[Cue]]]:
    """These cues by their transcript; their screencasts are this transaction's alone to change."""
    asked = select(Cue).join(Cue.transcript).where(which).options(joinedload(Cue.transcript))
    by_transcript: dict[Transcript, list[Cue]] = defaultdict(list)
    for cue in db.session.scalars(asked.order_by(Cue.start_ms)):
        by_transcript[cue.transcript].append(cue)
    ids = sorted({transcript.screencast_id for transcript in by_transcript})
    held = select(Screencast).where(Screencast.id.in_(ids)).order_by(Screencast.id).with_for_update()
    screencasts = {each.id: each for each in db.session.scalars(held)}
    for transcript, cues in by_transcript.items():
        if can_change(viewer, screencasts[transcript.screencast_id]):
            yield transcript, cues


def _change(transcript: Transcript, rows: list[dict[str, Any]], by: Person) -> None:
    revisions.keep_first(transcript)
    db.session.execute(update(Cue), rows)
    transcript.version += 1
    transcript.changed_at = now()
    db.session.flush()
    db.session.expire(transcript, ["cues"])
    revisions.record(transcript, CAUSE, by)
    actions.words_changed(db.session.get_one(Screencast, transcript.screencast_id))


def _put_right(cue: Cue, spellings: Spellings) -> dict[str, Any]:
    words = spelled_rows(cue.words, spellings) if cue.words else cue.words
    return {"id": cue.id, "text": spellings.corrected(cue.text), "words": words}


def _kept(text: str, corrections: Iterable[Correction]) -> list[Edit]:
    edits, moved = [], 0
    for start, end, written in corrections:
        edits.append([start + moved, text[start:end], written])
        moved += len(written) - (end - start)
    return edits


def _undone(text: str, edits: Iterable[Edit]) -> str:
    """As it is where anything of it is other than it was left."""
    was = text
    for at, before, after in reversed(list(edits)):
        if was[at : at + len(after)] != after:
            return text
        was = was[:at] + before + was[at + len(after) :]
    return was


def _as_before(cue: Cue, text: str) -> dict[str, Any]:
    now_there = TimedText(cue.start_ms, cue.end_ms, cue.text)
    [words] = editing.carried([(now_there, cue.words)], [TimedText(cue.start_ms, cue.end_ms, text)])
    return {"id": cue.id, "text": text, "words": words}
