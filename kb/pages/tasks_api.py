"""What is done to recordings just now, in the API: for admins."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from kb.accounts.sessions import admins_only, person, viewer
from kb.pages import tasks
from kb.screencasts import actions as screencasts
from kb.screencasts.as_json import instant
from kb.screencasts.pipeline import actions as pipeline
from kb.web.api import blueprint
from kb.web.paging import limit_of
from kb.web.views import signs_of_life

bp = blueprint("tasks", __name__)


class TaskOut(BaseModel):
    screencast_id: str | None = Field(description="null where the asker may not see the screencast.")
    title: str = Field(description="Or what kind of screencast it is and whose, where its title is not for the asker.")
    step: str
    state: str = Field(description="running, waiting, later (another step comes first) or failed")
    progress: float
    attempts: int
    since: str | None = Field(description="Since when it runs, or when it failed; else when the screencast came.")
    next_try_at: str | None = Field(description="When it is tried again, where a try did not go well.")
    detail: str
    code: str | None = Field(description="Why it failed, as a stable word.")
    log: str | None = Field(description="The last that its tool said, for who may see the screencast.")


class QueueOut(BaseModel):
    name: str
    running: int
    waiting: int


class WorkerOut(BaseModel):
    name: str
    alive: bool
    silent_s: float | None = Field(description="Seconds since its last sign of life.")


class TasksOut(BaseModel):
    counts: dict[str, int]
    queues: list[QueueOut]
    workers: list[WorkerOut] | None = Field(description="null while Redis does not answer.")
    items: list[TaskOut]
    next: str | None


class TasksQuery(BaseModel):
    state: Literal["running", "waiting", "later", "failed"] = "running"
    limit: str | None = None
    cursor: str | None = None


class Retry(BaseModel):
    screencast_id: str | None = Field(None, description="Only of this screencast, which the asker may see.")
    step: str | None = Field(None, description="Only where this step failed.")
    code: str | None = Field(None, description="Only what failed for this reason.")


class Retried(BaseModel):
    screencasts: int = Field(description=f"Of how many; at most {pipeline.AT_ONCE} in one call.")


@bp.get("/tasks")
@bp.input(TasksQuery, location="query")
@bp.output(TasksOut)
@admins_only
def index(query_data: TasksQuery) -> dict[str, Any]:
    """Steps of one state: who waits longest first, what failed last first."""
    limit = limit_of(query_data.limit, usual=50)
    found = tasks.page(viewer(), query_data.state, cursor=query_data.cursor, limit=limit)
    signs = signs_of_life()
    return {
        "counts": found.counts,
        "queues": [{"name": each.name, "running": each.running, "waiting": each.waiting} for each in found.queues],
        "workers": None if signs is None else [_worker(each) for each in tasks.workers(signs)],
        "items": [_task(each) for each in found.items],
        "next": found.next,
    }


@bp.post("/tasks/retry")
@bp.input(Retry)
@bp.output(Retried)
@admins_only
def retry(json_data: Retry) -> dict[str, int]:
    """Start again what failed."""
    if json_data.screencast_id:
        screencasts.get(viewer(), json_data.screencast_id)
    return {"screencasts": pipeline.retry_failed(by=person(), **json_data.model_dump())}


def _task(task: tasks.Task) -> dict[str, Any]:
    return {
        "screencast_id": task.screencast_id,
        "title": task.name.text,
        "step": task.step,
        "state": task.state,
        "progress": round(task.progress, 3),
        "attempts": task.attempt,
        "since": instant(task.since),
        "next_try_at": instant(task.next_try_at),
        "detail": task.detail,
        "code": task.code,
        "log": task.log,
    }


def _worker(worker: tasks.Worker) -> dict[str, Any]:
    silent_s = None if worker.silent_s is None else round(worker.silent_s, 1)
    return {"name": worker.name, "alive": worker.is_alive, "silent_s": silent_s}
