"""Two categories become one: what was in the first is in the second from then on, and its address leads there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import update

from kb import audit
from kb.accounts.actions import access_changed
from kb.categories.actions import (
    DEEPEST,
    changing_the_tree,
    get,
    get_itself,
    height,
    on_items_moved,
    path_changes,
    path_of,
    too_deep,
)
from kb.categories.models import Category, CategoryAlias
from kb.categories.naming import free_slug, namesake, remember, siblings
from kb.db import db
from kb.errors import Conflict


@dataclass(frozen=True)
class Plan:
    """What a merge does to what hangs below: some move over; those of one name become one, and so on below them."""

    source: Category
    target: Category
    moves: list[Category]
    merges: list[tuple[Category, Category]]


def plan(source: Category, target: Category) -> Plan:
    """Raises Conflict or Invalid where the two can't be merged."""
    if source == target:
        raise Conflict("A category can't be merged into itself.", errors={"into": ["Choose another one."]})
    if source in path_of(target):
        text = f"“{target.name}” is below “{source.name}”. Move it out first, or merge it into “{source.name}”."
        raise Conflict(text, errors={"into": [text]})
    if len(path_of(target)) + height(source) - 1 > DEEPEST:
        raise too_deep()
    steps = list(_steps(source, target))
    return Plan(
        source,
        target,
        moves=[child for child, twin in steps if not twin],
        merges=[(child, twin) for child, twin in steps if twin],
    )


def merge(category_id: str, into_id: str, *, by: str, with_curators: bool) -> Category:
    """Return the one that stays. with_curators: who tends the first tends the second from then on."""
    with changing_the_tree():
        source, target = get_itself(category_id), get(into_id)
        plan(source, target)
        path_changes(source)
        source_id, name = source.id, source.name
        _pour(source, target, with_curators)
        access_changed()
        audit.record("merged", "category", source_id, by=by, name=name, into=target.id, into_name=target.name)
    return target


def _steps(source: Category, target: Category) -> Iterator[tuple[Category, Category | None]]:
    for child in source.children:
        twin = namesake(child.name, target, but=source)
        yield child, twin
        if twin:
            yield from _steps(child, twin)


def _pour(source: Category, target: Category, with_curators: bool) -> None:
    for tell in on_items_moved:
        tell([source.id], target.id)
    for child in list(source.children):
        if twin := namesake(child.name, target, but=source):
            _pour(child, twin, with_curators)
        else:
            slug, position = free_slug(child.name, target, but=child), len(siblings(target))
            child.parent, child.slug, child.position = target, slug, position
    if with_curators:
        target.curators += [each for each in source.curators if each not in target.curators]
    _lead(source, target)
    db.session.flush()
    db.session.delete(source)
    db.session.flush()


def _lead(source: Category, target: Category) -> None:
    """All addresses of the one lead to the other; those that led to it already as well."""
    moved = update(CategoryAlias).where(CategoryAlias.category_id == source.id).values(category_id=target.id)
    db.session.execute(moved)
    for address in (source.id, source.slug):
        remember(address, target)
