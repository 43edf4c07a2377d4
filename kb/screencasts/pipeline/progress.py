"""How far a screencast is, in a few words and numbers: the same for cards, pages, the API and live updates."""

import time
import zlib
from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import g
from sqlalchemy import select

from kb.db import db, now
from kb.queues import QUEUES
from kb.screencasts.models import Screencast, State, Step, StepState
from kb.screencasts.pipeline.forecast import seconds_in_words, time_left_s
from kb.screencasts.pipeline.steps import BY_NAME
from kb.screencasts.pipeline.transitions import NOT_YET
from kb.web.filters import counted

# From one step to the next there is always a moment in which nobody has it.
BETWEEN_STEPS = timedelta(seconds=2)
MOST_COUNTED = 100
COUNT_AGAIN_S = 0.5


class Progress:
    """What takes work is done when it is read: a card reads little of it."""

    def __init__(self, screencast: Screencast) -> None:
        self._screencast = screencast
        self._at = now()
        self._is_busy = screencast.state == State.processing

    @cached_property
    def words(self) -> str:
        """What goes on; "" when nothing does."""
        words = _words(self._screencast, self._at) if self._is_busy else ""
        # Else it would read as if what plays were not there yet.
        return f"New recording: {_within(words)}" if words and self._screencast.plays_earlier else words

    @cached_property
    def time_left_s(self) -> int | None:
        """None while nobody can know, and when nothing goes on."""
        seconds = time_left_s(self._screencast.steps, self._at) if self._is_busy else None
        return None if seconds is None else round(seconds)

    @property
    def left(self) -> str:
        return seconds_in_words(self.time_left_s)

    @property
    def stamp(self) -> str:
        """Another when more than numbers and words have changed, so that what shows it is worth fetching again."""
        screencast = self._screencast
        steps = [(step.name, str(step.state), step.attempt, step.error_code) for step in screencast.steps]
        return f"{zlib.crc32(repr((str(screencast.state), screencast.poster_key, steps)).encode()):08x}"

    def as_json(self) -> dict[str, Any]:
        screencast = self._screencast
        return {
            "id": screencast.id,
            "state": screencast.state,
            "playable": screencast.is_playable,
            "progress": round(screencast.progress, 3),
            "words": self.words,
            "left": self.left,
            "time_left": self.time_left_s,
            "stamp": self.stamp,
        }


def _words(screencast: Screencast, at: datetime) -> str:
    running = [step for step in screencast.steps if step.state == StepState.running]
    if running:
        words = BY_NAME[running[0].name].words
        return words if running[0].attempt <= 1 else f"Once more: {_within(words)}"
    waiting = [step for step in screencast.steps if step.state == StepState.waiting]
    return _waiting_words(screencast, waiting[0], at) if waiting else ""


def _within(words: str) -> str:
    """As they stand inside a sentence."""
    return f"{words[:1].lower()}{words[1:]}"


def _waiting_words(screencast: Screencast, step: Step, at: datetime) -> str:
    if step.error_text:
        return f"Will be tried again soon. {step.error_text}"
    since = max([screencast.created_at, *(each.ended_at for each in screencast.steps if each.ended_at)])
    if at - since < BETWEEN_STEPS:
        return BY_NAME[step.name].words
    return place_in_queue(screencast, step)


def place_in_queue(screencast: Screencast, step: Step) -> str:
    """How many others stand before it, in words, and never whose or which."""
    ahead = _ahead_of(screencast, step)
    if ahead >= MOST_COUNTED:
        return "Waits behind many others"
    return f"Waits behind {counted(ahead, 'other')}" if ahead else "Waits for its turn"


def _ahead_of(screencast: Screencast, step: Step) -> int:
    # A page of cards asks many times.
    counted_at, queues = g.get("kb_queues", (0.0, {}))
    if time.monotonic() - counted_at > COUNT_AGAIN_S:
        queues = _queues()
        g.kb_queues = time.monotonic(), queues
    return bisect_left(queues[QUEUES[BY_NAME[step.name].job]], screencast.created_at)


def _queues() -> dict[str, list[datetime]]:
    """By queue: when the screencasts came of which a step waits there or is at work, oldest first."""
    asked_for = (
        select(Step.name, Screencast.created_at)
        .join(Step.screencast)
        .where(
            Step.state.in_((StepState.waiting, StepState.running)),
            Step.due_at < NOT_YET,
            Screencast.trashed_at.is_(None),
        )
        .order_by(Screencast.created_at)
        .limit(MOST_COUNTED * 3)
    )
    queues: dict[str, list[datetime]] = defaultdict(list)
    for name, came_at in db.session.execute(asked_for):
        queues[QUEUES[BY_NAME[name].job]].append(came_at)
    return queues
