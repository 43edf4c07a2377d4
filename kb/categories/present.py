"""The tree as templates and the API show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from kb.categories.tree import Branch, flat


@dataclass(frozen=True)
class ShownCategory:
    id: str
    name: str
    slug: str
    url: str
    count: int
    depth: int
    position: int
    parent_id: str | None
    children: list["ShownCategory"]


def shown(roots: Iterable[Branch]) -> list[ShownCategory]:
    return [
        ShownCategory(
            id=branch.category.id,
            name=branch.category.name,
            slug=branch.category.slug,
            url=url_for("pages.library", category=branch.category.id),
            count=branch.count,
            depth=branch.depth,
            position=place,
            parent_id=branch.category.parent_id,
            children=shown(branch.children),
        )
        for place, branch in enumerate(roots)
    ]


def choices(roots: Iterable[Branch]) -> list[dict[str, Any]]:
    """For a select box: the tree flat, each with its depth."""
    return [{"id": branch.category.id, "name": branch.category.name, "depth": branch.depth} for branch in flat(roots)]


def as_json(branch: Branch) -> dict[str, Any]:
    category = branch.category
    return {
        "id": category.id,
        "name": category.name,
        "slug": category.slug,
        "parent_id": category.parent_id,
        "position": category.position,
        "count": branch.count,
    }
