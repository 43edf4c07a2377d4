"""The tree as templates and the API show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from kb.accounts.models import Person
from kb.accounts.rules import VISIBILITIES, Viewer
from kb.categories.models import Category
from kb.categories.tending import can_place, can_tend
from kb.categories.tree import Branch

# Who may see what begins in a category, said of any author.
BEGIN_WITH = VISIBILITIES | {"private": "The author alone", "team": "The author's team"}


@dataclass(frozen=True)
class ShownCategory:
    id: str
    name: str
    slug: str
    description: str
    icon: str
    url: str
    count: int
    depth: int
    position: int
    parent_id: str | None
    children: list["ShownCategory"]


@dataclass(frozen=True)
class Choice:
    """A category in a select box. path: its name after those above it. visibility: what new screencasts begin with."""

    id: str
    name: str
    path: str
    depth: int
    visibility: str | None


@dataclass(frozen=True)
class Tended:
    """What somebody may do with a category. can_place: move, merge and delete it."""

    can_tend: bool
    can_place: bool
    visibility_text: str | None


def shown(roots: Iterable[Branch]) -> list[ShownCategory]:
    # Made once: url_for takes longer than all the rest of a row. An id needs no quoting.
    return _shown(roots, url_for("pages.library", category=""))


def _shown(roots: Iterable[Branch], library_url: str) -> list[ShownCategory]:
    return [
        ShownCategory(
            id=branch.category.id,
            name=branch.category.name,
            slug=branch.category.slug,
            description=branch.category.description,
            icon=branch.category.icon,
            url=f"{library_url}{branch.category.id}",
            count=branch.count,
            depth=branch.depth,
            position=place,
            parent_id=branch.category.parent_id,
            children=_shown(branch.children, library_url),
        )
        for place, branch in enumerate(roots)
    ]


def choices(roots: Iterable[Branch]) -> list[Choice]:
    """The tree flat, parents before their children."""
    return list(_choices(roots, "", None))


def _choices(roots: Iterable[Branch], above: str, inherited: str | None) -> Iterable[Choice]:
    for branch in roots:
        category = branch.category
        path, visibility = f"{above}{category.name}", category.default_visibility or inherited
        yield Choice(category.id, category.name, path, branch.depth, visibility)
        yield from _choices(branch.children, f"{path} › ", visibility)


def tended(categories: Iterable[Category], viewer: Viewer) -> dict[str, Tended]:
    """By id."""
    return {
        each.id: Tended(
            can_tend(viewer, each),
            can_place(viewer, each),
            BEGIN_WITH[each.default_visibility] if each.default_visibility else None,
        )
        for each in categories
    }


def as_json(branch: Branch, curators: Iterable[Person]) -> dict[str, Any]:
    category = branch.category
    return {
        "id": category.id,
        "name": category.name,
        "slug": category.slug,
        "description": category.description,
        "icon": category.icon,
        "default_visibility": category.default_visibility,
        "parent_id": category.parent_id,
        "position": category.position,
        "count": branch.count,
        "curators": [{"id": each.id, "name": each.name} for each in curators],
    }
