"""A screencast as pages and the API show it: the same facts, seconds for the API and milliseconds for templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, url_for

from kb.accounts.rules import VISIBILITIES, Viewer, can_change
from kb.screencasts.models import ENDED, Screencast, State, Step, StepState
from kb.screencasts.steps import BY_NAME

LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "zh": "Chinese",
}


@dataclass(frozen=True)
class Named:
    id: str
    name: str
    url: str


@dataclass(frozen=True)
class Shown:
    """What templates read of a screencast; made once per page by `shown`."""

    id: str
    url: str
    status_url: str
    title: str
    purpose: str
    description: str
    author: Named
    category: Named | None
    tags: list[Named]
    visibility: str
    visibility_text: str
    team_id: str | None
    is_draft: bool
    is_mine: bool
    can_edit: bool
    created_at: datetime
    duration_ms: int | None
    width: int | None
    height: int | None
    size_bytes: int
    poster_url: str | None
    storyboard_url: str | None
    sources: list[dict[str, Any]]
    captions: list[dict[str, Any]]
    state: str
    playable: bool
    progress: float
    step_text: str
    error: dict[str, str] | None
    notes: list[str]
    steps: list[dict[str, Any]]
    solved_count: int


def shown(screencast: Screencast, viewer: Viewer) -> Shown:
    category = screencast.category
    return Shown(
        id=screencast.id,
        url=url_for("pages.watch", screencast_id=screencast.id),
        status_url=url_for("screencasts.status", screencast_id=screencast.id),
        title=screencast.title,
        purpose=screencast.purpose,
        description=screencast.description,
        author=Named(
            screencast.author_id, screencast.author.name, url_for("pages.library", author=screencast.author_id)
        ),
        category=Named(category.id, category.name, url_for("pages.library", category=category.id))
        if category
        else None,
        tags=[Named(tag.name, tag.name, url_for("pages.library", tag=tag.name)) for tag in screencast.tags],
        visibility=screencast.visibility,
        visibility_text=visibility_text(screencast),
        team_id=screencast.team_id,
        is_draft=screencast.is_draft,
        is_mine=screencast.author_id == viewer.person_id,
        can_edit=can_change(viewer, screencast),
        created_at=screencast.created_at,
        duration_ms=screencast.duration_ms,
        width=screencast.width,
        height=screencast.height,
        size_bytes=screencast.original_bytes,
        poster_url=_poster_url(screencast),
        storyboard_url=_storyboard_url(screencast),
        sources=_sources(screencast),
        captions=[_caption(screencast, each) for each in screencast.captions],
        state=screencast.state,
        playable=screencast.is_playable,
        progress=screencast.progress,
        step_text=_step_text(screencast),
        error=_error(screencast),
        # Two steps may meet the same ("It has no sound.").
        notes=list(
            dict.fromkeys(
                step.error_text
                for step in screencast.steps
                if step.error_text and step.state in (StepState.done, StepState.skipped)
            )
        ),
        steps=[
            {
                "name": step.name,
                "text": BY_NAME[step.name].words,
                "state": step.state,
                "progress": step.progress,
                "error": step.error_text,
            }
            for step in screencast.steps
        ],
        solved_count=screencast.solved_count,
    )


def as_json(screencast: Screencast) -> dict[str, Any]:
    """The screencast of the public contract."""
    category = screencast.category
    return {
        "id": screencast.id,
        "url": absolute(url_for("pages.watch", screencast_id=screencast.id)),
        "title": screencast.title,
        "purpose": screencast.purpose,
        "description": screencast.description,
        "category": {"id": category.id, "name": category.name} if category else None,
        "tags": [tag.name for tag in screencast.tags],
        "author": {"id": screencast.author.id, "name": screencast.author.name},
        "visibility": screencast.visibility,
        "team": {"id": screencast.team.id, "name": screencast.team.name} if screencast.team else None,
        "draft": screencast.is_draft,
        "state": screencast.state,
        "playable": screencast.is_playable,
        "progress": round(screencast.progress, 3),
        "steps": [_step_json(step) for step in screencast.steps],
        "error": _problem(screencast),
        "duration": screencast.duration_ms / 1000 if screencast.duration_ms is not None else None,
        "width": screencast.width,
        "height": screencast.height,
        "sources": [
            each | {"url": absolute(each["url"]), "type": each["type"].partition(";")[0]}
            for each in _sources(screencast)
        ],
        "poster": absolute(_poster_url(screencast)),
        "storyboard": absolute(_storyboard_url(screencast)),
        "captions": [
            {
                "language": each["language"],
                "source": each["source"],
                "draft": each["draft"],
                "url": absolute(_caption(screencast, each)["url"]),
            }
            for each in screencast.captions
        ],
        "chapters": [],
        "solved_count": screencast.solved_count,
        "external_id": screencast.external_id,
        "created_at": instant(screencast.created_at),
        "published_at": instant(screencast.published_at),
    }


def visibility_text(screencast: Screencast) -> str:
    if screencast.visibility == "team" and screencast.team:
        return f"Team {screencast.team.name}"
    return VISIBILITIES[screencast.visibility]


def absolute(path: str | None) -> str | None:
    return f"{current_app.extensions['kb.settings'].address}{path}" if path else None


def instant(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def _sources(screencast: Screencast) -> list[dict[str, Any]]:
    return [
        {
            "url": url_for("files.file", screencast_id=screencast.id, name=source.name),
            "type": source.mime,
            "width": source.width,
            "height": source.height,
            "bytes": source.size_bytes,
        }
        for source in screencast.sources
    ]


def _poster_url(screencast: Screencast) -> str | None:
    if not screencast.poster_key:
        return None
    return url_for("files.file", screencast_id=screencast.id, name=screencast.poster_key)


def _storyboard_url(screencast: Screencast) -> str | None:
    return url_for("files.storyboard", screencast_id=screencast.id) if screencast.storyboard else None


def _caption(screencast: Screencast, caption: dict[str, Any]) -> dict[str, Any]:
    language = caption["language"]
    return caption | {
        "label": LANGUAGES.get(language.split("-")[0], language) + (" (draft)" if caption["draft"] else ""),
        "url": url_for("transcripts.captions", screencast_id=screencast.id, language=language),
    }


def _step_text(screencast: Screencast) -> str:
    at_work = [step for step in screencast.steps if step.state == StepState.running]
    waiting = [step for step in screencast.steps if step.state == StepState.waiting]
    return BY_NAME[(at_work or waiting)[0].name].words if at_work or waiting else ""


def _step_json(step: Step) -> dict[str, Any]:
    error = None
    if step.error_text and step.state in ENDED:
        error = {
            "type": "about:blank",
            "title": "It failed" if step.state == StepState.failed else "A note",
            "status": 422,
            "detail": step.error_text,
            "code": step.error_code,
        }
    return {"name": step.name, "state": step.state, "progress": round(step.progress, 3), "error": error}


def _failed_step(screencast: Screencast) -> Step | None:
    return next((step for step in screencast.steps if step.state == StepState.failed), None)


def _error(screencast: Screencast) -> dict[str, str] | None:
    """Why nothing plays, or which later step failed; for its page."""
    step = _failed_step(screencast)
    if not step:
        return None
    title = "This recording can't be played" if screencast.state == State.failed else "One step failed"
    return {"title": title, "detail": step.error_text or "", "step": BY_NAME[step.name].words}


def _problem(screencast: Screencast) -> dict[str, Any] | None:
    step = _failed_step(screencast)
    if screencast.state != State.failed or not step:
        return None
    return {
        "type": "about:blank",
        "title": "This recording can't be played",
        "status": 422,
        "detail": step.error_text,
        "code": step.error_code,
    }
