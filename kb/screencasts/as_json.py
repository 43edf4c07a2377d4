"""A screencast as the API shows it, times in seconds: the one of the public contract."""

from datetime import datetime
from typing import Any

from kb.screencasts import addresses
from kb.screencasts.models import Screencast, State, Step, StepState
from kb.screencasts.pipeline.progress import Progress
from kb.web.urls import site_address

STEP_TITLES = {StepState.failed: "It failed", StepState.waiting: "It is tried again soon"}


def as_json(screencast: Screencast) -> dict[str, Any]:
    category, url = screencast.category, addresses.page_url(screencast)
    return {
        "id": screencast.id,
        "url": absolute(url),
        "title": screencast.title,
        "purpose": screencast.purpose,
        "description": screencast.description,
        "category": {"id": category.id, "name": category.name} if category else None,
        "tags": [tag.name for tag in screencast.tags],
        "author": {"id": screencast.author.id, "name": screencast.author.name},
        "language": screencast.language,
        "visibility": screencast.visibility,
        "team": {"id": screencast.team.id, "name": screencast.team.name} if screencast.team else None,
        "draft": screencast.is_draft,
        "state": screencast.state,
        "playable": screencast.is_playable,
        "progress": round(screencast.progress, 3),
        "time_left": Progress(screencast).time_left_s,
        "steps": [_step_json(step) for step in screencast.steps],
        "error": _problem(screencast),
        "duration": screencast.duration_ms / 1000 if screencast.duration_ms is not None else None,
        "width": screencast.width,
        "height": screencast.height,
        "sources": [
            each | {"url": absolute(each["url"]), "type": each["type"].partition(";")[0]}
            for each in addresses.sources(screencast, url)
        ],
        "poster": absolute(addresses.poster_url(screencast, url)),
        "storyboard": absolute(addresses.storyboard_url(screencast, url)),
        "captions": [
            {
                "language": each["language"],
                "source": each["source"],
                "draft": each["draft"],
                "url": absolute(addresses.captions_url(each["language"], url)),
            }
            for each in screencast.captions
        ],
        "chapters": [
            {"start": chapter["start_ms"] / 1000, "title": chapter["title"]} for chapter in screencast.chapters
        ],
        "solved_count": screencast.solved_count,
        "external_id": screencast.external_id,
        "created_at": instant(screencast.created_at),
        "published_at": instant(screencast.published_at),
    }


def absolute(path: str | None) -> str | None:
    return f"{site_address()}{path}" if path else None


def instant(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _step_json(step: Step) -> dict[str, Any]:
    error = None
    if step.error_text and step.state != StepState.running:
        error = {
            "type": "about:blank",
            "title": STEP_TITLES.get(step.state, "A note"),
            "status": 422,
            "detail": step.error_text,
            "code": step.error_code,
        }
    return {"name": step.name, "state": step.state, "progress": round(step.progress, 3), "error": error}


def _problem(screencast: Screencast) -> dict[str, Any] | None:
    step = screencast.failed_step
    if screencast.state != State.failed or not step:
        return None
    return {
        "type": "about:blank",
        "title": "This recording can't be played",
        "status": 422,
        "detail": step.error_text,
        "code": step.error_code,
    }
