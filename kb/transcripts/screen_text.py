"""Words that could be read on the screen."""

from collections.abc import Iterable

from sqlalchemy import delete, insert

from kb.db import writing
from kb.transcripts.actions import columns, hold, words_changed
from kb.transcripts.cues import TimedText
from kb.transcripts.models import ScreenLine


def put(screencast_id: str, lines: Iterable[TimedText]) -> None:
    """Replace all words that could be read on the screen."""
    with writing() as session:
        screencast = hold(screencast_id)
        session.execute(delete(ScreenLine).where(ScreenLine.screencast_id == screencast_id))
        if rows := [columns(line) | {"screencast_id": screencast_id} for line in lines]:
            session.execute(insert(ScreenLine), rows)
        words_changed(screencast)
