"""What is asked of the steps of one screencast: to begin, to try again what failed, to do once more what is gone."""

from sqlalchemy import func, select

from kb import audit
from kb.accounts.models import Person
from kb.db import db, now, writing
from kb.screencasts.models import ENDED, Screencast, Step, StepState
from kb.screencasts.pipeline.steps import STEPS, StepKind
from kb.screencasts.pipeline.transitions import NOT_YET, ask_for_ready, end, hold, is_ready, put_back, sum_up

# How many are started again while somebody waits for the page to answer.
AT_ONCE = 500


def start(screencast: Screencast) -> None:
    """Make the rows of a new screencast's steps and ask for the first; inside the caller's transaction."""
    for place, kind in enumerate(STEPS):
        screencast.steps.append(_new(kind, place))
    db.session.flush()
    ask_for_ready(screencast)


def restart(screencast: Screencast) -> None:
    """Begin anew with another recording, inside the caller's transaction; who is at work on the last one stops."""
    for step in screencast.steps:
        put_back(step)
        step.started_at = step.ended_at = step.cpu_s = None
    sum_up(screencast)
    ask_for_ready(screencast)


def retry(screencast_id: str) -> None:
    """Start again what failed, with all tries given back, and what is held up at once."""
    with writing():
        screencast = hold(screencast_id)
        if not screencast or not screencast.steps:
            return
        for step in screencast.steps:
            if _may_be_retried(step):
                put_back(step)
                step.ended_at = now()
        sum_up(screencast)
        ask_for_ready(screencast)


def retry_failed(
    *, by: Person, step: str | None = None, code: str | None = None, screencast_id: str | None = None
) -> int:
    """Start again what failed of all screencasts, the last first and AT_ONCE at most. Returns of how many.

    step, code: only where this step failed, for this reason. screencast_id: only of this one.
    """
    query = select(Step.screencast_id).join(Step.screencast)
    wanted = [Step.state == StepState.failed, Screencast.trashed_at.is_(None)]
    wanted += [Step.name == step] if step else []
    wanted += [func.coalesce(Step.error_code, "") == code] if code is not None else []
    wanted += [Step.screencast_id == screencast_id] if screencast_id else []
    latest = query.where(*wanted).group_by(Step.screencast_id).order_by(func.max(Step.ended_at).desc())
    found = list(db.session.scalars(latest.limit(AT_ONCE)))
    for each in found:
        retry(each)
    if found:
        with writing():
            audit.record("retried", "bulk", None, by=by.id, count=len(found))
    return len(found)


def redo(screencast_id: str, names: tuple[str, ...]) -> None:
    """Do these steps once more, since what they made is gone; one that is at work makes it anyway."""
    with writing():
        screencast = hold(screencast_id)
        for step in screencast.steps if screencast else ():
            if step.name in names and step.state in ENDED:
                put_back(step)
        if screencast:
            sum_up(screencast)
            ask_for_ready(screencast)


def hear_again(screencast_id: str) -> None:
    """Write down once more what is said. The index learns of new words by itself."""
    redo(screencast_id, ("speech", "chapters"))


def complete(screencast_id: str) -> None:
    """Add the steps that did not exist when it was prepared, and ask for them."""
    with writing():
        screencast = hold(screencast_id)
        known = {step.name for step in screencast.steps} if screencast else set()
        if not screencast or not known:
            return
        for place, kind in enumerate(STEPS):
            if step := screencast.step(kind.name):
                step.place = place
            else:
                screencast.steps.append(_new(kind, place))
        sum_up(screencast)
        ask_for_ready(screencast)


def indexed(screencast_ids: list[str]) -> None:
    """The index has the words of these: end the step where nothing more will come."""
    with writing() as session:
        open_ones = select(Step.screencast_id).where(
            Step.screencast_id.in_(screencast_ids), Step.name == "index", Step.state.not_in(ENDED)
        )
        # In one order for all, so that no two wait for each other.
        for screencast_id in session.scalars(open_ones.order_by(Step.screencast_id)).all():
            screencast = hold(screencast_id)
            step = screencast.step("index") if screencast else None
            if step and step.state not in ENDED and is_ready(step):
                end(step, StepState.done)


def is_first_time(screencast: Screencast) -> bool:
    """Whether it was never prepared to the end: what came last has never been done."""
    index = screencast.step("index")
    return screencast.take == 1 and index is not None and index.state not in ENDED


def _new(kind: StepKind, place: int) -> Step:
    return Step(name=kind.name, place=place, state=StepState.waiting, progress=0.0, attempt=0, due_at=NOT_YET)


def _may_be_retried(step: Step) -> bool:
    match step.state:
        case StepState.waiting:
            return step.error_code is not None
        case StepState.skipped:
            return step.error_code == "needed"
        case _:
            return step.state == StepState.failed
