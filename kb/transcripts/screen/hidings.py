"""What its author keeps out of the words that were read off the screen: a line wherever it stands, or a range of time.

It is hidden from search, from pages and from the API; the picture shows it as before.
"""

from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import delete, select, update

from kb import audit
from kb.accounts.models import Person
from kb.db import db, writing
from kb.errors import Invalid, NotFound
from kb.screencasts.models import Screencast
from kb.transcripts.actions import hold, words_changed
from kb.transcripts.chapters import actions as chapters
from kb.transcripts.models import ScreenHiding, ScreenLine
from kb.transcripts.screen.lines import SAME
from kb.transcripts.screen.secret_words import looks_secret
from kb.web.forms import is_shown

# Of 100: how much of a hidden text another line holds, so that it is hidden too.
HELD = 92
LEAST_HELD = 8
LONGEST_TEXT = 2000
# By people, of one screencast: each is held against every line whenever one of them changes.
MOST = 100


def of(screencast_id: str) -> list[ScreenHiding]:
    mine = select(ScreenHiding).where(ScreenHiding.screencast_id == screencast_id)
    return list(db.session.scalars(mine.order_by(ScreenHiding.created_at, ScreenHiding.id)))


def hide_text(screencast: Screencast, text: str, *, by: Person) -> ScreenHiding:
    """Hide this line wherever it stands, and lines that hold it. Raises Invalid."""
    text = " ".join("".join(sign if is_shown(sign) else " " for sign in text).split())
    if not text or len(text) > LONGEST_TEXT:
        say = f"Send the text of a line, of {LONGEST_TEXT:,} signs at most."
        raise Invalid(say, errors={"text": [say]})
    same = [each for each in of(screencast.id) if each.text == text]
    return same[0] if same else _hide(ScreenHiding(screencast_id=screencast.id, text=text, by_id=by.id), by)


def hide_range(screencast: Screencast, start_ms: int, end_ms: int, *, by: Person) -> ScreenHiding:
    """Hide all that stands on the screen at some time from start_ms to end_ms. Raises Invalid."""
    if not 0 <= start_ms < end_ms:
        say = "The range has to end after it starts."
        raise Invalid(say, errors={"end": [say]})
    return _hide(ScreenHiding(screencast_id=screencast.id, start_ms=start_ms, end_ms=end_ms, by_id=by.id), by)


def show_again(screencast: Screencast, hiding_id: str, *, by: Person) -> None:
    """Take a hiding back. Raises NotFound."""
    with writing() as session:
        held = hold(screencast.id)
        hiding = session.get(ScreenHiding, hiding_id)
        if not hiding or hiding.screencast_id != screencast.id:
            raise NotFound("That is shown again already.")
        session.delete(hiding)
        session.flush()
        audit.record("showed-screen-text", "screencast", screencast.id, by=by.id)
        apply(screencast.id)
        chapters.draft_again(held)
        words_changed(held)


def set_aside(screencast_id: str) -> list[dict[str, Any]]:
    """Take what was read off the screen from a screencast that gets another recording; the hidden ranges are returned.

    Their times say nothing of another recording; a text that is hidden stays so. In the caller's transaction, as is
    `bring_back`.
    """
    ranges = [each for each in of(screencast_id) if each.text is None]
    kept = [[each.start_ms, each.end_ms, each.by_id] for each in ranges]
    for each in ranges:
        db.session.delete(each)
    db.session.execute(delete(ScreenLine).where(ScreenLine.screencast_id == screencast_id))
    return [{"hidden_ranges": kept}] if kept else []


def bring_back(screencast_id: str, kept: list[dict[str, Any]]) -> None:
    rows = [row for each in kept for row in each.get("hidden_ranges", ())]
    there = set(db.session.scalars(select(Person.id).where(Person.id.in_({by_id for *_, by_id in rows}))))
    db.session.add_all(
        ScreenHiding(
            screencast_id=screencast_id, start_ms=start_ms, end_ms=end_ms, by_id=by_id if by_id in there else None
        )
        for start_ms, end_ms, by_id in rows
    )


def hide_secrets(screencast_id: str) -> None:
    """Hide each line that looks like a secret, in the caller's transaction."""
    lines = db.session.scalars(select(ScreenLine.text).where(ScreenLine.screencast_id == screencast_id).distinct())
    texts = [text for text in lines if looks_secret(text)]
    known = {each.text for each in of(screencast_id)}
    db.session.add_all(ScreenHiding(screencast_id=screencast_id, text=text) for text in texts if text not in known)
    db.session.flush()


def apply(screencast_id: str) -> None:
    """Say of each line anew whether it is hidden, in the caller's transaction."""
    hidden = Hidden(of(screencast_id))
    lines = db.session.scalars(select(ScreenLine).where(ScreenLine.screencast_id == screencast_id)).all()
    verdicts = {line.id: hidden.by(line) is not None for line in lines}
    for is_hidden in (True, False):
        ids = [line.id for line in lines if verdicts[line.id] == is_hidden and line.is_hidden != is_hidden]
        if ids:
            db.session.execute(update(ScreenLine).where(ScreenLine.id.in_(ids)).values(is_hidden=is_hidden))


class Hidden:
    """These hidings, each line being held against all of them: by whole lists at once, since there may be thousands."""

    def __init__(self, hidings: Sequence[ScreenHiding]) -> None:
        self._ranges = [each for each in hidings if each.text is None]
        self._by_text = {each.text: each for each in hidings if each.text is not None}
        # A short word stands in many lines that have nothing to do with it. What holds a secret looks like one itself.
        self._held = [text for text in self._by_text if len(text) >= LEAST_HELD and not looks_secret(text)]

    def by(self, line: ScreenLine) -> ScreenHiding | None:
        """One that hides the line."""
        return next((each for each in self._ranges if _stands_in(each, line)), None) or self._saying(line.text)

    def _saying(self, text: str) -> ScreenHiding | None:
        if text in self._by_text:
            return self._by_text[text]
        shorter = [held for held in self._held if len(held) < len(text)]
        found = process.extractOne(text, self._by_text.keys(), scorer=fuzz.ratio, score_cutoff=SAME)
        found = found or process.extractOne(text, shorter, scorer=fuzz.partial_ratio, score_cutoff=HELD)
        return self._by_text[found[0]] if found else None


def _hide(hiding: ScreenHiding, by: Person) -> ScreenHiding:
    with writing() as session:
        screencast = hold(hiding.screencast_id)
        if sum(each.by_id is not None for each in of(screencast.id)) >= MOST:
            say = (
                f"{MOST} lines and ranges are hidden here already. Show some again, and hide one longer range instead."
            )
            raise Invalid(say, errors={"text": [say]})
        session.add(hiding)
        session.flush()
        # Without the text: who may read this record need not be who may read the line.
        audit.record("hid-screen-text", "screencast", screencast.id, by=by.id)
        apply(screencast.id)
        chapters.draft_again(screencast)
        words_changed(screencast)
    return hiding


def _stands_in(hiding: ScreenHiding, line: ScreenLine) -> bool:
    assert hiding.start_ms is not None
    assert hiding.end_ms is not None
    return line.start_ms < hiding.end_ms and hiding.start_ms < max(line.end_ms, line.start_ms + 1)
