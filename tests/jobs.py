"""The jobs that a site sent: kept until a test looks at them or does them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Sent:
    """The jobs that left, in order; a test looks at them or runs them."""

    jobs: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, job: str, ids: tuple[str, ...]) -> None:
        self.jobs.append((job, ids))

    def names(self) -> list[str]:
        return [job for job, _ in self.jobs]


def runner(sent: Sent) -> Callable[[], list[str]]:
    """Does every job that was sent, and those that they send, until none is left. Returns their names in order."""
    from kb.screencasts.files import cleaning
    from kb.screencasts.pipeline import work
    from kb.search import actions as search
    from kb.transcripts.chapters import actions as chapters
    from kb.transcripts.hearing import step as hearing
    from kb.transcripts.screen import text as screen_text

    do: dict[str, Callable[..., Any]] = {
        "screencasts.probe": work.probe,
        "screencasts.quick": work.quick,
        "screencasts.rendition": work.rendition,
        "screencasts.drop_original": cleaning.drop_original,
        "transcripts.speech": hearing.hear,
        "transcripts.screen": screen_text.read_screen,
        "transcripts.chapters": chapters.find,
        "search.drain": search.drain,
        "search.rebuild": search.rebuild,
    }

    def run() -> list[str]:
        done = []
        while sent.jobs:
            job, ids = sent.jobs.pop(0)
            do[job](*ids)
            done.append(job)
        return done

    return run
