"""Whom a screencast helped, as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.accounts.rules import Viewer, can_change
from kb.screencasts.models import Screencast
from kb.solves import queries
from kb.solves.models import InsteadOf, Reason, Solve, Unhelped

REASONS = {
    Reason.another_problem: "It is about another problem",
    Reason.outdated: "It is out of date",
    Reason.wrong: "It doesn't work",
    Reason.unclear: "I can't follow it",
}
INSTEAD_OF = {
    InsteadOf.asking: "asking a colleague",
    InsteadOf.searching: "searching on my own",
    InsteadOf.trying: "trying until it works",
    InsteadOf.ticket: "opening a ticket",
    InsteadOf.course: "a course",
}
MINUTES = {
    5: "5 minutes",
    15: "15 minutes",
    30: "Half an hour",
    60: "An hour",
    120: "Two hours",
    240: "Half a day",
    480: "A day",
}


# Of those whom it helped a page names the latest.
MOST_TOLD = 100


@dataclass(frozen=True)
class Told:
    """One whom it helped. who: None where the reader is not told."""

    who: str | None
    at_ms: int | None
    note: str
    solved_at: datetime


@dataclass(frozen=True)
class Helped:
    """may_say: whether the reader may say that it helped them. reasons: for its author."""

    count: int
    may_say: bool
    mine: Solve | None
    unhelped: Unhelped | None
    told: list[Told]
    reasons: dict[str, int]

    @property
    def is_empty(self) -> bool:
        return not (self.count or self.may_say or self.reasons)

    @property
    def why(self) -> dict[Reason, str]:
        """What to choose from where it did not help."""
        return REASONS

    @property
    def instead_of(self) -> dict[InsteadOf, str]:
        return INSTEAD_OF

    @property
    def minutes(self) -> dict[int, str]:
        """To choose from, with what they said over the API."""
        said = self.mine.minutes_saved if self.mine else None
        return MINUTES if said is None or said in MINUTES else {said: f"{said} minutes"} | MINUTES

    @property
    def places_ms(self) -> list[int]:
        return [each.at_ms for each in self.told if each.at_ms is not None]

    @property
    def marks(self) -> list[dict[str, Any]]:
        """Each moment at which it helped, once, and what it solved there."""
        notes = {each.at_ms: each.note for each in reversed(self.told) if each.note}
        return [{"start_ms": at_ms, "text": notes.get(at_ms, "Solved it")} for at_ms in sorted(set(self.places_ms))]


def helped(screencast: Screencast, viewer: Viewer) -> Helped:
    """Its page's share of it, as far as this viewer is told.

    What solved it and when is for whoever may watch, as a hit of a search shows it to them; who it was, for colleagues.
    """
    is_mine = screencast.author_id == viewer.person_id
    says = viewer.person_id if not is_mine else None
    solves = queries.of(screencast.id, limit=MOST_TOLD) if screencast.solved_count else []
    may_know_why = can_change(viewer, screencast) and screencast.unhelped_count
    return Helped(
        count=screencast.solved_count,
        may_say=says is not None,
        mine=queries.by(says, screencast.id) if says else None,
        unhelped=queries.unhelped_by(says, screencast.id) if says else None,
        told=[Told(_who(each, viewer), each.at_ms, each.note, each.solved_at) for each in solves],
        reasons={REASONS[why]: count for why, count in queries.reasons(screencast.id).most_common()}
        if may_know_why
        else {},
    )


def _who(solve: Solve, viewer: Viewer) -> str | None:
    if not viewer.person_id:
        return None
    return solve.person.name if solve.person else "Somebody who left"
