"""Start again what failed of many screencasts at once, as after a full disk or a program that was missing."""

from sqlalchemy import func, select

from kb import audit
from kb.accounts.models import Person
from kb.db import db, writing
from kb.screencasts import pipeline
from kb.screencasts.models import Screencast, Step, StepState

# While somebody waits for the page to answer.
AT_ONCE = 500


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
        pipeline.retry(each)
    if found:
        with writing():
            audit.record("retried", "bulk", None, by=by.id, count=len(found))
    return len(found)
