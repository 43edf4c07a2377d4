"""A screencast as pages show it, times in milliseconds; the API's is in kb.screencasts.as_json."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any

from flask import request, url_for

from kb.accounts.rules import VISIBILITIES, Viewer, can_change
from kb.db import now
from kb.screencasts import addresses
from kb.screencasts.erasing import can_be_cancelled
from kb.screencasts.languages import best_language, language_name
from kb.screencasts.models import Screencast, State, StepState
from kb.screencasts.pipeline.progress import Progress
from kb.screencasts.pipeline.steps import BY_NAME
from kb.screencasts.queries import same_file

FRESH = timedelta(days=1)


@dataclass(frozen=True)
class Named:
    id: str
    name: str
    url: str


class Shown:
    """What templates read of a screencast. What takes work is done when it is read: a card reads little of it."""

    def __init__(self, screencast: Screencast, viewer: Viewer) -> None:
        self._screencast = screencast
        self._viewer = viewer
        self.id = screencast.id
        self.title = screencast.title
        self.purpose = screencast.purpose
        self.description = screencast.description
        self.visibility = screencast.visibility
        self.team_id = screencast.team_id
        self.is_draft = screencast.is_draft
        self.is_mine = screencast.author_id == viewer.person_id
        self.can_edit = can_change(viewer, screencast)
        self.created_at = screencast.created_at
        self.duration_ms = screencast.duration_ms
        self.width = screencast.width
        self.height = screencast.height
        self.size_bytes = screencast.original_bytes
        self.state = screencast.state
        self.progress = screencast.progress
        self.solved_count = screencast.solved_count

    @cached_property
    def url(self) -> str:
        return addresses.page_url(self._screencast)

    @property
    def status_url(self) -> str:
        return f"{self.url}/status"

    @cached_property
    def author(self) -> Named:
        author = self._screencast.author
        return Named(author.id, author.name, _library_url(request.script_root, "author", author.id))

    @cached_property
    def category(self) -> Named | None:
        category = self._screencast.category
        if not category:
            return None
        return Named(category.id, category.name, _library_url(request.script_root, "category", category.id))

    @cached_property
    def tags(self) -> list[Named]:
        tags = self._screencast.tags
        return [Named(tag.name, tag.name, _library_url(request.script_root, "tag", tag.name)) for tag in tags]

    @property
    def visibility_text(self) -> str:
        return visibility_text(self._screencast)

    @cached_property
    def poster_url(self) -> str | None:
        return addresses.poster_url(self._screencast, self.url)

    @property
    def original_url(self) -> str | None:
        """For those alone who may download it."""
        return f"{self.url}/original" if self.can_edit and self._screencast.original_key else None

    @property
    def has_recording(self) -> bool:
        """False of one that was only ever words."""
        return self._screencast.kind is not None

    @cached_property
    def storyboard_url(self) -> str | None:
        return addresses.storyboard_url(self._screencast, self.url)

    @cached_property
    def board(self) -> dict[str, Any] | None:
        """The first sheet of the storyboard: its url, and how its tiles lie on it."""
        board = self._screencast.storyboard
        if not board:
            return None
        return board | {"url": f"{self.url}/files/{board['sheets'][0]}"}

    @cached_property
    def duplicates(self) -> list[Named]:
        """For its author, soon after the upload: what else was made of the same bytes, as far as they may see it."""
        is_told = self.is_mine and now() - self.created_at < FRESH
        found = same_file(self._viewer, self._screencast) if is_told else []
        return [Named(each.id, each.title, addresses.page_url(each)) for each in found]

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        return addresses.sources(self._screencast, self.url)

    @cached_property
    def captions(self) -> list[dict[str, Any]]:
        """With `default` the one that shows unasked: in the reader's language, and no draft."""
        found = self._screencast.captions
        best = best_language([each["language"] for each in found], request.accept_languages)
        return [
            _caption(each, self.url) | {"default": each["language"] == best and not each["draft"]} for each in found
        ]

    @property
    def chapters(self) -> list[dict[str, Any]]:
        """Of each start_ms and title."""
        return self._screencast.chapters

    @property
    def chapters_are_drafts(self) -> bool:
        return bool(self.chapters) and not self._screencast.chapters_kept

    @property
    def chapters_url(self) -> str:
        """For the player; another one after each change."""
        return f"{self.url}/chapters.vtt?v={self._screencast.version}"

    @property
    def playable(self) -> bool:
        return self._screencast.is_playable

    @property
    def can_be_cancelled(self) -> bool:
        return self.is_mine and can_be_cancelled(self._screencast)

    @cached_property
    def going(self) -> Progress:
        return Progress(self._screencast)

    @property
    def step_text(self) -> str:
        return self.going.words

    @property
    def left_text(self) -> str:
        return self.going.left

    @property
    def percent(self) -> int:
        """100 only once nothing is left to do."""
        return min(99, int(self.progress * 100)) if self.state == State.processing else 100

    @property
    def plays_earlier(self) -> bool:
        return self._screencast.plays_earlier

    @cached_property
    def error(self) -> dict[str, str] | None:
        return _error(self._screencast)

    @cached_property
    def notes(self) -> list[str]:
        ended_well = (StepState.done, StepState.skipped)
        texts = (step.error_text for step in self._screencast.steps if step.state in ended_well)
        # Two steps may meet the same ("It has no sound.").
        return list(dict.fromkeys(text for text in texts if text))

    @cached_property
    def steps(self) -> list[dict[str, Any]]:
        return [
            {
                "name": step.name,
                "text": BY_NAME[step.name].words,
                "state": step.state,
                "progress": step.progress,
                "error": step.error_text,
            }
            for step in self._screencast.steps
        ]


def shown(screencast: Screencast, viewer: Viewer) -> Shown:
    return Shown(screencast, viewer)


def visibility_text(screencast: Screencast) -> str:
    if screencast.visibility == "team" and screencast.team:
        return f"Team {screencast.team.name}"
    return VISIBILITIES[screencast.visibility]


# On a page of cards few people and categories stand many times.
@lru_cache(maxsize=10_000)
def _library_url(_root: str, name: str, value: str) -> str:
    narrowed: dict[str, Any] = {name: value}
    return url_for("pages.library", **narrowed)


def _caption(caption: dict[str, Any], url: str) -> dict[str, Any]:
    language = caption["language"]
    return caption | {
        "label": language_name(language) + (" (draft)" if caption["draft"] else ""),
        "url": addresses.captions_url(language, url),
    }


def _error(screencast: Screencast) -> dict[str, str] | None:
    """Why nothing plays, or which later step failed; for its page."""
    step = screencast.failed_step
    if not step:
        return None
    title = "This recording can't be played" if screencast.state == State.failed else "One step failed"
    return {"title": title, "detail": step.error_text or "", "step": BY_NAME[step.name].words}
