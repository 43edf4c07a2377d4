"""What is found by looking, since nobody tells of it: lost workers, lost messages, tries that are due."""

from sqlalchemy import select, update

from kb.db import db, now, writing
from kb.media import children
from kb.screencasts.models import Screencast, Step, StepState
from kb.screencasts.pipeline.transitions import ask, is_ready

AT_ONCE = 200


def sweep() -> int:
    """Ask again for steps that lost their worker or their message, or whose next try is due. Returns how many."""
    _take_from_the_dead()
    due = (Screencast.trashed_at.is_(None), Step.due_at < now(), Step.state.in_((StepState.running, StepState.waiting)))
    found = select(Step).join(Step.screencast).where(*due).order_by(Step.due_at).limit(AT_ONCE)
    # Looked for before it is locked: mostly there is nothing.
    if not db.session.scalars(found.limit(1)).first():
        db.session.rollback()
        return 0
    with writing() as session:
        # Several sweep at once; each takes what no other has.
        steps = session.scalars(found.with_for_update(of=Step, skip_locked=True)).all()
        stalled = [step for step in steps if is_ready(step)]
        for step in stalled:
            ask(step)
    return len(stalled)


def nobody_works() -> None:
    """At the start of a site that no other worker can be at work for: what is said to run was killed."""
    with writing() as session:
        ended = {"lease_until": now(), "due_at": now()}
        session.execute(update(Step).where(Step.state == StepState.running).values(ended))


def _take_from_the_dead() -> None:
    """End the leases of workers that are gone from this machine, and what still runs for them."""
    running = select(Step.screencast_id, Step.lease_key, Step.worker, Step.child).where(Step.state == StepState.running)
    rows = db.session.execute(running).all()
    db.session.rollback()
    for screencast_id, lease_key, worker, child in rows:
        if not worker or not children.is_gone(worker):
            continue
        if child:
            children.kill(child)
        with writing() as session:
            over = {"lease_until": now(), "due_at": now()}
            same = (Step.screencast_id == screencast_id, Step.lease_key == lease_key)
            session.execute(update(Step).where(*same).values(over))
