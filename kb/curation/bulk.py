"""Many screencasts changed at once: planned and shown first, done in one transaction, taken back in one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kb.accounts.rules import Viewer, can_change
from kb.categories.models import Category
from kb.screencasts.models import Screencast
from kb.screencasts.placing import Place, place_of
from kb.web.filters import counted


@dataclass(frozen=True)
class Change:
    """What to do with each. moves: to `category`, None for no category. Tags by their clean names."""

    moves: bool = False
    category: Category | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    trash: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.moves or self.add_tags or self.remove_tags or self.trash)

    @property
    def verbs(self) -> str:
        """What is done, before "12 screencasts", without a word of theirs: "moved and changed the tags of"."""
        done = {"moved": self.moves, "changed the tags of": self.add_tags or self.remove_tags, "threw away": self.trash}
        return " and ".join(verb for verb, is_done in done.items() if is_done)

    def applied_to(self, place: Place) -> Place:
        kept = [tag for tag in place["tags"] if tag not in self.remove_tags]
        return Place(
            category_id=(self.category.id if self.category else None) if self.moves else place["category_id"],
            tags=sorted({*kept, *self.add_tags}),
            trashed=place["trashed"] or self.trash,
        )

    @property
    def words(self) -> str:
        """What is done, after "12 screencasts": "moved to Printers, tagged vpn"."""
        parts = []
        if self.moves:
            parts.append(f"moved to {self.category.name}" if self.category else "taken out of their category")
        if self.add_tags:
            parts.append(f"tagged {', '.join(self.add_tags)}")
        if self.remove_tags:
            parts.append(f"no longer tagged {', '.join(self.remove_tags)}")
        if self.trash:
            parts.append("moved to the trash")
        return ", ".join(parts)


@dataclass(frozen=True)
class Planned:
    screencast: Screencast
    before: Place
    after: Place

    def as_json(self) -> dict[str, Any]:
        return {"id": self.screencast.id, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Plan:
    """same: already as wanted. refused: may be seen, but not changed, by who asks."""

    change: Change
    changed: Sequence[Planned]
    same: int
    refused: int

    @property
    def words(self) -> str:
        """For who does it: the title of a single one is theirs to read."""
        one = f"“{self.changed[0].screencast.title}”" if len(self.changed) == 1 else ""
        return f"{one or counted(len(self.changed))} {self.change.words}"


def plan(viewer: Viewer, screencasts: Iterable[Screencast], change: Change) -> Plan:
    changed, same, refused = [], 0, 0
    for screencast in screencasts:
        before = place_of(screencast)
        after = change.applied_to(before)
        if not can_change(viewer, screencast):
            refused += 1
        elif before == after:
            same += 1
        else:
            changed.append(Planned(screencast, before, after))
    return Plan(change, changed, same, refused)
