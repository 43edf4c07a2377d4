"""The tree as lists: pure, from the rows of all categories."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from kb.categories.models import Category


@dataclass
class Branch:
    """A category with what hangs on it. count: screencasts in it and below, as far as the asker may see them."""

    category: Category
    depth: int
    count: int = 0
    children: list["Branch"] = field(default_factory=list)

    def flat(self) -> Iterator["Branch"]:
        yield self
        for child in self.children:
            yield from child.flat()


class Placed(NamedTuple):
    """A category as it stands in lists that name many of them."""

    id: str
    name: str
    parent_id: str | None
    position: int


def grow(categories: Iterable[Category], counts: Mapping[str, int] | None = None) -> list[Branch]:
    """Return the roots. counts: screencasts directly in a category, by id."""
    by_parent: dict[str | None, list[Category]] = defaultdict(list)
    for category in categories:
        by_parent[category.parent_id].append(category)

    def branches(parent_id: str | None, depth: int) -> list[Branch]:
        found = []
        for category in sorted(by_parent[parent_id], key=_place):
            children = branches(category.id, depth + 1)
            own = (counts or {}).get(category.id, 0)
            found.append(Branch(category, depth, own + sum(child.count for child in children), children))
        return found

    return branches(None, 0)


def in_order(categories: Iterable[Placed]) -> list[Placed]:
    """As `flat(grow(...))` has them."""
    by_parent: dict[str | None, list[Placed]] = defaultdict(list)
    for category in sorted(categories, key=_place):
        by_parent[category.parent_id].append(category)

    def below(parent_id: str | None) -> Iterator[Placed]:
        for category in by_parent[parent_id]:
            yield category
            yield from below(category.id)

    return list(below(None))


def _place(category: Category | Placed) -> tuple[int, str]:
    """Among its siblings."""
    return category.position, category.name.lower()


def flat(roots: Iterable[Branch]) -> list[Branch]:
    return [branch for root in roots for branch in root.flat()]


def with_below(roots: Iterable[Branch], category_id: str) -> list[str]:
    """The ids of a category and of all that hang below it."""
    for branch in flat(roots):
        if branch.category.id == category_id:
            return [each.category.id for each in branch.flat()]
    return []


def stepped(roots: Iterable[Branch], category_id: str, step: str) -> tuple[str | None, int] | None:
    """Where a category goes one step `up`, `down`, `in` (below the one before it) or `out` (after its parent).

    Returns its parent's id and its position there; None where it can't go.
    """
    by_id = {branch.category.id: branch for branch in flat(roots)}
    parent_id = by_id[category_id].category.parent_id
    siblings = by_id[parent_id].children if parent_id else list(roots)
    place = next(at for at, branch in enumerate(siblings) if branch.category.id == category_id)
    match step:
        case "up" if place > 0:
            return parent_id, place - 1
        case "down" if place < len(siblings) - 1:
            return parent_id, place + 1
        case "in" if place > 0:
            before = siblings[place - 1]
            return before.category.id, len(before.children)
        case "out" if parent_id:
            above = by_id[parent_id].category.parent_id
            aunts = by_id[above].children if above else list(roots)
            return above, 1 + next(at for at, branch in enumerate(aunts) if branch.category.id == parent_id)
    return None
