"""What the library shows: which screencasts its address asks for, in words and links."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flask import url_for

from kb.accounts.models import Person, Team
from kb.accounts.rules import Viewer
from kb.categories import actions as categories
from kb.categories.models import Category
from kb.categories.present import ShownCategory
from kb.categories.present import shown as shown_tree
from kb.db import db
from kb.screencasts import queries
from kb.screencasts.models import State

SORTS = {"newest": "Newest", "title": "A–Z", "solved": "Most solved"}
# So many categories stand beside the list without being folded away.
SMALL_TREE = 24
STATES = {State.failed: "Did not work", State.processing: "Being prepared", State.ready: "Ready"}


@dataclass(frozen=True)
class Choice:
    """What the library is narrowed to, as its address says it."""

    category: str | None = None
    tag: str | None = None
    author: str | None = None
    mine: bool = False
    team: str | None = None
    draft: bool = False
    state: str | None = None
    sort: str = "newest"
    # Whether cards can be chosen, to do something with many at once.
    select: bool = False

    @classmethod
    def of(cls, args: Mapping[str, str], person: Person | None) -> "Choice":
        """From the arguments of an address. Nobody's own screencasts are no choice for who is not signed in."""
        mine = bool(person and args.get("mine"))
        return cls(
            category=args.get("category") or None,
            tag=args.get("tag") or None,
            author=None if mine else args.get("author") or None,
            mine=mine,
            team=args.get("team") or None,
            draft=bool(person and args.get("draft")),
            state=args.get("state") or None,
            sort=args.get("sort") or "newest",
            select=bool(person and args.get("select")),
        )

    @property
    def filters(self) -> list[str]:
        names = ("category", "tag", "author", "mine", "team", "draft", "state")
        return [name for name in names if getattr(self, name)]

    def url(self, cursor: str | None = None, **other: Any) -> str:
        """The address of this choice, but for what is other."""
        choice = replace(self, **other)
        state: dict[str, Any] = {name: getattr(choice, name) for name in choice.filters}
        state |= {name: 1 for name in ("mine", "draft") if name in state}
        state |= {"select": 1} if choice.select else {}
        sort = choice.sort if choice.sort != "newest" else None
        return url_for("pages.library", **state, sort=sort, cursor=cursor)

    def without(self, name: str) -> str:
        nothing: dict[str, Any] = {name: False if name in ("mine", "draft") else None}
        return self.url(**nothing)

    def wanted(self, person: Person | None) -> queries.Wanted:
        return queries.Wanted(
            category=self.category,
            tag=self.tag,
            author=person.id if person and self.mine else self.author,
            team=self.team,
            draft=self.draft or None,
            state=self.state,
            sort=self.sort,
        )


class Library:
    """One page of the library for one viewer: what its template reads beside the cards."""

    def __init__(self, choice: Choice, viewer: Viewer, person: Person | None, page: queries.Page) -> None:
        self.choice, self._viewer, self._person, self._page = choice, viewer, person, page
        self.next_url = choice.url(cursor=page.next) if page.next else None
        self.previous_url = choice.url(cursor=page.previous) if page.previous else None

    @cached_property
    def tree(self) -> list[ShownCategory]:
        return shown_tree(categories.tree(self._viewer))

    @cached_property
    def category(self) -> Category | None:
        return categories.get(self.choice.category) if self.choice.category else None

    @cached_property
    def branch(self) -> ShownCategory | None:
        """The category with what hangs below it."""
        return next((each for each in _flat(self.tree) if each.id == self.choice.category), None)

    @cached_property
    def author(self) -> Person | None:
        """None as well for somebody of whom this viewer, who is not signed in, sees nothing."""
        if not self.choice.author or not (self._person or self._page.items):
            return None
        return db.session.get(Person, self.choice.author)

    @cached_property
    def team(self) -> Team | None:
        return next((team for team in self.teams if team.id == self.choice.team), None)

    @cached_property
    def teams(self) -> list[Team]:
        return list(self._person.teams) if self._person else []

    @property
    def heading(self) -> str:
        """By the category, else by what narrows the list most."""
        names = self.choice.filters
        return self._labels()[names[0 if self.category else -1]] if names else "Library"

    @property
    def filters(self) -> list[dict[str, str]]:
        """What the list is narrowed to, each with the address without it."""
        labels = self._labels()
        return [{"label": labels[name], "remove_url": self.choice.without(name)} for name in self.choice.filters]

    @property
    def sorts(self) -> list[dict[str, str]]:
        """Without "most solved" as long as nothing is."""
        offered = [sort for sort in SORTS if sort in ("newest", "title", self.choice.sort)]
        if queries.any_solved(self._viewer):
            offered = list(SORTS)
        return [{"value": sort, "name": SORTS[sort], "url": self.choice.url(sort=sort)} for sort in offered]

    @property
    def states(self) -> dict[str, str]:
        return {state.value: name for state, name in STATES.items()}

    @property
    def path(self) -> list[Category]:
        """What lies above the category, from the top of the tree."""
        return categories.path_of(self.category)[:-1]

    @cached_property
    def path_ids(self) -> set[str]:
        return {category.id for category in categories.path_of(self.category)}

    @cached_property
    def is_small_tree(self) -> bool:
        return len(list(_flat(self.tree))) <= SMALL_TREE

    @property
    def count(self) -> int | None:
        """How many there are, where it is known without counting."""
        return self.branch.count if self.branch and self.choice.filters == ["category"] else None

    @cached_property
    def failed_url(self) -> str | None:
        """Where to find what did not work and this viewer could mend; None if there is nothing."""
        if not self._person:
            return None
        curator = self._viewer.is_curator
        if not queries.any_failed(self._viewer, None if curator else self._person.id):
            return None
        return Choice(state=State.failed, mine=not curator).url()

    @property
    def shared_teams(self) -> list[Team]:
        """The teams that the author and the viewer are both in."""
        return [team for team in self.author.teams if team.id in self._viewer.team_ids] if self.author else []

    @property
    def is_empty_site(self) -> bool:
        return not (self._page.items or self.choice.filters or self._page.previous)

    def _labels(self) -> dict[str, str]:
        return {
            "category": self.category.name if self.category else "",
            "tag": f"#{self.choice.tag}",
            "author": f"By {self.author.name}" if self.author else "By somebody who left",
            "mine": "My screencasts",
            "team": f"For {self.team.name} only" if self.team else "",
            "draft": "Drafts",
            "state": STATES[State(self.choice.state)] if self.choice.state else "",
        }


def _flat(nodes: list[ShownCategory]) -> Iterator[ShownCategory]:
    for node in nodes:
        yield node
        yield from _flat(node.children)
