"""Words asked for again over the whole library: where there are none, or where a machine's are to be written anew.

A few at a time: what is uploaded meanwhile doesn't wait behind all of it, and few pages say that they are being
prepared.
"""

import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import ColumnElement, exists, func, select

from kb.db import db, writing
from kb.screencasts.models import ENDED, Screencast, Step, StepState
from kb.screencasts.pipeline.actions import complete, hear_again
from kb.screencasts.pipeline.steps import STEPS
from kb.transcripts.models import Transcript, WordsFrom

AT_ONCE = 20
EVERY_S = 1.0
# Why there may be no words though there is something to hear.
UNHEARD = ("no-speech-engine", "no-model", "language-unknown")


def lacking() -> list[str]:
    """The screencasts that were prepared without hearing them, or before there were all of today's steps."""
    rows = select(func.count()).where(Step.screencast_id == Screencast.id).scalar_subquery()
    unheard = exists().where(
        Step.screencast_id == Screencast.id,
        Step.name == "speech",
        (Step.state == StepState.failed) | ((Step.state == StepState.skipped) & Step.error_code.in_(UNHEARD)),
    )
    has_words = exists().where(Transcript.screencast_id == Screencast.id)
    return _ids((rows < len(STEPS)) | (unheard & ~has_words))


def drafts() -> list[str]:
    """The screencasts whose words are a draft that nobody has corrected."""
    return _ids(
        exists().where(
            Transcript.screencast_id == Screencast.id, Transcript.source == WordsFrom.speech, Transcript.draft
        )
    )


def fill(screencast_id: str) -> None:
    """Ask for the steps that it lacks, and for its words if it has none."""
    with writing() as session:
        complete(screencast_id)
        if not session.scalar(select(exists().where(Transcript.screencast_id == screencast_id))):
            hear_again(screencast_id)


def work_through(
    screencast_ids: Sequence[str],
    ask: Callable[[str], None],
    *,
    on_done: Callable[[int], object],
    at_once: int = AT_ONCE,
    wait: Callable[[float], object] = time.sleep,
) -> None:
    """Ask for each, and wait until the workers have done all. on_done: told how many more are done.

    Whoever breaks it off leaves what was asked for so far to the workers.
    """
    waiting, asked = list(screencast_ids), set[str]()
    while waiting or asked:
        while waiting and len(asked) < at_once:
            asked.add(waiting[0])
            ask(waiting.pop(0))
        still = _open(asked)
        on_done(len(asked) - len(still))
        asked = still
        if asked:
            wait(EVERY_S)


def _ids(wanted: ColumnElement[bool]) -> list[str]:
    """Of those that can be heard: with a recording that plays, out of the trash; the newest first."""
    query = select(Screencast.id).where(
        Screencast.trashed_at.is_(None), Screencast.kind.is_not(None), Screencast.sources.any(), wanted
    )
    return list(db.session.scalars(query.order_by(Screencast.created_at.desc(), Screencast.id)))


def _open(screencast_ids: Iterable[str]) -> set[str]:
    """Those that are not done; what was put in the trash meanwhile is not waited for."""
    db.session.rollback()
    query = select(Step.screencast_id).join(Step.screencast)
    is_open = (Step.state.not_in(ENDED), Step.name != "index", Screencast.trashed_at.is_(None))
    return set(db.session.scalars(query.where(Step.screencast_id.in_(screencast_ids), *is_open)))
