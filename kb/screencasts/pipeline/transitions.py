"""What follows what among the steps of one screencast. Inside the caller's transaction, on rows that it holds."""

from datetime import UTC, datetime

from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from kb import jobs, live, outbox
from kb.db import db, now
from kb.hands import hands
from kb.screencasts.models import ENDED, Screencast, State, Step, StepState
from kb.screencasts.pipeline.forecast import expect, part_done
from kb.screencasts.pipeline.steps import BY_NAME, ready_after
from kb.screencasts.pipeline.tries import ring_again_after
from kb.storage.contract import made, of_take

# Of a step that can't begin yet: nobody has asked for it, so nobody need look for it.
NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)
# What each change of a step reads besides it.
WITH_ALL = (selectinload(Screencast.steps), selectinload(Screencast.sources))


def hold(screencast_id: str) -> Screencast | None:
    """The screencast with its steps as they are now, for this transaction alone to change until it commits.

    Two that change it at once would each overlook what the other did. SQLite has one writer anyway, and no such lock.
    """
    db.session.flush()
    held = db.session.get(Screencast, screencast_id, options=WITH_ALL, with_for_update=True, populate_existing=True)
    for step in held.steps if held else ():
        # Else a step that is passed on alone would load it, and all that belongs to it, anew.
        set_committed_value(step, "screencast", held)
    return held


def is_ready(step: Step) -> bool:
    return set(BY_NAME[step.name].needs) <= _ended(step.screencast)


def ask_for_ready(screencast: Screencast) -> None:
    ready = {kind.name for kind in ready_after(_ended(screencast))}
    for step in screencast.steps:
        if step.name in ready and step.state == StepState.waiting:
            ask(step)


def ask(step: Step) -> None:
    step.due_at = now() + ring_again_after(now() - _asked_since(step))
    job = BY_NAME[step.name].job
    if job == "search.drain":
        outbox.changed(step.screencast_id)
    else:
        jobs.later(job, step.screencast_id)


def end(step: Step, state: StepState, code: str | None = None, text: str | None = None) -> None:
    step.state, step.progress = state, 1.0
    release(step)
    step.held_up_at = None
    step.error_code, step.error_text = code, text
    step.ended_at = now()
    if state == StepState.failed and step.name == "probe":
        _skip_rest(step.screencast)
    _drop_what_it_used(step)
    sum_up(step.screencast)
    ask_for_ready(step.screencast)


def is_wanted(screencast: Screencast, name: str) -> bool:
    """Whether a step that reads this file alone is still to come."""
    return any(name in BY_NAME[step.name].uses_up and step.state not in ENDED for step in screencast.steps)


def put_back(step: Step) -> None:
    """To be started as if it never was, once somebody asks for it."""
    step.state, step.attempt = StepState.waiting, 0
    start_over(step)
    release(step)
    step.held_up_at = step.error_code = step.error_text = None
    step.due_at = NOT_YET


def start_over(step: Step) -> None:
    """Nothing of it is done. The one time that the bar goes back."""
    step.progress = step.screencast.progress = 0.0


def release(step: Step) -> None:
    """Nobody has it any more."""
    step.lease_key = step.lease_until = step.worker = step.child = None


def sum_up(screencast: Screencast) -> None:
    """Set the screencast's own state and progress from its steps."""
    db.session.flush()
    live.changed(screencast.id)
    engine = hands().speech
    reader = hands().screen_text
    hears, reads = (each is not None and not each.unavailable() for each in (engine, reader))
    expect(screencast, hears=hears, reads=reads)
    screencast.progress = max(screencast.progress, part_done(screencast.steps))
    if not all(step.state in ENDED for step in screencast.steps if step.name != "index"):
        screencast.state = State.processing
    elif not screencast.is_playable:
        screencast.state = State.failed
    elif all(step.state in ENDED for step in screencast.steps):
        screencast.state = State.ready
        if screencast.original_key and not hands().settings.keep_originals:
            jobs.later("screencasts.drop_original", screencast.id)


def _ended(screencast: Screencast) -> set[str]:
    """The steps from which nothing more will come; a screencast made before there was such a step has none."""
    return BY_NAME.keys() - {step.name for step in screencast.steps if step.state not in ENDED}


def _asked_since(step: Step) -> datetime:
    """Since what it needs has ended, or since somebody wanted it once more."""
    return max([step.screencast.created_at, *(each.ended_at for each in step.screencast.steps if each.ended_at)])


def _skip_rest(screencast: Screencast) -> None:
    """Nothing can be made of a file that can't be read; its title is found all the same."""
    for step in screencast.steps:
        if step.state == StepState.waiting and step.name != "index":
            step.state, step.error_code, step.ended_at = StepState.skipped, "needed", now()


def _drop_what_it_used(step: Step) -> None:
    """Before the end is committed: who is killed in between makes it anew from the original, and leaves nothing."""
    for name in BY_NAME[step.name].uses_up:
        hands().storage.delete(made(step.screencast_id, of_take(step.screencast.take, name)))
