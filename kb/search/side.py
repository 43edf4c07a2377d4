"""The ways to narrow a search down: links on its page, each to the same search with one filter more or less."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kb.search.asked import Asked
from kb.search.results import Answer, Facet

Address = Callable[[Asked], str]

TITLES = {
    "source": "Matched in",
    "category": "Category",
    "tag": "Tag",
    "author": "Shown by",
    "length": "Length",
    "age": "Age",
    "language": "Language",
}
# What stands below a title at once; the rest is a click away.
AT_ONCE = 6


@dataclass(frozen=True)
class Choice:
    """id: the same for the same filter on every page, so that the keyboard stays on it when the page changes."""

    id: str
    label: str
    count: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    choices: list[Choice]
    more: list[Choice]


def groups(found: Answer, address: Address) -> list[Group]:
    """Of all facets those that leave something out, or hold already."""
    made = [_group(found, name, address) for name in TITLES]
    return [group for group in made if _narrows(group, found.total)]


def _group(found: Answer, name: str, address: Address) -> Group:
    chosen = {each.value: each.without for each in found.understood.filters if each.name == name}
    choices = [
        _choice(found.asked, name, facet, chosen.get(facet.value), address) for facet in found.facets.get(name, [])
    ]
    first = choices[:AT_ONCE] if len(choices) > AT_ONCE + 1 else choices
    rest = choices[len(first) :]
    # What is chosen is never hidden.
    return Group(name, TITLES[name], first + [each for each in rest if each.is_chosen], _not_chosen(rest))


def _choice(asked: Asked, name: str, facet: Facet, without: Asked | None, address: Address) -> Choice:
    to = without or _with(asked, name, facet.value)
    return Choice(f"{name}-{facet.value}", facet.label, facet.count, address(to), without is not None)


def _with(asked: Asked, name: str, value: str) -> Asked:
    changed: dict[str, Any] = {"tags": (*asked.tags, value)} if name == "tag" else {name: value}
    return replace(asked, **changed)


def _not_chosen(choices: list[Choice]) -> list[Choice]:
    return [each for each in choices if not each.is_chosen]


def _narrows(group: Group, total: int) -> bool:
    return any(each.is_chosen or each.count < total for each in group.choices)
